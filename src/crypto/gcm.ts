/** AES-GCM (NIST SP 800-38D) with the key schedule kept between records, and the GHASH tables of the keys used last. */
import type { Aead } from './aead.ts';
import { type AesKey, counterMode, encryptBlock, expandKey, swapWord, wordAt } from './aes.ts';

const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** @param key 16 or 32 bytes. */
export function gcmOpener(key: Uint8Array): Aead {
  const xk = expandKey(key);
  const own: TableHolder = { table: null };
  return {
    open(nonce, additionalData, ciphertext) {
      const length = ciphertext.length - TAG_LENGTH;
      if (nonce.length !== NONCE_LENGTH || length < 0) return null;
      const table = own.table ?? tableFor(own, xk);
      const [n0, n1, n2] = [wordAt(nonce, 0), wordAt(nonce, 4), wordAt(nonce, 8)];
      const mask = encryptBlock(xk, n0, n1, n2, swapWord(1));
      const sum = ghash(table, additionalData, ciphertext, length);
      const difference =
        (sum.z0 ^ swapWord(mask.s0) ^ swapWord(wordAt(ciphertext, length))) |
        (sum.z1 ^ swapWord(mask.s1) ^ swapWord(wordAt(ciphertext, length + 4))) |
        (sum.z2 ^ swapWord(mask.s2) ^ swapWord(wordAt(ciphertext, length + 8))) |
        (sum.z3 ^ swapWord(mask.s3) ^ swapWord(wordAt(ciphertext, length + 12)));
      return difference === 0 ? counterMode(xk, n0, n1, n2, 2, ciphertext, length) : null;
    },
  };
}

interface TableHolder {
  /** Null before the first record, and after many other keys were used. */
  table: Int32Array | null;
}

/** A table has 4 KB, and a large capture has keys by the ten thousand. */
const MOST_TABLES = 1024;
const holders: TableHolder[] = [];
let oldest = 0;

function tableFor(holder: TableHolder, xk: AesKey): Int32Array {
  const before = holders[oldest];
  const table = before?.table ?? new Int32Array(4 * 256);
  if (before) before.table = null;
  holders[oldest] = holder;
  oldest = (oldest + 1) % MOST_TABLES;
  fillTable(table, xk);
  holder.table = table;
  return table;
}

/** What falls off the right end of a 128-bit word in a shift by 8, folded back into its top 16 bits (§6.3). */
const FOLD: Int32Array = (() => {
  const fold = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let top = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low >>>= 1;
      top = (top >>> 1) ^ (carry ? 0xe1000000 : 0);
    }
    fold[byte] = top;
  }
  return fold;
})();

/** byte · H for all 256 bytes, four big-endian words each; 0 · H stays zero. Bit 0x80 of a byte is the coefficient of x^0. */
function fillTable(table: Int32Array, xk: AesKey): void {
  const h = encryptBlock(xk, 0, 0, 0, 0);
  let [z0, z1, z2, z3] = [swapWord(h.s0), swapWord(h.s1), swapWord(h.s2), swapWord(h.s3)];
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    table.set([z0, z1, z2, z3], 4 * bit);
    const carry = z3 & 1;
    z3 = (z3 >>> 1) | (z2 << 31);
    z2 = (z2 >>> 1) | (z1 << 31);
    z1 = (z1 >>> 1) | (z0 << 31);
    z0 = (z0 >>> 1) ^ (carry ? 0xe1000000 : 0);
  }
  for (let high = 2; high < 256; high *= 2) {
    for (let low = 1; low < high; low++) {
      for (let i = 0; i < 4; i++) table[4 * (high + low) + i] = (table[4 * high + i] ?? 0) ^ (table[4 * low + i] ?? 0);
    }
  }
}

/** GHASH of additional data, ciphertext and their lengths (§6.4, §7.2). */
function ghash(table: Int32Array, additionalData: Uint8Array, ciphertext: Uint8Array, length: number): RunningSum {
  const sum = new RunningSum(table);
  sum.absorb(additionalData, additionalData.length);
  sum.absorb(ciphertext, length);
  sum.block(
    Math.floor(additionalData.length / 0x2000_0000),
    additionalData.length << 3,
    Math.floor(length / 0x2000_0000),
    length << 3,
  );
  return sum;
}

class RunningSum {
  z0 = 0;
  z1 = 0;
  z2 = 0;
  z3 = 0;
  readonly #table: Int32Array;

  constructor(table: Int32Array) {
    this.#table = table;
  }

  /** The first `length` bytes, the last block padded with zeros. */
  absorb(bytes: Uint8Array, length: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const whole = length & ~15;
    for (let at = 0; at < whole; at += 16) {
      this.block(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
    }
    if (whole < length) {
      const last = new DataView(new ArrayBuffer(16));
      for (let i = whole; i < length; i++) last.setUint8(i - whole, bytes[i] ?? 0);
      this.block(last.getInt32(0), last.getInt32(4), last.getInt32(8), last.getInt32(12));
    }
  }

  /** (sum + block) · H, byte by byte from the highest power of x. */
  block(b0: number, b1: number, b2: number, b3: number): void {
    const table = this.#table;
    const [x0, x1, x2] = [this.z0 ^ b0, this.z1 ^ b1, this.z2 ^ b2];
    let z0 = 0;
    let z1 = 0;
    let z2 = 0;
    let z3 = 0;
    let word = this.z3 ^ b3;
    for (let i = 0; i < 16; i++) {
      if (i === 4) word = x2;
      else if (i === 8) word = x1;
      else if (i === 12) word = x0;
      const entry = (word & 0xff) << 2;
      const fold = FOLD[z3 & 0xff] ?? 0;
      word >>>= 8;
      z3 = ((z3 >>> 8) | (z2 << 24)) ^ (table[entry + 3] ?? 0);
      z2 = ((z2 >>> 8) | (z1 << 24)) ^ (table[entry + 2] ?? 0);
      z1 = ((z1 >>> 8) | (z0 << 24)) ^ (table[entry + 1] ?? 0);
      z0 = (z0 >>> 8) ^ fold ^ (table[entry] ?? 0);
    }
    this.z0 = z0;
    this.z1 = z1;
    this.z2 = z2;
    this.z3 = z3;
  }
}
