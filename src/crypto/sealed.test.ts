/** The vector of draft-irtf-cfrg-xchacha-03 checks the cipher; the rest is how a trace lies on a server. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import { SHORTEST_SEALED, seal, unseal } from './sealed.ts';

const KEY = new Uint8Array(32).map((_, i) => 0x80 + i);
const NONCE = new Uint8Array(24).map((_, i) => 0x40 + i);
const CONTENT = new TextEncoder().encode('a trace');

test('the cipher is that of the draft, A.3.1', () => {
  const text =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const aad = fromHex('50515253c0c1c2c3c4c5c6c7') ?? new Uint8Array();
  const sealed = xchacha20poly1305(KEY, NONCE, aad).encrypt(new TextEncoder().encode(text));
  expect(toHex(sealed.subarray(-16))).toBe('c0875924c1c7987947deafd8780acf49');
});

test('what was sealed comes back, and holds neither the content nor the key', () => {
  const sealed = seal(KEY, NONCE, CONTENT);
  expect(sealed.length).toBe(SHORTEST_SEALED + CONTENT.length);
  expect(unseal(KEY, sealed)).toEqual({ kind: 'content', content: CONTENT });
  expect(toHex(sealed)).not.toContain(toHex(CONTENT));
  expect(toHex(sealed)).not.toContain(toHex(KEY.subarray(0, 4)));
});

test('one altered bit anywhere, another key, or a missing end does not fit', () => {
  const sealed = seal(KEY, NONCE, CONTENT);
  for (let i = 1; i < sealed.length; i++) {
    const altered = sealed.slice();
    altered[i] = (altered[i] ?? 0) ^ 1;
    expect(unseal(KEY, altered).kind).toBe('unfit');
  }
  for (let length = 0; length < sealed.length; length++)
    expect(unseal(KEY, sealed.subarray(0, length)).kind).toBe('unfit');
  expect(unseal(NONCE, sealed).kind).toBe('unfit');
  const other = KEY.slice();
  other[31] = 0;
  expect(unseal(other, sealed).kind).toBe('unfit');
});

test('the version cannot be altered, and a newer one is told from damage', () => {
  const sealed = seal(KEY, NONCE, CONTENT);
  sealed[0] = 0;
  expect(unseal(KEY, sealed).kind).toBe('unfit');
  sealed[0] = 2;
  expect(unseal(KEY, sealed)).toEqual({ kind: 'newer', version: 2 });
});
