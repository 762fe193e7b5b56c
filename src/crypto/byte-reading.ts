/**
 * One byte of a plaintext without the others. All AEADs of DTLS are stream ciphers under their tag: GCM and CCM are AES in
 * counter mode (SP 800-38D §7.2, RFC 3610 §2.3), and ChaCha20 counts blocks of 64 bytes (RFC 8439 §2.8). The tag stays
 * unchecked, so what is read is what was sent only if nobody changed it on the way.
 */
import { chacha20 } from '@noble/ciphers/chacha.js';
import { encryptBlock, expandKey, swapWord, wordAt } from './aes.ts';
import type { AeadSpec } from './suites.ts';

/** @param nonce 12 bytes. @param at where in the ciphertext, before its tag. */
export type ByteReading = (nonce: Uint8Array, ciphertext: Uint8Array, at: number) => number;

/** @param key as long as the suite has it. */
export function createByteReading(cipher: AeadSpec['cipher'], key: Uint8Array): ByteReading {
  switch (cipher) {
    case 'aes-gcm':
      return gcmReading(key);
    case 'aes-ccm':
      return ccmReading(key);
    case 'chacha20-poly1305':
      return chachaReading(key);
  }
}

const AES_BLOCK = 16;
const CHACHA_BLOCK = 64;

/** The block with counter 1 is for the tag. */
function gcmReading(key: Uint8Array): ByteReading {
  const xk = expandKey(key);
  return (nonce, ciphertext, at) => {
    const counter = swapWord(2 + Math.floor(at / AES_BLOCK));
    const { s0, s1, s2, s3 } = encryptBlock(xk, wordAt(nonce, 0), wordAt(nonce, 4), wordAt(nonce, 8), counter);
    return (ciphertext[at] ?? 0) ^ byteOf(s0, s1, s2, s3, at % AES_BLOCK);
  };
}

/** A nonce of 12 bytes leaves 3 for the counter; that with 0 is for the tag. */
function ccmReading(key: Uint8Array): ByteReading {
  const xk = expandKey(key);
  return (nonce, ciphertext, at) => {
    const n0 = 2 | (wordAt(nonce, 0) << 8);
    const n1 = wordAt(nonce, 3);
    const n2 = wordAt(nonce, 7);
    const counter = (nonce[11] ?? 0) | (swapWord(1 + Math.floor(at / AES_BLOCK)) & ~0xff);
    const { s0, s1, s2, s3 } = encryptBlock(xk, n0, n1, n2, counter);
    return (ciphertext[at] ?? 0) ^ byteOf(s0, s1, s2, s3, at % AES_BLOCK);
  };
}

/** Block 0 is the key of Poly1305. */
function chachaReading(key: Uint8Array): ByteReading {
  const stream = new Uint8Array(CHACHA_BLOCK);
  const zeros = new Uint8Array(CHACHA_BLOCK);
  return (nonce, ciphertext, at) => {
    chacha20(key, nonce, zeros, stream, 1 + Math.floor(at / CHACHA_BLOCK));
    return (ciphertext[at] ?? 0) ^ (stream[at % CHACHA_BLOCK] ?? 0);
  };
}

/** Of a block as four words, each little-endian. */
function byteOf(s0: number, s1: number, s2: number, s3: number, at: number): number {
  const word = at < 8 ? (at < 4 ? s0 : s1) : at < 12 ? s2 : s3;
  return (word >>> (8 * (at % 4))) & 0xff;
}
