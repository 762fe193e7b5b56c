/** RSA (RFC 8017) on the numbers of micro-rsa-dsa-dh: decryption of a premaster secret, verification of signatures. */
import type { CHash } from '@noble/hashes/utils.js';
import { mgf1, PSS, type PublicKey } from 'micro-rsa-dsa-dh/rsa.js';
import { I2OSP, mod, pow } from 'micro-rsa-dsa-dh/utils.js';
import { concat, sameBytes } from '../wire/text.ts';
import { bigintOf } from './asn1.ts';
import { cryptoProvider } from './provider.ts';
import { bitLength } from './public-key.ts';

export interface RsaPrivateKey {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  /** The primes and what follows from them (RFC 8017 §3.2), with which decryption takes a third of the time. */
  readonly crt: {
    readonly p: bigint;
    readonly q: bigint;
    readonly dP: bigint;
    readonly dQ: bigint;
    readonly qInv: bigint;
  } | null;
}

/** Larger keys are not worked with: the time for one operation grows with the cube of it. */
export const MAX_MODULUS_BITS = 16_384;
const MAX_EXPONENT_BITS = 64;

/** False where an operation with this public key would take too long, or means nothing. */
export function isUsable({ n, e }: PublicKey): boolean {
  return n > 15n && bitLength(n) <= MAX_MODULUS_BITS && e >= 3n && bitLength(e) <= MAX_EXPONENT_BITS;
}

/** RSAES-PKCS1-v1_5 decryption, RFC 8017 §7.2.2. Null where the key does not fit: length, range or padding wrong. */
export function decryptPkcs1(key: RsaPrivateKey, ciphertext: Uint8Array): Uint8Array | null {
  const length = modulusLength(key.n);
  // A shorter ciphertext is one whose leading zeros were left out; some stacks did.
  if (ciphertext.length > length || ciphertext.length === 0) return null;
  const c = bigintOf(ciphertext);
  if (c >= key.n) return null;
  const provided = cryptoProvider()?.rsaDecryptor(key)?.(I2OSP(c, length));
  const encoded = provided ?? I2OSP(power(key, c), length);
  if (encoded[0] !== 0 || encoded[1] !== 2) return null;
  const end = encoded.indexOf(0, 2);
  return end < 10 ? null : encoded.subarray(end + 1);
}

function power(key: RsaPrivateKey, c: bigint): bigint {
  if (key.crt === null) return pow(c, key.d, key.n);
  const { p, q, dP, dQ, qInv } = key.crt;
  const m1 = pow(mod(c, p), dP, p);
  const m2 = pow(mod(c, q), dQ, q);
  return m2 + mod((m1 - m2) * qInv, p) * q;
}

/**
 * RSASSA-PKCS1-v1_5 verification, RFC 8017 §8.2.2.
 * @param digestInfo what follows the padding: DER of DigestInfo, or MD5 and SHA-1 bare before version 1.2.
 */
export function verifyPkcs1(key: PublicKey, digestInfo: Uint8Array, signature: Uint8Array): boolean {
  const length = modulusLength(key.n);
  if (signature.length !== length || length < digestInfo.length + 11) return false;
  const s = bigintOf(signature);
  if (s >= key.n) return false;
  const padding = new Uint8Array(length - digestInfo.length - 3).fill(0xff);
  const expected = concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), digestInfo);
  return sameBytes(I2OSP(pow(s, key.e, key.n), length), expected);
}

/** RSASSA-PSS verification, RFC 8017 §8.1.2, with MGF1 of the same hash. @param saltLength in bytes. */
export function verifyPss(
  key: PublicKey,
  hash: CHash,
  saltLength: number,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return PSS(hash, mgf1(hash), saltLength).verify(key, message, signature);
  } catch {
    return false; // the library throws where the encoded message is out of range
  }
}

/** Bytes of the modulus. */
export function modulusLength(n: bigint): number {
  return Math.ceil(bitLength(n) / 8);
}
