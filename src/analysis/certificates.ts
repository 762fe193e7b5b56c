/** The certificates of a handshake as the views see them. The same chain comes with every handshake, so it is read once. */
import { hash } from '../crypto/hashes.ts';
import { type Certificate, fingerprintSdp, isIssuedBy, readCertificate, readRawPublicKey } from '../crypto/x509.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { toHex } from '../wire/text.ts';
import type { HandshakeState } from './handshake-state.ts';
import type { Side } from './record-table.ts';
import type { CertificateView } from './trace.ts';

/** Chains that are remembered; a server with more clients than this reads some of theirs again. */
const REMEMBERED = 4096;
/** So much of its digest names a certificate in what a sharer tells. */
const TOLD_DIGITS = 16;
/** A chain longer than this is shown to here. */
const MAX_DEPTH = 32;

export class CertificateReader {
  readonly #known = new Map<string, Certificate | null>();
  readonly #told: ReadonlyMap<string, CertificateView['validity']>;

  /** @param told validity by the first 16 hex digits of SHA-256, for traces that do not say when they were captured. */
  constructor(told: ReadonlyMap<string, CertificateView['validity']> = new Map()) {
    this.#told = told;
  }

  /** @param atMs when the message was captured, since 1970; null where that is not known. */
  chain(handshake: HandshakeState, side: Side, atMs: number | null): CertificateView[] {
    const message = handshake.messages.find(
      (m) => m.side === side && m.type === HANDSHAKE_TYPE.certificate && m.decoded,
    );
    const decoded = message?.decoded;
    if (decoded?.type !== 'Certificate') return [];
    if (decoded.form === 'raw-public-key') return decoded.certificates.flatMap(({ bytes }) => rawKeyView(bytes) ?? []);
    const chain = decoded.certificates
      .slice(0, MAX_DEPTH)
      .map(({ bytes }) => ({ der: bytes, certificate: this.#read(bytes) }));
    return chain.flatMap(({ der, certificate }, i) =>
      certificate ? this.#view(der, certificate, chain[i + 1]?.certificate ?? null, atMs) : [],
    );
  }

  #view(der: Uint8Array, certificate: Certificate, next: Certificate | null, atMs: number | null): CertificateView {
    const shown = view(der, certificate, next);
    const validity =
      atMs === null
        ? (this.#told.get(certificate.sha256.slice(0, TOLD_DIGITS)) ?? 'unknown')
        : validityAt(certificate.notBefore, certificate.notAfter, atMs);
    return { ...shown, validity };
  }

  #read(der: Uint8Array): Certificate | null {
    const key = toHex(hash('sha256', der));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const certificate = readCertificate(der);
    if (this.#known.size < REMEMBERED) this.#known.set(key, certificate);
    return certificate;
  }
}

function view(der: Uint8Array, certificate: Certificate, next: Certificate | null): Omit<CertificateView, 'validity'> {
  const { subject, issuer, notBefore, notAfter, sha256, publicKey, serial, signatureAlgorithm, selfIssued } =
    certificate;
  return {
    subject,
    issuer,
    notBefore,
    notAfter,
    sha256,
    publicKey,
    names: certificate.names.map(({ kind, value }) => (kind === 'dns' ? value : `${kind}:${value}`)),
    serial,
    signatureAlgorithm: signatureAlgorithm.name,
    fingerprint: fingerprintSdp(der),
    selfIssued,
    issuedByNext: next ? isIssuedBy(certificate, next) : null,
  };
}

function rawKeyView(spki: Uint8Array): CertificateView | null {
  const key = readRawPublicKey(spki);
  return (
    key && {
      subject: 'raw public key',
      issuer: '',
      notBefore: null,
      notAfter: null,
      sha256: key.sha256,
      publicKey: key.publicKey,
      names: [],
      serial: '',
      signatureAlgorithm: null,
      fingerprint: `sha-256 ${(key.sha256.toUpperCase().match(/../g) ?? []).join(':')}`,
      selfIssued: false,
      validity: 'unknown',
      issuedByNext: null,
    }
  );
}

/** @param atMs when the message was captured, since 1970. */
function validityAt(notBefore: string | null, notAfter: string | null, atMs: number): CertificateView['validity'] {
  const [from, to] = [Date.parse(notBefore ?? ''), Date.parse(notAfter ?? '')];
  if (atMs < from) return 'not-yet';
  if (atMs > to) return 'expired';
  return Number.isNaN(from) || Number.isNaN(to) ? 'unknown' : 'valid';
}
