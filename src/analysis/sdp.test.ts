import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { matching, parseFingerprints } from './sdp.ts';

const der = new TextEncoder().encode('a certificate');
const digest = (hash: string): string =>
  (createHash(hash).update(der).digest('hex').toUpperCase().match(/../g) ?? []).join(':');

test.each([
  ['sha-1', 'sha1'],
  ['sha-224', 'sha224'],
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
  ['md5', 'md5'],
])('%s is read and compared', (name, hash) => {
  const found = parseFingerprints(`v=0\r\na=fingerprint:${name} ${digest(hash)}\r\n`, 'offer.sdp');
  expect(found).toMatchObject([{ hash: name, source: 'offer.sdp' }]);
  expect(matching(found, der)).toBe(found[0]);
  expect(matching(found, der.slice(1))).toBeUndefined();
});

test('each once, in capital letters, whatever is around', () => {
  const line = `fingerprint:SHA-256 ${digest('sha256').toLowerCase()}`;
  const found = parseFingerprints(`{"sdp":"a=${line}\\r\\na=setup:active\\r\\na=${line}\\r\\n"}`, 'log');
  expect(found.map((f) => f.text)).toEqual([`sha-256 ${digest('sha256')}`]);
});

test('what has another length, another hash or no digest is none', () => {
  const text = [
    `a=fingerprint:sha-256 ${digest('sha1')}`,
    `a=fingerprint:sha-3 ${digest('sha256')}`,
    `a=fingerprint:sha-256 ${digest('sha256')}:AB:C`,
    'a=fingerprint:sha-256',
  ].join('\n');
  expect(parseFingerprints(text, 'bad.sdp')).toEqual([]);
});

test('a long text of beginnings costs no time', () => {
  expect(parseFingerprints(`fingerprint:sha-256 ${'AB:'.repeat(200_000)}`.repeat(3), 'long')).toEqual([]);
});
