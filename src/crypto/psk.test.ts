import { expect, test } from 'vitest';
import { toHex } from '../wire/text.ts';
import { parsePsk, psksFor } from './psk.ts';

test.each([
  ['0102ff', false, null, '0102ff'],
  ['0x01 02:ff-00', false, null, '0102ff00'],
  ['Client_identity=0102', false, 'Client_identity', '0102'],
  ['a=b=0102', false, 'a=b', '0102'],
  ['=0102', false, null, '0102'],
  ['secretPSK', true, null, '73656372657450534b'],
  ['Gerät=süß=1', true, 'Gerät', '73c3bcc39f3d31'],
  ['=a=b', true, null, '613d62'],
] as const)('%s (as text: %s)', (given, text, identity, key) => {
  const result = parsePsk(given, { text, source: '--psk' });
  if (result.kind !== 'psk') throw new Error(result.message);
  expect(result.psk.identity && new TextDecoder().decode(result.psk.identity)).toBe(identity);
  expect(toHex(result.psk.key)).toBe(key);
  expect(result.psk.source).toBe('--psk');
});

test.each([
  ['', false, 'The pre-shared key is empty.'],
  ['me=', true, 'The pre-shared key is empty.'],
  ['012', false, 'The pre-shared key has an odd number of hex digits (3).'],
  ['secret', false, 'The pre-shared key is not hexadecimal; a key that is text has to be given as text.'],
  ['me=secret', false, 'The pre-shared key is not hexadecimal; a key that is text has to be given as text.'],
  ['x'.repeat(65_536), true, 'Pre-shared key or identity is longer than 65535 bytes.'],
] as const)('%s (as text: %s) is refused', (given, text, message) => {
  expect(parsePsk(given, { text })).toEqual({ kind: 'unusable', message });
});

test('which keys may be a client’s', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const psk = (identity: string | null) => ({ identity: identity && bytes(identity), key: bytes('k'), source: '' });
  const psks = [psk(null), psk('a'), psk('b')] as { identity: Uint8Array | null; key: Uint8Array; source: string }[];
  expect(psksFor(psks, bytes('a'))).toEqual([psks[0], psks[1]]);
  expect(psksFor(psks, null)).toEqual(psks);
});
