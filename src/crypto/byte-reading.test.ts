import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createByteReading } from './byte-reading.ts';
import type { AeadSpec } from './suites.ts';

const CIPHERS: readonly [AeadSpec['cipher'], string, number][] = [
  ['aes-gcm', 'aes-128-gcm', 16],
  ['aes-gcm', 'aes-256-gcm', 32],
  ['aes-ccm', 'aes-128-ccm', 16],
  ['aes-ccm', 'aes-256-ccm', 32],
  ['chacha20-poly1305', 'chacha20-poly1305', 32],
];

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** By node:crypto. */
function encrypt(algorithm: string, key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(algorithm as 'aes-128-ccm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(new Uint8Array(5), { plaintextLength: plaintext.length });
  return new Uint8Array(cipher.update(plaintext));
}

describe.each(CIPHERS)('%s as %s', (cipher, algorithm, keyLength) => {
  test('any byte is the one that was encrypted', () => {
    fc.assert(
      fc.property(
        bytes(keyLength),
        bytes(12),
        fc.uint8Array({ minLength: 1, maxLength: 300, size: 'max' }),
        (key, nonce, plaintext) => {
          const ciphertext = encrypt(algorithm, key, nonce, plaintext);
          const read = createByteReading(cipher, key);
          expect(Array.from(plaintext, (_, at) => read(nonce, ciphertext, at))).toEqual([...plaintext]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('far into the longest records', () => {
    const key = new Uint8Array(keyLength).fill(3);
    const nonce = new Uint8Array(12).fill(0xfe);
    const plaintext = Uint8Array.from({ length: 16384 }, (_, i) => i * 7);
    const ciphertext = encrypt(algorithm, key, nonce, plaintext);
    const read = createByteReading(cipher, key);
    for (const at of [4095, 4096, 4111, 8191, 16383]) expect(read(nonce, ciphertext, at)).toBe(plaintext[at]);
  });
});
