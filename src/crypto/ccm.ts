/** AES-CCM (RFC 3610, NIST SP 800-38C): CBC-MAC then counter mode, which noble does not offer ready made. */
import type { Aead } from './aead.ts';
import { type AesKey, type Block, counterMode, encryptBlock, expandKey, swapWord, wordAt } from './aes.ts';

/**
 * @param key 16 or 32 bytes.
 * @param tagLength bytes: 16, 8 in the CCM_8 suites; 4 to 16 and even in general.
 */
export function ccmOpener(key: Uint8Array, tagLength: number): Aead {
  const xk = expandKey(key);
  return {
    /** The nonce has 12 bytes in (D)TLS (RFC 6655 §3), 7 to 13 in general. */
    open(nonce, additionalData, ciphertext) {
      const length = ciphertext.length - tagLength;
      const lengthBytes = 15 - nonce.length;
      if (nonce.length < 7 || nonce.length > 13 || length < 0 || length >= 2 ** (8 * lengthBytes)) return null;
      const counterBlock = new Uint8Array(16);
      counterBlock[0] = lengthBytes - 1;
      counterBlock.set(nonce, 1);
      const n0 = wordAt(counterBlock, 0);
      const n1 = wordAt(counterBlock, 4);
      const n2 = wordAt(counterBlock, 8);
      const counter = swapWord(wordAt(counterBlock, 12)); // a message is too short for its block count to overflow this
      // CCM authenticates the plaintext, so the tag can only be checked after decrypting (RFC 3610 §2.5).
      const plaintext = counterMode(xk, n0, n1, n2, counter + 1, ciphertext, length);
      const mac = cbcMac(xk, counterBlock, tagLength, additionalData, plaintext);
      const mask = encryptBlock(xk, n0, n1, n2, swapWord(counter));
      const tag = [mac.s0 ^ mask.s0, mac.s1 ^ mask.s1, mac.s2 ^ mask.s2, mac.s3 ^ mask.s3];
      let difference = 0;
      for (let i = 0; i < tagLength; i++) {
        difference |= (((tag[i >> 2] ?? 0) >>> (8 * (i & 3))) & 0xff) ^ (ciphertext[length + i] ?? 0);
      }
      return difference === 0 ? plaintext : null;
    },
  };
}

/** RFC 3610 §2.2. `firstBlock` comes with flags, nonce and a length of zero. */
function cbcMac(
  xk: AesKey,
  counterBlock: Uint8Array,
  tagLength: number,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
): Block {
  const first = counterBlock.slice();
  first[0] = (additionalData.length > 0 ? 0x40 : 0) | (((tagLength - 2) / 2) << 3) | (counterBlock[0] ?? 0);
  // The length fills the end of the block; what lies before it is the nonce and untouched where the length is short.
  for (let i = 15, rest = plaintext.length; rest > 0; i--, rest = Math.floor(rest / 256)) first[i] = rest & 0xff;
  const start = encryptBlock(xk, wordAt(first, 0), wordAt(first, 4), wordAt(first, 8), wordAt(first, 12));
  const withData = additionalData.length > 0 ? absorb(xk, start, lengthPrefixed(additionalData)) : start;
  return absorb(xk, withData, plaintext);
}

/** RFC 3610 §2.2: two bytes of length, or ff fe and four from 65280 on. */
function lengthPrefixed(data: Uint8Array): Uint8Array {
  const n = data.length;
  const prefix =
    n < 0xff00 ? [n >> 8, n & 0xff] : [0xff, 0xfe, n >>> 24, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff];
  const whole = new Uint8Array(prefix.length + n);
  whole.set(prefix);
  whole.set(data, prefix.length);
  return whole;
}

/** CBC-MAC over `bytes`, the last block padded with zeros. */
function absorb(xk: AesKey, start: Block, bytes: Uint8Array): Block {
  let { s0, s1, s2, s3 } = start;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~15;
  for (let at = 0; at < whole; at += 16) {
    s0 ^= view.getInt32(at, true);
    s1 ^= view.getInt32(at + 4, true);
    s2 ^= view.getInt32(at + 8, true);
    s3 ^= view.getInt32(at + 12, true);
    ({ s0, s1, s2, s3 } = encryptBlock(xk, s0, s1, s2, s3));
  }
  if (whole === bytes.length) return { s0, s1, s2, s3 };
  s0 ^= wordAt(bytes, whole);
  s1 ^= wordAt(bytes, whole + 4);
  s2 ^= wordAt(bytes, whole + 8);
  s3 ^= wordAt(bytes, whole + 12);
  return encryptBlock(xk, s0, s1, s2, s3);
}
