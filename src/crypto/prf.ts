/** The pseudorandom function of DTLS 1.0 (RFC 2246 §5, by way of TLS 1.1) and of DTLS 1.2 (RFC 5246 §5). */
import { concat } from '../wire/text.ts';
import { type HashName, Hmac } from './hashes.ts';
import type { PrfHash } from './suites.ts';

const DTLS_1_2 = 0xfefd;

/**
 * True where the PRF, the Finished hash and so on are those of TLS 1.2: DTLS 1.2. DTLS 1.0 (0xfeff) and its
 * pre-standard form (0x0100) have those of TLS 1.1.
 */
export function isVersion12(version: number): boolean {
  return version === DTLS_1_2;
}

/**
 * PRF(secret, label, seed), `length` bytes.
 * @param version as on the wire: 0xfefd uses `prfHash`, 0xfeff and 0x0100 MD5 xor SHA-1.
 * @param label ASCII, without a terminating zero.
 */
export function prf(
  version: number,
  prfHash: PrfHash,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelAndSeed = concat(new TextEncoder().encode(label), seed);
  return isVersion12(version)
    ? expand(prfHash, secret, labelAndSeed, length)
    : prfMd5Sha1(secret, labelAndSeed, length);
}

/** The halves share the middle byte of a secret of odd length (RFC 2246 §5). */
function prfMd5Sha1(secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const half = Math.ceil(secret.length / 2);
  const out = expand('md5', secret.subarray(0, half), seed, length);
  const other = expand('sha1', secret.subarray(secret.length - half), seed, length);
  for (let i = 0; i < length; i++) out[i] = (out[i] ?? 0) ^ (other[i] ?? 0);
  return out;
}

/** P_hash of RFC 5246 §5: HMAC(secret, A(i) + seed) for i = 1, 2, … */
function expand(hash: HashName, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const hmac = new Hmac(hash, secret);
  const out = new Uint8Array(length);
  let a = seed;
  for (let at = 0; at < length; at += hmac.length) {
    a = hmac.mac(a);
    out.set(hmac.mac(a, seed).subarray(0, length - at), at);
  }
  return out;
}
