/** HKDF (RFC 5869) and HKDF-Expand-Label (RFC 8446 §7.1) with the prefix of DTLS 1.3 (RFC 9147 §5.9). */
import { concat } from '../wire/text.ts';
import { HASH_LENGTHS, Hmac } from './hashes.ts';
import type { PrfHash } from './suites.ts';

/** No space at its end, unlike `tls13 `. */
const DTLS13 = 'dtls13';
const UTF8 = new TextEncoder();

/** RFC 5869 §2.2. @param salt empty stands for a salt of zeros. */
export function hkdfExtract(hash: PrfHash, salt: Uint8Array, inputKey: Uint8Array): Uint8Array {
  return new Hmac(hash, salt).mac(inputKey);
}

/** RFC 5869 §2.3. @param length bytes, at most 255 times the digest; beyond that the output stays zero. */
export function hkdfExpand(hash: PrfHash, key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return expand(new Hmac(hash, key), info, length);
}

function expand(hmac: Hmac, info: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let block = new Uint8Array(0);
  for (let at = 0, count = 1; at < length && count <= 255; at += hmac.length, count++) {
    block = Uint8Array.from(hmac.mac(block, info, Uint8Array.of(count)));
    out.set(block.subarray(0, length - at), at);
  }
  return out;
}

/**
 * HKDF-Expand-Label, RFC 8446 §7.1.
 * @param length bytes, below 65536.
 * @param prefix put before the label: `dtls13`, or `tls13 ` with its space for TLS.
 */
export function hkdfExpandLabel(
  hash: PrfHash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
  prefix: string = DTLS13,
): Uint8Array {
  return labelExpander(hash, secret, prefix)(label, context, length);
}

/** HKDF-Expand-Label for several labels of one secret. */
export function labelExpander(hash: PrfHash, secret: Uint8Array, prefix: string = DTLS13) {
  const hmac = new Hmac(hash, secret);
  return (label: string, context: Uint8Array, length: number): Uint8Array => {
    const fullLabel = UTF8.encode(prefix + label);
    const lengths = Uint8Array.of(length >> 8, length & 0xff, fullLabel.length);
    return expand(hmac, concat(lengths, fullLabel, Uint8Array.of(context.length), context), length);
  };
}

/** Derive-Secret without messages: an empty context, output as long as the digest. */
export function expandLabelToDigest(hash: PrfHash, secret: Uint8Array, label: string): Uint8Array {
  return hkdfExpandLabel(hash, secret, label, new Uint8Array(0), HASH_LENGTHS[hash]);
}
