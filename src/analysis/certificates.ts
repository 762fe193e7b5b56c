/** The certificates of a handshake as the views see them. The same chain comes with every handshake, so it is read once. */
import { type Certificate, fingerprintSdp, isIssuedBy, readCertificate, readRawPublicKey } from '../crypto/x509.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { sameBytes } from '../wire/text.ts';
import type { HandshakeState } from './handshake-state.ts';
import type { Side } from './record-table.ts';
import type { CertificateView } from './trace.ts';

/** Chains that are remembered; a server with more clients than this reads some of theirs again. */
const REMEMBERED = 4096;
/** And so many of them that add up to the same: whoever makes more does it on purpose. */
const MOST_ALIKE = 8;
/** So much of its digest names a certificate in what a sharer tells. */
const TOLD_DIGITS = 16;
/** A chain longer than this is shown to here. */
const MAX_DEPTH = 32;

/** A certificate as it is shown, but for what depends on the time. */
interface Shown {
  readonly view: Omit<CertificateView, 'validity'>;
  readonly from: number;
  readonly to: number;
  /** As it is shown, by its validity: the same object wherever it is the same. */
  readonly at: Map<CertificateView['validity'], CertificateView>;
}

interface KnownChain {
  readonly ders: readonly Uint8Array[];
  readonly shown: readonly Shown[];
}

export class CertificateReader {
  /** By what their bytes add up to; nearly always one. */
  readonly #known = new Map<number, KnownChain[]>();
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
    const ders = decoded.certificates.slice(0, MAX_DEPTH).map(({ bytes }) => bytes);
    return this.#read(ders).map((shown) => this.#view(shown, atMs));
  }

  #view({ view, from, to, at }: Shown, atMs: number | null): CertificateView {
    const validity =
      atMs === null ? (this.#told.get(view.sha256.slice(0, TOLD_DIGITS)) ?? 'unknown') : validityAt(from, to, atMs);
    const before = at.get(validity);
    if (before) return before;
    const now = { ...view, validity };
    at.set(validity, now);
    return now;
  }

  #read(ders: readonly Uint8Array[]): readonly Shown[] {
    const sum = sumOf(ders);
    const alike = this.#known.get(sum) ?? [];
    const known = alike.find((k) => k.ders.length === ders.length && k.ders.every((d, i) => isSame(d, ders[i])));
    if (known) return known.shown;
    const shown = readChain(ders);
    if (this.#known.size < REMEMBERED && alike.length < MOST_ALIKE) this.#known.set(sum, [...alike, { ders, shown }]);
    return shown;
  }
}

function readChain(ders: readonly Uint8Array[]): Shown[] {
  const chain = ders.map((der) => ({ der, certificate: readCertificate(der) }));
  return chain.flatMap(({ der, certificate }, i) => {
    if (!certificate) return [];
    const { notBefore, notAfter } = certificate;
    return [
      {
        view: view(der, certificate, chain[i + 1]?.certificate ?? null),
        from: Date.parse(notBefore ?? ''),
        to: Date.parse(notAfter ?? ''),
        at: new Map(),
      },
    ];
  });
}

const isSame = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  other !== undefined && sameBytes(one, other);

/** FNV-1a over the lengths and the bytes, as a whole number from 0. */
function sumOf(ders: readonly Uint8Array[]): number {
  let sum = 0x811c9dc5;
  for (const der of ders) {
    sum = Math.imul(sum ^ der.length, 0x01000193);
    for (let i = 0; i < der.length; i++) sum = Math.imul(sum ^ (der[i] ?? 0), 0x01000193);
  }
  return sum >>> 0;
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

/** All in milliseconds since 1970, NaN where that cannot be read. */
function validityAt(from: number, to: number, atMs: number): CertificateView['validity'] {
  if (atMs < from) return 'not-yet';
  if (atMs > to) return 'expired';
  return Number.isNaN(from) || Number.isNaN(to) ? 'unknown' : 'valid';
}
