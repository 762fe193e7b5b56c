/** Constructions that the captures beside captures12.test.ts do not show, sealed here with node:crypto. */
import { createCipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../wire/text.ts';
import { createOpener12, createOpeners12, type ProtectedRecord, type RecordOptions } from './protection12.ts';
import type { WriteKeys } from './schedule12.ts';
import { CIPHER_SUITES, type CipherSuite, cipherSuite } from './suites.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array(0);
const TEXT = new TextEncoder().encode('sixteen bytes or more of content');
const IV = Uint8Array.from({ length: 16 }, (_, i) => 100 + i);
const keys: WriteKeys = {
  macKey: Uint8Array.from({ length: 20 }, (_, i) => i),
  key: Uint8Array.from({ length: 16 }, (_, i) => 50 + i),
  iv: Uint8Array.of(1, 2, 3, 4),
};

function suite(id: number): CipherSuite {
  const found = cipherSuite(id);
  if (found === undefined) throw new Error('unknown suite');
  return found;
}

function record(fragment: Uint8Array, cid?: ProtectedRecord['cid']): ProtectedRecord {
  const header = { contentType: cid ? 25 : 23, version: 0xfefd, epoch: 1, sequenceNumber: 2 ** 40 + 5, fragment };
  return cid ? { ...header, cid } : header;
}

/** Header bytes of `record`: epoch 1, sequence number 2^40 + 5. */
const NUMBER = '0001010000000005';

function hmac(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    createHmac('sha1', keys.macKey)
      .update(concat(...parts))
      .digest(),
  );
}

function encryptCbc(content: Uint8Array, extraBlocks = 0): Uint8Array {
  const paddingLength = 15 - (content.length % 16) + 16 * extraBlocks;
  const padded = concat(content, new Uint8Array(paddingLength + 1).fill(paddingLength));
  const cipher = createCipheriv('aes-128-cbc', keys.key, IV).setAutoPadding(false);
  return concat(IV, cipher.update(padded), cipher.final());
}

function length16(length: number): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff);
}

const CBC: RecordOptions = { suite: suite(0x002f), encryptThenMac: false };
const ETM: RecordOptions = { ...CBC, encryptThenMac: true };

test.each([0, 1, 14])('MAC-then-encrypt with %i more blocks of padding than needed', (blocks) => {
  const mac = hmac(hex(`${NUMBER}17fefd`), length16(TEXT.length), TEXT);
  const opened = createOpener12(CBC, keys)?.open(record(encryptCbc(concat(TEXT, mac), blocks)));
  expect(opened && toHex(opened)).toBe(toHex(TEXT));
});

test('MAC-then-encrypt with truncated_hmac: 10 bytes', () => {
  const mac = hmac(hex(`${NUMBER}17fefd`), length16(TEXT.length), TEXT).subarray(0, 10);
  const fragment = encryptCbc(concat(TEXT, mac));
  const opened = createOpener12({ ...CBC, truncatedHmac: true }, keys)?.open(record(fragment));
  expect(opened && toHex(opened)).toBe(toHex(TEXT));
  expect(createOpener12(CBC, keys)?.open(record(fragment))).toBeNull();
});

test('empty content, as OpenSSL once sent against CBC attacks', () => {
  const mac = hmac(hex(`${NUMBER}17fefd0000`));
  expect(createOpener12(CBC, keys)?.open(record(encryptCbc(mac)))).toEqual(new Uint8Array(0));
});

test('wrong padding under a right MAC does not open', () => {
  const mac = hmac(hex(`${NUMBER}17fefd`), length16(TEXT.length), TEXT);
  const content = concat(TEXT, mac);
  const padding = new Uint8Array(16 - (content.length % 16)).fill(15 - (content.length % 16));
  padding[0] = 0xee;
  const cipher = createCipheriv('aes-128-cbc', keys.key, IV).setAutoPadding(false);
  const fragment = concat(IV, cipher.update(concat(content, padding)), cipher.final());
  expect(createOpener12(CBC, keys)?.open(record(fragment))).toBeNull();
});

const CID = { connectionId: hex('a0b1c2'), draft: false };
const INNER = concat(TEXT, Uint8Array.of(23, 0, 0));

test('connection ID with MAC-then-encrypt (RFC 9146 §5.1)', () => {
  const mac = hmac(hex(`ffffffffffffffff190319fefd${NUMBER}a0b1c2`), length16(INNER.length), INNER);
  const opened = createOpener12(CBC, keys)?.open(record(encryptCbc(concat(INNER, mac)), CID));
  expect(opened && toHex(opened)).toBe(toHex(INNER));
});

test('connection ID with encrypt-then-MAC (RFC 9146 §5.2)', () => {
  const encrypted = encryptCbc(INNER);
  const mac = hmac(hex(`ffffffffffffffff190319fefd${NUMBER}a0b1c2`), length16(encrypted.length), encrypted);
  const opened = createOpener12(ETM, keys)?.open(record(concat(encrypted, mac), CID));
  expect(opened && toHex(opened)).toBe(toHex(INNER));
});

test.each([
  ['RFC 9146 §5.3', false, `ffffffffffffffff190319fefd${NUMBER}a0b1c2`],
  ['the draft behind extension 53', true, `${NUMBER}19fefda0b1c203`],
])('connection ID with AEAD: %s, and an explicit nonce that is not the record number', (_name, draft, header) => {
  const explicit = hex('1122334455667788');
  const cipher = createCipheriv('aes-128-gcm', keys.key, concat(keys.iv, explicit));
  cipher.setAAD(concat(hex(header), length16(INNER.length)));
  const fragment = concat(explicit, cipher.update(INNER), cipher.final(), cipher.getAuthTag());
  const opener = createOpener12({ suite: suite(0xc02b), encryptThenMac: false }, keys);
  const opened = opener?.open(record(fragment, { ...CID, draft }));
  expect(opened && toHex(opened)).toBe(toHex(INNER));
  expect(opener?.open(record(fragment, { ...CID, draft: !draft }))).toBeNull();
  expect(opener?.open(record(fragment))).toBeNull();
});

test('suites without a cipher here, and suites of 1.3, have no openers', () => {
  const randoms = { clientRandom: new Uint8Array(32), serverRandom: new Uint8Array(32) };
  const input = { version: 0xfefd, masterSecret: new Uint8Array(48), encryptThenMac: false, ...randoms };
  for (const s of CIPHER_SUITES.values()) {
    const openers = createOpeners12({ ...input, suite: s });
    expect(openers === null, s.name).toBe(s.protection === null || s.tls13);
  }
});

test('no fragment of any length makes an opener throw or open', () => {
  const openers = [0x002f, 0xc02b, 0xc0a8, 0xcca9, 0x0002].flatMap((id) =>
    [true, false].map((encryptThenMac) =>
      createOpener12({ suite: suite(id), encryptThenMac }, id === 0xcca9 ? CHACHA : keys),
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(65535), (fragment, version) => {
      for (const opener of openers) {
        expect(opener?.open({ ...record(fragment), version })).toBeNull();
        expect(opener?.open({ ...record(fragment, CID), version })).toBeNull();
      }
    }),
    { seed: 6347 },
  );
});

const CHACHA: WriteKeys = { macKey: new Uint8Array(0), key: new Uint8Array(32), iv: new Uint8Array(12) };
