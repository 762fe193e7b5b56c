/**
 * Signatures of the handshake (RFC 5246 §4.7, §7.4.3, §7.4.8; RFC 8422 §5.4; RFC 8446 §4.4.3) and of certificates on
 * each other. They show whether a message is what its sender signed, not whether the sender can be trusted.
 */
import { concat } from '../wire/text.ts';
import { readPublicKey } from './public-key.ts';
import type { SignatureForm } from './signature-algorithm.ts';
import { verifyForm } from './signature-forms.ts';
import type { Certificate } from './x509.ts';

/** 'not-checkable': the algorithm or the key is one that no library here offers, or key and algorithm do not match. */
export type SignatureVerdict = 'valid' | 'invalid' | 'not-checkable';

/** SignatureScheme (RFC 8446 §4.2.3); the values of TLS 1.2, a hash and a signature algorithm, are the same numbers. */
const SCHEMES: ReadonlyMap<number, SignatureForm> = new Map<number, SignatureForm>([
  [0x0101, { kind: 'rsa-pkcs1', hash: 'md5' }],
  [0x0201, { kind: 'rsa-pkcs1', hash: 'sha1' }],
  [0x0301, { kind: 'rsa-pkcs1', hash: 'sha224' }],
  [0x0401, { kind: 'rsa-pkcs1', hash: 'sha256' }],
  [0x0501, { kind: 'rsa-pkcs1', hash: 'sha384' }],
  [0x0601, { kind: 'rsa-pkcs1', hash: 'sha512' }],
  [0x0203, { kind: 'ecdsa', hash: 'sha1' }],
  [0x0303, { kind: 'ecdsa', hash: 'sha224' }],
  [0x0403, { kind: 'ecdsa', hash: 'sha256' }],
  [0x0503, { kind: 'ecdsa', hash: 'sha384' }],
  [0x0603, { kind: 'ecdsa', hash: 'sha512' }],
  // The salt is as long as the digest. _rsae and _pss differ in the kind of certificate alone.
  [0x0804, { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 }],
  [0x0805, { kind: 'rsa-pss', hash: 'sha384', saltLength: 48 }],
  [0x0806, { kind: 'rsa-pss', hash: 'sha512', saltLength: 64 }],
  [0x0809, { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 }],
  [0x080a, { kind: 'rsa-pss', hash: 'sha384', saltLength: 48 }],
  [0x080b, { kind: 'rsa-pss', hash: 'sha512', saltLength: 64 }],
  [0x0807, { kind: 'ed25519' }],
  [0x0808, { kind: 'ed448' }],
]);

/**
 * @param scheme as in the message; null before version 1.2, where none is named and the key decides: MD5 and SHA-1
 * with RSA, SHA-1 with ECDSA (RFC 4346 §7.4.3, RFC 4492 §5.4).
 * @param spki the signer's SubjectPublicKeyInfo, of its certificate or raw public key.
 * @param message what was signed, not hashed: `serverKeyExchangeSigned`, `certificateVerifyContent13`, or for
 * CertificateVerify of 1.0 and 1.2 the bytes of all messages before it, as they enter the transcript.
 * Some milliseconds of work: 1 for RSA, 5 for P-256, 20 for P-521.
 */
export function verifySignature(
  scheme: number | null,
  spki: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): SignatureVerdict {
  const key = readPublicKey(spki);
  if (key === null) return 'not-checkable';
  const unnamed: SignatureForm =
    key.kind === 'rsa' ? { kind: 'rsa-pkcs1', hash: 'md5sha1' } : { kind: 'ecdsa', hash: 'sha1' };
  const form = scheme === null ? unnamed : SCHEMES.get(scheme);
  return form === undefined ? 'not-checkable' : verifyForm(form, key, message, signature);
}

/**
 * What ServerKeyExchange signs: both randoms and the parameters (RFC 5246 §7.4.3).
 * @param params the body of the message up to the signature, see `signedParams`.
 */
export function serverKeyExchangeSigned(
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
  params: Uint8Array,
): Uint8Array {
  return concat(clientRandom, serverRandom, params);
}

/** The part of a ServerKeyExchange body that is signed: all before the signature, its length and its algorithm. */
export function signedParams(
  body: Uint8Array,
  signed: { readonly signatureScheme: number | null; readonly signature: Uint8Array },
): Uint8Array {
  const tail = signed.signature.length + 2 + (signed.signatureScheme === null ? 0 : 2);
  return body.subarray(0, Math.max(0, body.length - tail));
}

/**
 * What CertificateVerify of 1.3 signs (RFC 8446 §4.4.3). The context string says "TLS 1.3" in DTLS too: RFC 9147
 * changes the labels of the key schedule alone.
 * @param transcriptHash over all messages up to and including Certificate.
 */
export function certificateVerifyContent13(sender: 'client' | 'server', transcriptHash: Uint8Array): Uint8Array {
  const context = new TextEncoder().encode(`TLS 1.3, ${sender} CertificateVerify`);
  return concat(new Uint8Array(64).fill(0x20), context, Uint8Array.of(0), transcriptHash);
}

/** The same chain comes with every handshake of a server, and is read to the same objects. */
const links = new WeakMap<Certificate, WeakMap<Certificate, SignatureVerdict>>();

/** Was `certificate` signed with the key of `issuer`? For a self-signed one give it twice. Names are not compared. */
export function verifyCertificateLink(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  const of = links.get(certificate) ?? new WeakMap<Certificate, SignatureVerdict>();
  links.set(certificate, of);
  const verdict = of.get(issuer) ?? linkVerdict(certificate, issuer);
  of.set(issuer, verdict);
  return verdict;
}

function linkVerdict(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  const key = readPublicKey(issuer.spki);
  const form = certificate.signatureAlgorithm.how;
  if (key === null || form === null) return 'not-checkable';
  return verifyForm(form, key, certificate.signed.bytes, certificate.signed.signature);
}
