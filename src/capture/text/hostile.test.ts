import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascii, sample, sourceOf } from '../capture.test.helper.ts';
import { identify, isFailure, readCapture } from '../open.ts';
import { readText } from './text-capture.ts';

const quiet = { datagram: () => {}, keyLog: () => {} };

/** Pieces of all the formats, so that random texts get deep into the readers. */
const PIECES = [
  '16fefd00000000000000010001',
  '16 fe fd 00 00 00 00 00 00 00 01 00 01 01 ',
  '00000000: 16fe fd00 ',
  '0000 - 16 fe',
  '0000000 ',
  '0000:  16 fe fd ',
  '*\n',
  '\n',
  '\t',
  '{22, -2, -3,',
  '0x16, 0xfe',
  '}',
  '"\\x16\\xfe\\xfd',
  '"',
  'Fv79AAAAAAAAAAAAAAAAAAAA',
  "dumping 'input record from network' (13 bytes)\n",
  'ssl->f_send() returned 13\n',
  'ssl->f_recv(_timeout)() returned 13\n',
  'write to 0x1 [0x2] (13 bytes => 13 (0xD))\n',
  '>>> DTLS 1.2, RecordHeader [length 000d]\n    ',
  'send header: (13 bytes):\n',
  'DEBG 00000000 16 FE FD 00 ',
  '[{"frame_raw": ["4500',
  'Follow: udp,hex\n',
  'Node 0: 1.2.3.4:5\n',
  '23:47:46.310650 IP ',
  'Frame (14 bytes):\n',
  'char peer1_0[] = {',
  '45000020000000004011000001020304050607081000200000040000',
];

test('no text makes it throw', async () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 12 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 4000 }), async (parts, chunk) => {
      const bytes = ascii(parts.join(''));
      const result = await readCapture(sourceOf(bytes, 'x', chunk), 0, quiet);
      expect(isFailure(result) ? result.message : result.name).toMatch(/^x/);
      // Also without the question whether it is worth reading.
      readText('x', bytes, 0, quiet);
    }),
    { numRuns: 1000 },
  );
});

test('damage anywhere in a real text makes nothing throw', () => {
  const names = ['text-follow-udp-hex.txt', 'text-mbedtls-psk-debug4.client.txt', 'text-tshark-jsonraw.json'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 6 }), (name, at, cut, by) => {
      const bytes = sample(name).slice();
      bytes.set(by, at % (bytes.length - by.length));
      readText('x', bytes.subarray(0, cut % bytes.length), 0, quiet);
    }),
    { numRuns: 100 },
  );
});

const MEGABYTE = 1 << 20;
/** Reading takes well under a second; a pattern that goes wrong takes minutes. */
const A_MOMENT_MS = 4000;

test.each([
  ['digits', '16fefd0000'],
  ['zeros', '0'],
  ['blanks', ' '],
  ['brackets', '{[('],
  ['numbers that no list opens', '{22,'],
  ['a list without an end', '22, '],
  ['escapes', '\\x16'],
  ['escapes and quotes', '"\\x16'],
  ['base64', 'Fv79'],
  ['base64 lines', 'Fv79AAAAAAAAAAAAAAAAAAAAAAAA\n'],
  ['offsets', '00000000: 16fefd\n'],
  ['offsets that run on', '00000010  16 fe fd 00 00 00 00 00 00 00 01 00 01 01 16 fe\n'],
  ['lines of wrapped hex', '16fefd00000000000000010001\n'],
  ['lines of unknown hex', '00112233445566778899aabbccddeeff\n'],
  ['stars', '0000000 16\n*\n'],
  ['JSON fields', '"frame_raw":"16"'],
  ['words with digits and dots', '12:34:56.1 '],
  ['messages of OpenSSL', '>>> '],
  ['titles', "dumping '"],
  ['line ends', '\n'],
  ['carriage returns', '\r'],
  ['UDP streams', 'Follow: udp,raw\n2c'],
])('a megabyte of %s is read in a moment', (_what, unit) => {
  const bytes = ascii(`[${unit}`.slice(unit.length % 2) + unit.repeat(Math.ceil(MEGABYTE / unit.length)));
  const start = performance.now();
  identify(bytes.subarray(0, 65536));
  readText('x', bytes, 0, quiet);
  expect(performance.now() - start).toBeLessThan(A_MOMENT_MS);
});
