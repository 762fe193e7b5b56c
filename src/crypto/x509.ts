/**
 * X.509 certificates (RFC 5280) and raw public keys (RFC 7250): what they say. Nothing here says whether they can be
 * trusted: a capture brings no trust anchors.
 */
import { sameBytes, toHex } from '../wire/text.ts';
import {
  type Asn1,
  bitsOf,
  contentOf,
  isInteger,
  readAsn1,
  sequenceOf,
  taggedElements,
  timeOf,
  wholeOf,
} from './asn1.ts';
import { byContent } from './by-content.ts';
import { type CertificateExtensions, readExtensions } from './certificate-extensions.ts';
import { nameText } from './distinguished-name.ts';
import { type HashName, hash } from './hashes.ts';
import { readPublicKey } from './public-key.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

export interface Certificate extends CertificateExtensions {
  /** RFC 4514, without characters that could disturb a terminal; empty where the name is. */
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601 in UTC, to the second; null where it cannot be read. */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** Lowercase hex without leading zero bytes. */
  readonly serial: string;
  /** `EC P-256`, `RSA 2048`, `Ed25519` …; an unknown algorithm as its dotted number. */
  readonly publicKey: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** Of the whole certificate, lowercase hex. */
  readonly sha256: string;
  readonly sha1: string;
  /** Subject and issuer are the same name, as in a self-signed certificate. */
  readonly selfIssued: boolean;
  /** What its signature is checked over and linked by; see `verifyCertificateLink`. */
  readonly signed: {
    /** TBSCertificate, DER. */
    readonly bytes: Uint8Array;
    readonly signature: Uint8Array;
    /** DER of the two names: they are compared as bytes. */
    readonly subject: Uint8Array;
    readonly issuer: Uint8Array;
  };
}

/** A bare SubjectPublicKeyInfo in place of a certificate. */
export interface RawPublicKey {
  readonly publicKey: string;
  readonly spki: Uint8Array;
  readonly sha256: string;
}

/** Null where the bytes are no certificate. */
export const readCertificate = byContent(certificateOf);

function certificateOf(der: Uint8Array): Certificate | null {
  const [tbs, algorithm, signatureElement] = sequenceOf(readAsn1(der));
  const signature = bitsOf(signatureElement);
  if (tbs === undefined || algorithm === undefined || signature === null) return null;
  const fields = sequenceOf(tbs);
  const versioned = taggedElements(fields[0], 0).length > 0;
  const [serial, , issuer, validity, subject, spki, ...optional] = versioned ? fields.slice(1) : fields;
  if (!isInteger(serial) || issuer === undefined || subject === undefined || spki === undefined) return null;
  const key = readPublicKey(wholeOf(spki));
  if (key === null) return null;
  const [notBefore, notAfter] = sequenceOf(validity);
  return {
    subject: nameText(subject),
    issuer: nameText(issuer),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    serial: toHex(contentOf(serial)).replace(/^(00)+(?=..)/, ''),
    publicKey: key.description,
    spki: wholeOf(spki),
    signatureAlgorithm: readSignatureAlgorithm(algorithm),
    sha256: toHex(hash('sha256', der)),
    sha1: toHex(hash('sha1', der)),
    selfIssued: sameBytes(wholeOf(subject), wholeOf(issuer)),
    ...readExtensions(extensionsOf(optional)),
    signed: { bytes: wholeOf(tbs), signature, subject: wholeOf(subject), issuer: wholeOf(issuer) },
  };
}

/** Null where the bytes are no SubjectPublicKeyInfo. */
export function readRawPublicKey(spki: Uint8Array): RawPublicKey | null {
  const key = readPublicKey(spki);
  return key && { publicKey: key.description, spki, sha256: toHex(hash('sha256', spki)) };
}

/** hash-func of RFC 8122 §5. */
export const SDP_HASHES = {
  'sha-1': 'sha1',
  'sha-224': 'sha224',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
  md5: 'md5',
} as const satisfies { readonly [name: string]: HashName };
export type SdpHash = keyof typeof SDP_HASHES;

/** As `a=fingerprint` of SDP has it (RFC 8122 §5): `sha-256 AA:BB:…`. */
export function fingerprintSdp(der: Uint8Array, name: SdpHash = 'sha-256'): string {
  const pairs = toHex(hash(SDP_HASHES[name], der)).toUpperCase().match(/../g) ?? [];
  return `${name} ${pairs.join(':')}`;
}

/** Is `issuer` by its name the one that issued `certificate`? Whether it signed it, `verifyCertificateLink` says. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return sameBytes(certificate.signed.issuer, issuer.signed.subject);
}

/**
 * Where a chain as sent is out of order: index of the first certificate whose issuer is not the subject of the next
 * one (RFC 5246 §7.4.2 asks for that, RFC 8446 §4.4.2 for the first alone to be in its place). Null: in order.
 */
export function chainBreak(chain: readonly Certificate[]): number | null {
  const at = chain.findIndex((certificate, i) => {
    const next = chain[i + 1];
    return next !== undefined && !isIssuedBy(certificate, next);
  });
  return at < 0 ? null : at;
}

function extensionsOf(optional: readonly Asn1[]): readonly Asn1[] {
  for (const element of optional) {
    const [extensions] = taggedElements(element, 3);
    if (extensions !== undefined) return sequenceOf(extensions);
  }
  return [];
}
