import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { stripInnerPlaintext } from './inner-plaintext.ts';
import { Transcript } from './transcript.ts';
import { Transcript13 } from './transcript13.ts';

const message = (type: number, body: Uint8Array) =>
  concat(Uint8Array.of(type, 0, 0, body.length, 0, 1, 0, 0, 0, 0, 0, body.length), body);
const ONE = message(1, Uint8Array.of(1, 2, 3));
const TWO = message(2, new Uint8Array(0));
const digest = (name: string, ...parts: readonly Uint8Array[]) =>
  createHash(name)
    .update(concat(...parts))
    .digest('hex');

test('a transcript can be hashed at any point and goes on', () => {
  const transcript = new Transcript();
  expect(toHex(transcript.hash('sha256'))).toBe(digest('sha256'));
  transcript.append(ONE);
  expect(toHex(transcript.hash('sha256'))).toBe(digest('sha256', ONE));
  expect(toHex(transcript.hash('sha256'))).toBe(digest('sha256', ONE));
  transcript.append(TWO);
  expect(transcript.length).toBe(2);
  expect(toHex(transcript.hash('sha384'))).toBe(digest('sha384', ONE, TWO));
  expect(toHex(transcript.hash('sha256'))).toBe(digest('sha256', ONE, TWO));
  expect(toHex(transcript.hash('md5sha1'))).toBe(digest('md5', ONE, TWO) + digest('sha1', ONE, TWO));
});

test('before the standard, headers were not hashed', () => {
  const transcript = new Transcript(0x0100);
  transcript.append(ONE);
  expect(toHex(transcript.hash('md5sha1'))).toBe(digest('md5', ONE.subarray(12)) + digest('sha1', ONE.subarray(12)));
});

test('the transcript of 1.3 has the short header, and message_hash after a HelloRetryRequest', () => {
  const short = (m: Uint8Array) => concat(m.subarray(0, 4), m.subarray(12));
  const transcript = new Transcript13();
  transcript.append(ONE);
  expect(toHex(transcript.hash('sha256'))).toBe(digest('sha256', short(ONE)));
  transcript.replaceByMessageHash('sha256');
  transcript.append(TWO);
  const first = Uint8Array.from(createHash('sha256').update(short(ONE)).digest());
  expect(toHex(transcript.hash('sha256'))).toBe(digest('sha256', Uint8Array.of(254, 0, 0, 32), first, short(TWO)));
});

test('the inner plaintext ends in its type and zeros', () => {
  expect(stripInnerPlaintext(Uint8Array.of(7, 0, 22, 0, 0))).toEqual({
    contentType: 22,
    content: Uint8Array.of(7, 0),
    paddingLength: 2,
  });
  expect(stripInnerPlaintext(Uint8Array.of(23))).toEqual({
    contentType: 23,
    content: new Uint8Array(0),
    paddingLength: 0,
  });
  expect(stripInnerPlaintext(new Uint8Array(9))).toBeNull();
  expect(stripInnerPlaintext(new Uint8Array(0))).toBeNull();
});
