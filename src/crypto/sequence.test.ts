import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import { reconstructSequenceNumber } from './sequence.ts';
import { createSequenceMask } from './sequence-mask.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array(0);

test.each([
  [0, 8, 0, 0],
  [5, 8, 0, 5],
  [255, 8, 0, 255],
  [1, 8, 256, 257],
  [254, 8, 256, 254],
  [0, 8, 255, 256],
  [10, 8, 138, 266], // as far up as down: the higher
  [0xffff, 16, 0x10000, 0xffff],
  [3, 16, 0xfffe, 0x10003],
  [7, 16, 2 ** 40, 2 ** 40 + 7],
] as const)('low bits %i of %i, expected %i: %i', (low, width, expected, full) => {
  expect(reconstructSequenceNumber(low, width, expected)).toBe(full);
});

test('every number within half a window of the expected one comes back', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(8 as const, 16 as const),
      fc.nat({ max: 2 ** 48 - 1 }),
      fc.integer({ min: -32768, max: 32767 }),
      (width, expected, distance) => {
        const half = 2 ** (width - 1);
        const full = expected + (distance % half);
        if (full < 0) return;
        expect(reconstructSequenceNumber(full % 2 ** width, width, expected)).toBe(full);
      },
    ),
    { seed: 1 },
  );
});

const mask = (cipher: 'aes-gcm' | 'chacha20-poly1305', key: string, sample: string) =>
  createSequenceMask(cipher, hex(key))(hex(sample));

test('the AES mask is that of QUIC header protection (RFC 9001 §A.2)', () => {
  expect(mask('aes-gcm', '9f50449e04a0e810283a1e9933adedd2', 'd1b1c98dd7689fb8ec11d242b123dc9b')).toBe(0x437b);
});

test('the ChaCha20 mask is that of QUIC header protection (RFC 9001 §A.5)', () => {
  const key = '25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4';
  expect(mask('chacha20-poly1305', key, '5e5cd55c41f69080575d7999c25a5bfb')).toBe(0xaefe);
});

test('the ChaCha20 mask agrees with node:crypto, also for the highest counter', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  for (const start of ['00000000', '01000000', 'feffffff', 'ffffffff', 'ffffff7f']) {
    const sample = hex(`${start}00112233445566778899aabb`);
    const keyStream = createCipheriv('chacha20', key, sample).update(new Uint8Array(2));
    expect(createSequenceMask('chacha20-poly1305', key)(sample)?.toString(16).padStart(4, '0')).toBe(toHex(keyStream));
  }
});

test('fewer than 16 bytes of ciphertext have no mask', () => {
  for (const cipher of ['aes-gcm', 'aes-ccm', 'chacha20-poly1305'] as const) {
    const key = new Uint8Array(cipher === 'chacha20-poly1305' ? 32 : 16);
    expect(createSequenceMask(cipher, key)(new Uint8Array(15))).toBeNull();
    expect(createSequenceMask(cipher, key)(new Uint8Array(16))).not.toBeNull();
  }
});
