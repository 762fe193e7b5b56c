/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): what key a certificate or a raw public key (RFC 7250) holds. */

import { bitsOf, naturalOf, oidOf, readAsn1, sequenceOf } from './asn1.ts';
import { byContent } from './by-content.ts';

export type NistCurve = 'P-256' | 'P-384' | 'P-521';

export type PublicKey =
  | { readonly kind: 'rsa'; readonly n: bigint; readonly e: bigint; readonly description: string }
  | { readonly kind: 'ec'; readonly curve: NistCurve; readonly point: Uint8Array; readonly description: string }
  | { readonly kind: 'ed25519' | 'ed448'; readonly point: Uint8Array; readonly description: string }
  /** A key that nothing here can use. */
  | { readonly kind: 'other'; readonly description: string };

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSASSA_PSS = '1.2.840.113549.1.1.10';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const DSA = '1.2.840.10040.4.1';

const NIST_CURVES: ReadonlyMap<string, NistCurve> = new Map<string, NistCurve>([
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
]);

const OTHER_CURVES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10045.3.1.1', 'P-192'],
  ['1.3.132.0.33', 'P-224'],
  ['1.3.132.0.10', 'secp256k1'],
  ['1.3.36.3.3.2.8.1.1.7', 'brainpoolP256r1'],
  ['1.3.36.3.3.2.8.1.1.11', 'brainpoolP384r1'],
  ['1.3.36.3.3.2.8.1.1.13', 'brainpoolP512r1'],
  ['1.2.156.10197.1.301', 'SM2'],
]);

const OTHER_KEYS: ReadonlyMap<string, string> = new Map([
  ['1.3.101.110', 'X25519'],
  ['1.3.101.111', 'X448'],
  ['1.2.840.113549.1.3.1', 'DH'],
  ['2.16.840.1.101.3.4.3.17', 'ML-DSA-44'],
  ['2.16.840.1.101.3.4.3.18', 'ML-DSA-65'],
  ['2.16.840.1.101.3.4.3.19', 'ML-DSA-87'],
]);

/** @param spki DER. Null where it is not a SubjectPublicKeyInfo. */
export const readPublicKey = byContent(publicKeyOf);

function publicKeyOf(spki: Uint8Array): PublicKey | null {
  const [algorithm, key] = sequenceOf(readAsn1(spki));
  const [identifier, parameters] = sequenceOf(algorithm);
  const oid = oidOf(identifier);
  const bits = bitsOf(key);
  if (oid === null || bits === null) return null;
  switch (oid) {
    case RSA_ENCRYPTION:
    case RSASSA_PSS:
      return readRsa(bits, oid === RSASSA_PSS);
    case EC_PUBLIC_KEY:
      return readEc(bits, oidOf(parameters));
    case '1.3.101.112':
      return { kind: 'ed25519', point: bits, description: 'Ed25519' };
    case '1.3.101.113':
      return { kind: 'ed448', point: bits, description: 'Ed448' };
    case DSA: {
      const prime = naturalOf(sequenceOf(parameters)[0]);
      return { kind: 'other', description: prime === null ? 'DSA' : `DSA ${bitLength(prime)}` };
    }
    default:
      return { kind: 'other', description: OTHER_KEYS.get(oid) ?? oid };
  }
}

/** Bits of a number; 2048 for an RSA key of that name. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function readRsa(bits: Uint8Array, pss: boolean): PublicKey | null {
  const [modulus, exponent] = sequenceOf(readAsn1(bits));
  const n = naturalOf(modulus);
  const e = naturalOf(exponent);
  if (n === null || e === null || n === 0n) return null;
  return { kind: 'rsa', n, e, description: `${pss ? 'RSA-PSS' : 'RSA'} ${bitLength(n)}` };
}

function readEc(bits: Uint8Array, curveOid: string | null): PublicKey {
  const curve = NIST_CURVES.get(curveOid ?? '');
  if (curve !== undefined) return { kind: 'ec', curve, point: bits, description: `EC ${curve}` };
  return { kind: 'other', description: `EC ${OTHER_CURVES.get(curveOid ?? '') ?? curveOid ?? 'explicit curve'}` };
}
