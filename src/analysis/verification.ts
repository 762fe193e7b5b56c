/** What can be recomputed: verify_data of Finished, and the signatures of the key exchange. An inference becomes a fact. */

import { pskBinder } from '../crypto/psk-binder.ts';
import { verifyData } from '../crypto/schedule12.ts';
import { verifyData13 } from '../crypto/schedule13.ts';
import {
  certificateVerifyContent13,
  type SignatureVerdict,
  serverKeyExchangeSigned,
  signedParams,
  verifyCertificateLink,
  verifySignature,
} from '../crypto/signatures.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { type Certificate, isIssuedBy, readCertificate, readRawPublicKey } from '../crypto/x509.ts';
import { preSharedKey } from '../dtls/extensions/accessors.ts';
import { HANDSHAKE_TYPE, VERSION } from '../dtls/registry.ts';
import { concatAll, sameBytes } from '../wire/text.ts';
import type { AssociationState } from './association-state.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import { SENDERS } from './record-table.ts';
import type { VerificationView } from './trace.ts';
import { binderHash, bytesOf, hash12, hash13, transcriptBefore } from './transcripts.ts';

export type Verification = VerificationView;

/** Epoch of the handshake of DTLS 1.3. */
const HANDSHAKE_EPOCH = 2;

/** Whether verify_data is what the keys and the transcript give; null where either is not at hand. */
export function finishedVerdict(
  association: AssociationState,
  handshake: HandshakeState,
  message: MessageInstance,
): SignatureVerdict | null {
  const { serverHello } = handshake;
  const suite = serverHello ? cipherSuite(serverHello.cipherSuite) : undefined;
  if (!serverHello || !suite || message.decoded?.type !== 'Finished') return null;
  const before = transcriptBefore(handshake, message);
  if (!before) return null;
  const { verifyData: sent } = message.decoded;
  if (handshake.isVersion13) {
    const proven = association.protection.traffic.proven(message.side, HANDSHAKE_EPOCH);
    if (!proven) return null;
    return sameBytes(sent, verifyData13(suite.prfHash, proven.secret.secret, hash13(before, suite.prfHash)))
      ? 'valid'
      : 'invalid';
  }
  const secret = association.protection.keys(handshake.number).provenSecret(message.side);
  if (!secret) return null;
  const choice = { version: serverHello.version, prfHash: suite.prfHash };
  const expected = verifyData(choice, secret.secret, SENDERS[message.side] ?? 'client', hash12(before, choice));
  return sameBytes(sent, expected) ? 'valid' : 'invalid';
}

/** Every check that the messages at hand allow, in the order of the messages. */
export function verificationsOf(association: AssociationState): Verification[] {
  return association.handshakes.flatMap((handshake) =>
    handshake.messages.flatMap((message) => verificationOf(association, handshake, message) ?? []),
  );
}

/** The check of one message; null where there is nothing to check, or not what it takes. */
export function verificationOf(
  association: AssociationState,
  handshake: HandshakeState,
  message: MessageInstance,
): Verification | null {
  const what = CHECKED.get(message.type);
  if (!what || message.completedBy === null) return null;
  const found = verdictOf(association, handshake, message);
  const verdict = found === 'invalid' && association.altered ? 'not-checkable' : found;
  return verdict && { what, sender: SENDERS[message.side] ?? 'client', record: message.completedBy + 1, verdict };
}

const CHECKED: ReadonlyMap<number, Verification['what']> = new Map([
  [HANDSHAKE_TYPE.clientHello, 'PSK binder'],
  [HANDSHAKE_TYPE.finished, 'Finished'],
  [HANDSHAKE_TYPE.serverKeyExchange, 'ServerKeyExchange'],
  [HANDSHAKE_TYPE.certificateVerify, 'CertificateVerify'],
  [HANDSHAKE_TYPE.certificate, 'certificate chain'],
]);

function verdictOf(
  association: AssociationState,
  handshake: HandshakeState,
  message: MessageInstance,
): SignatureVerdict | null {
  switch (message.decoded?.type) {
    case 'ClientHello':
      return binderVerdict(association, handshake, message);
    case 'Finished':
      return finishedVerdict(association, handshake, message);
    case 'ServerKeyExchange':
      return keyExchangeVerdict(handshake, message);
    case 'CertificateVerify':
      return certificateVerifyVerdict(handshake, message);
    case 'Certificate':
      return chainVerdict(message);
    default:
      return null;
  }
}

/** Digest lengths of the two hashes that a pre-shared key of DTLS 1.3 may belong to. */
const SHA256_LENGTH = 32;

