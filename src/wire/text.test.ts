import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeHex } from '../cli/node-hex.ts';
import { fromHex, printable, registerHex, toHex } from './text.ts';

afterEach(() => registerHex(null));

const LONGEST = 40_000;
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(LONGEST).map((length) => Uint8Array.from({ length }, (_, i) => i * 31)),
);

describe.each([
  ['written in JavaScript', null],
  ['by node', nodeHex],
])('hex %s', (_, encode) => {
  test('has two digits for each byte, whatever the length', () => {
    registerHex(encode);
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        expect(toHex(bytes)).toBe(digits);
        expect(fromHex(digits)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('of bytes within others is that of those alone', () => {
    registerHex(encode);
    const whole = Uint8Array.from({ length: 100 }, (_, i) => i);
    expect(toHex(whole.subarray(50, 90))).toBe(toHex(whole.slice(50, 90)));
  });
});

test('printable is what UTF-8 says in characters with a shape of their own, tabs and line ends', () => {
  const slow = (bytes: Uint8Array): string | null => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u.test(text.replace(/[\t\r\n]/g, '')) ? null : text;
    } catch {
      return null;
    }
  };
  for (let byte = 0; byte < 256; byte++)
    for (const bytes of [[byte], [0x61, byte], [byte, 0x80]].map((all) => Uint8Array.from(all)))
      expect(printable(bytes)).toBe(slow(bytes));
  const anyText = fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text));
  fc.assert(fc.property(fc.oneof(anyText, fc.uint8Array()), (bytes) => printable(bytes) === slow(bytes)));
});
