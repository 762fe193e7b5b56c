/**
 * AES with a key schedule that is kept (FIPS 197) and counter mode on it (SP 800-38A §6.5). noble's own gcm() and
 * ctr() expand the key for every call. Its `unsafe` functions may change with any release: the version is pinned, and
 * the vectors beside gcm.ts and ccm.ts hold them.
 */
import { unsafe } from '@noble/ciphers/aes.js';

/** An expanded encryption key. */
export type AesKey = Uint32Array;

/** A block as four 32-bit words, each little-endian in the bytes of the block. */
export interface Block {
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
}

/** @param key 16, 24 or 32 bytes, else noble throws. */
export function expandKey(key: Uint8Array): AesKey {
  return unsafe.expandKeyLE(key) as AesKey;
}

export function encryptBlock(key: AesKey, s0: number, s1: number, s2: number, s3: number): Block {
  return unsafe.encrypt(key, s0, s1, s2, s3);
}

/** The little-endian word at `at`, as block words are; bytes past the end count as zero. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

export function swapWord(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/**
 * The first `length` bytes of `input`, xored with the key stream of the counter blocks (n0, n1, n2, counter),
 * (n0, n1, n2, counter + 1) …
 * @param counter the last word of the first counter block, big-endian as counters are.
 */
export function counterMode(
  key: AesKey,
  n0: number,
  n1: number,
  n2: number,
  counter: number,
  input: Uint8Array,
  length: number,
): Uint8Array {
  const out = new Uint8Array(length);
  const from = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const to = new DataView(out.buffer);
  const whole = length & ~15;
  let count = counter;
  for (let at = 0; at < whole; at += 16) {
    const { s0, s1, s2, s3 } = unsafe.encrypt(key, n0, n1, n2, swapWord(count++));
    to.setInt32(at, from.getInt32(at, true) ^ s0, true);
    to.setInt32(at + 4, from.getInt32(at + 4, true) ^ s1, true);
    to.setInt32(at + 8, from.getInt32(at + 8, true) ^ s2, true);
    to.setInt32(at + 12, from.getInt32(at + 12, true) ^ s3, true);
  }
  if (whole < length) {
    const { s0, s1, s2, s3 } = unsafe.encrypt(key, n0, n1, n2, swapWord(count));
    const words = [s0, s1, s2, s3];
    for (let i = whole; i < length; i++) {
      const word = words[(i - whole) >> 2] ?? 0;
      out[i] = (input[i] ?? 0) ^ (word >>> (8 * (i & 3)));
    }
  }
  return out;
}