/** Whether the client knows the pre-shared key that was given for its identity; null where none was. */
function binderVerdict(
  association: AssociationState,
  handshake: HandshakeState,
  message: MessageInstance,
): SignatureVerdict | null {
  if (message.decoded?.type !== 'ClientHello') return null;
  const offered = preSharedKey(message.decoded.extensions);
  if (!offered) return null;
  let asked = false;
  for (const [i, { identity }] of offered.identities.entries()) {
    const binder = offered.binders[i];
    const psks = association.givenPsks(identity);
    if (!binder || psks.length === 0) continue;
    const prfHash = binder.length === SHA256_LENGTH ? 'sha256' : 'sha384';
    const hashed = binderHash(handshake, message, offered.binders, prfHash);
    if (!hashed) return 'not-checkable';
    if (psks.some(({ key }) => sameBytes(binder, pskBinder(prfHash, key, 'external', hashed)))) return 'valid';
    // A key given for any identity may be meant for another handshake: only one for this very name can be wrong.
    asked ||= psks.some((psk) => psk.identity !== null);
  }
  return asked ? 'invalid' : null;
}

/** RFC 5246 §7.4.3: the server signs its key share and both randoms. */
function keyExchangeVerdict(handshake: HandshakeState, message: MessageInstance): SignatureVerdict | null {
  const { clientHello, serverHello } = handshake;
  const decoded = message.decoded;
  if (decoded?.type !== 'ServerKeyExchange' || decoded.signature === null || !clientHello || !serverHello) return null;
  const spki = publicKeyOf(handshake, message.side);
  if (!spki) return 'not-checkable';
  const { signature, signatureScheme } = decoded;
  const params = signedParams(message.assembly.body(), { signature, signatureScheme });
  return verifySignature(
    signatureScheme,
    spki,
    serverKeyExchangeSigned(clientHello.random, serverHello.random, params),
    signature,
  );
}

function certificateVerifyVerdict(handshake: HandshakeState, message: MessageInstance): SignatureVerdict | null {
  const decoded = message.decoded;
  const { serverHello } = handshake;
  if (decoded?.type !== 'CertificateVerify' || !serverHello) return null;
  const spki = publicKeyOf(handshake, message.side);
  const before = transcriptBefore(handshake, message);
  if (!spki || !before) return 'not-checkable';
  const suite = cipherSuite(serverHello.cipherSuite);
  if (handshake.isVersion13) {
    if (!suite) return 'not-checkable';
    const content = certificateVerifyContent13(SENDERS[message.side] ?? 'client', hash13(before, suite.prfHash));
    return verifySignature(decoded.signatureScheme, spki, content, decoded.signature);
  }
  // The pre-standard version hashes messages without their header, and nobody has seen it with client certificates.
  if (serverHello.version === VERSION.dtls09) return 'not-checkable';
  return verifySignature(decoded.signatureScheme, spki, concatAll(before.map(bytesOf)), decoded.signature);
}

/** Whether each certificate is signed by the next one; one alone says nothing about who signed it, unless it did itself. */
function chainVerdict({ decoded }: MessageInstance): SignatureVerdict | null {
  if (decoded?.type !== 'Certificate' || decoded.form !== 'x509') return null;
  const chain = decoded.certificates.map(({ bytes }) => readCertificate(bytes));
  const [first] = chain;
  if (!first || chain.some((c) => c === null)) return chain.length === 0 ? null : 'not-checkable';
  if (chain.length === 1) return first.subject === first.issuer ? verifyCertificateLink(first, first) : 'not-checkable';
  const links = chain.slice(1).map((issuer, i) => link(chain[i] ?? null, issuer));
  return links.find((l) => l === 'invalid') ?? links.find((l) => l === 'not-checkable') ?? 'valid';
}

function link(certificate: Certificate | null, issuer: Certificate | null): SignatureVerdict {
  // A chain out of order is a matter of its own: the next certificate is then not the issuer at all.
  if (!certificate || !issuer || !isIssuedBy(certificate, issuer)) return 'not-checkable';
  return verifyCertificateLink(certificate, issuer);
}

/** SubjectPublicKeyInfo of this side's certificate or raw public key. */
export function publicKeyOf(handshake: HandshakeState, side: 0 | 1): Uint8Array | null {
  const decoded = handshake.messages.find(
    (m) => m.side === side && m.type === HANDSHAKE_TYPE.certificate && m.decoded,
  )?.decoded;
  if (decoded?.type !== 'Certificate') return null;
  const first = decoded.certificates[0]?.bytes;
  if (!first) return null;
  if (decoded.form === 'raw-public-key') return readRawPublicKey(first)?.spki ?? null;
  return readCertificate(first)?.spki ?? null;
}
