import { hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import { hkdfExpand, hkdfExpandLabel, hkdfExtract } from './hkdf.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array(0);

test('RFC 5869 test case 1', () => {
  const key = hkdfExtract('sha256', hex('000102030405060708090a0b0c'), new Uint8Array(22).fill(0x0b));
  expect(toHex(key)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5');
  expect(toHex(hkdfExpand('sha256', key, hex('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
});

test('agrees with node:crypto for SHA-384, an empty salt and many lengths', () => {
  const [input, info] = [Uint8Array.of(1, 2, 3), Uint8Array.of(9, 8)];
  for (const length of [1, 47, 48, 49, 96, 97, 300]) {
    const ours = hkdfExpand('sha384', hkdfExtract('sha384', new Uint8Array(0), input), info, length);
    expect(toHex(ours)).toBe(toHex(new Uint8Array(hkdfSync('sha384', input, new Uint8Array(0), info, length))));
  }
});

test('HKDF-Expand-Label with the prefix of TLS: RFC 8448 §3, server handshake write keys', () => {
  const secret = hex('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38');
  const expand = (label: string, length: number) =>
    toHex(hkdfExpandLabel('sha256', secret, label, new Uint8Array(0), length, 'tls13 '));
  expect(expand('key', 16)).toBe('3fce516009c21727d0f2e4e86ee403bc');
  expect(expand('iv', 12)).toBe('5d313eb2671276ee13000b30');
});

test('the prefix of DTLS 1.3 is another one, and the default', () => {
  const secret = new Uint8Array(32);
  const label = (prefix?: string) => toHex(hkdfExpandLabel('sha256', secret, 'sn', new Uint8Array(0), 16, prefix));
  expect(label()).toBe(label('dtls13'));
  expect(label()).not.toBe(label('tls13 '));
});

test('more than 255 blocks end quietly', () => {
  expect(hkdfExpand('sha256', new Uint8Array(32), new Uint8Array(0), 255 * 32 + 5).subarray(-5)).toEqual(
    new Uint8Array(5),
  );
});
