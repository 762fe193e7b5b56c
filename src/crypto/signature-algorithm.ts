/** AlgorithmIdentifier of the signature on a certificate (RFC 5280 §4.1.1.2, RFC 4055, RFC 5758, RFC 8410). */
import { type Asn1, naturalOf, oidOf, sequenceOf, taggedElements } from './asn1.ts';

export type SignatureHash = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

export interface SignatureAlgorithm {
  /** `ecdsa-with-SHA256`, `sha256WithRSAEncryption` …; an unknown one as its dotted number. */
  readonly name: string;
  /** How it is checked; null where nothing here can. */
  readonly how: SignatureForm | null;
}

/** A way to sign, with all that is needed to check it but the key. */
export type SignatureForm =
  /** 'md5sha1': the 36 bytes of versions before 1.2, without DigestInfo. */
  | { readonly kind: 'rsa-pkcs1'; readonly hash: SignatureHash | 'md5sha1' }
  | { readonly kind: 'rsa-pss'; readonly hash: SignatureHash; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: SignatureHash }
  | { readonly kind: 'ed25519' | 'ed448' };

const RSASSA_PSS = '1.2.840.113549.1.1.10';

const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  ['1.2.840.113549.1.1.4', rsa('md5WithRSAEncryption', 'md5')],
  ['1.2.840.113549.1.1.5', rsa('sha1WithRSAEncryption', 'sha1')],
  ['1.2.840.113549.1.1.14', rsa('sha224WithRSAEncryption', 'sha224')],
  ['1.2.840.113549.1.1.11', rsa('sha256WithRSAEncryption', 'sha256')],
  ['1.2.840.113549.1.1.12', rsa('sha384WithRSAEncryption', 'sha384')],
  ['1.2.840.113549.1.1.13', rsa('sha512WithRSAEncryption', 'sha512')],
  ['1.2.840.10045.4.1', ecdsa('ecdsa-with-SHA1', 'sha1')],
  ['1.2.840.10045.4.3.1', ecdsa('ecdsa-with-SHA224', 'sha224')],
  ['1.2.840.10045.4.3.2', ecdsa('ecdsa-with-SHA256', 'sha256')],
  ['1.2.840.10045.4.3.3', ecdsa('ecdsa-with-SHA384', 'sha384')],
  ['1.2.840.10045.4.3.4', ecdsa('ecdsa-with-SHA512', 'sha512')],
  ['1.3.101.112', { name: 'Ed25519', how: { kind: 'ed25519' } }],
  ['1.3.101.113', { name: 'Ed448', how: { kind: 'ed448' } }],
  ['1.2.840.10040.4.3', { name: 'id-dsa-with-sha1', how: null }],
  ['2.16.840.1.101.3.4.3.2', { name: 'id-dsa-with-sha256', how: null }],
  ['1.2.156.10197.1.501', { name: 'SM2-with-SM3', how: null }],
  ['2.16.840.1.101.3.4.3.17', { name: 'id-ml-dsa-44', how: null }],
  ['2.16.840.1.101.3.4.3.18', { name: 'id-ml-dsa-65', how: null }],
  ['2.16.840.1.101.3.4.3.19', { name: 'id-ml-dsa-87', how: null }],
]);

const HASHES: ReadonlyMap<string, SignatureHash> = new Map<string, SignatureHash>([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** Bytes of salt that are worth a check; nobody uses more than a digest. */
const MAX_SALT = 512;

export function readSignatureAlgorithm(element: Asn1): SignatureAlgorithm {
  const [identifier, parameters] = sequenceOf(element);
  const oid = oidOf(identifier) ?? '?';
  if (oid === RSASSA_PSS) return { name: 'RSASSA-PSS', how: readPssParameters(parameters) };
  return ALGORITHMS.get(oid) ?? { name: oid, how: null };
}

/** RSASSA-PSS-params, RFC 4055 §3.1, with the defaults given there. Null where MGF1 uses another hash. */
function readPssParameters(parameters: Asn1 | undefined): SignatureForm | null {
  const fields = sequenceOf(parameters);
  const tagged = (tag: number) => fields.flatMap((field) => [...taggedElements(field, tag)])[0];
  const hashOf = (identifier: Asn1 | undefined) =>
    identifier === undefined ? 'sha1' : HASHES.get(oidOf(sequenceOf(identifier)[0]) ?? '');
  const hash = hashOf(tagged(0));
  const mask = hashOf(sequenceOf(tagged(1))[1]);
  const saltElement = tagged(2);
  const saltLength = saltElement === undefined ? 20n : naturalOf(saltElement);
  if (hash === undefined || mask !== hash || saltLength === null || saltLength > MAX_SALT) return null;
  return { kind: 'rsa-pss', hash, saltLength: Number(saltLength) };
}

function rsa(name: string, hash: SignatureHash): SignatureAlgorithm {
  return { name, how: { kind: 'rsa-pkcs1', hash } };
}

function ecdsa(name: string, hash: SignatureHash): SignatureAlgorithm {
  return { name, how: { kind: 'ecdsa', hash } };
}
