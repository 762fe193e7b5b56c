import { expect, test } from 'vitest';
import { isKeyFile } from './private-keys.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('PEM is recognised by its armour, also behind the words of openssl', () => {
  expect(isKeyFile(bytes('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n'))).toBe(true);
  expect(
    isKeyFile(bytes('Bag Attributes\n    friendlyName: x\n-----BEGIN ENCRYPTED PRIVATE KEY-----\r\nMIIE\r\n')),
  ).toBe(true);
  expect(isKeyFile(bytes('-----BEGIN CERTIFICATE-----\nMIIE\n'))).toBe(true);
});

test('DER is recognised by its first element', () => {
  expect(isKeyFile(Uint8Array.of(0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0x02))).toBe(true);
  expect(isKeyFile(Uint8Array.of(0x30, 0x82, 0x04, 0xa4, 0x30, 0x82, 0x03, 0x8c))).toBe(false);
});

test('captures, key logs and logs that quote a certificate are none', () => {
  const random = 'ab'.repeat(32);
  expect(isKeyFile(Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0))).toBe(false);
  expect(isKeyFile(bytes(`CLIENT_RANDOM ${random} ${'cd'.repeat(48)}\n`))).toBe(false);
  expect(isKeyFile(bytes('The key begins with -----BEGIN PRIVATE KEY----- as usual.\n'))).toBe(false);
  expect(isKeyFile(new Uint8Array())).toBe(false);
});
