/** Each notation in small: a record of 14 bytes, or a packet around it. */
import { expect, test } from 'vitest';
import { toHex } from '../../wire/text.ts';
import { ascii, ethernet, ip4, read, refusal, udp } from '../capture.test.helper.ts';
import { identify } from '../open.ts';

/** ChangeCipherSpec, twice with different numbers. */
const ONE = '14fefd0000000000000001000101';
const TWO = '14fefd0000000000000002000101';
const SPACED = (hex: string) => hex.replace(/../g, '$& ').trim();

async function payloads(text: string | Uint8Array): Promise<string[]> {
  const { datagrams } = await read(typeof text === 'string' ? ascii(text) : text, 'x.txt');
  return datagrams.map((d) => toHex(d.payload));
}

test.each([
  ['a hex stream', ONE],
  ['upper case with blanks', SPACED(ONE).toUpperCase()],
  ['colons', ONE.replace(/..(?=.)/g, '$&:')],
  ['0x and commas', ONE.replace(/../g, '0x$&, ')],
  ['one long 0x', `0x${ONE}`],
  ['wrapped lines', `${ONE.slice(0, 12)}\n${ONE.slice(12, 24)}\n${ONE.slice(24)}\n`],
  ['Windows line ends', `${ONE.slice(0, 12)}\r\n${ONE.slice(12)}\r\n`],
  ['a label before it', `payload = "${ONE}"`],
  ['a time before it', `12:00:01 ${ONE}`],
  ['a C array', `unsigned char p[] = { /* one */\n${ONE.replace(/../g, '0x$&, ')}};`],
  ['signed decimals', `{20, -2, -3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1}`],
  ['a list of JSON', `{"type":"Buffer","data":[20,254,253,0,0,0,0,0,0,0,1,0,1,1]}`],
  ['escapes', `"${ONE.replace(/../g, '\\x$&')}"`],
  ['a literal of Python', String.raw`b'\x14\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01\x01'`],
  ['base64', 'FP79AAAAAAAAAAEAAQE='],
  ['xxd', '00000000: 14fe fd00 0000 0000 0000 0100 0101       ..............\n'],
  ['xxd -c 8', '00000000: 14fe fd00 0000 0000  ........\n00000008: 0000 0100 0101       ......\n'],
  ['hexdump -C', '00000000  14 fe fd 00 00 00 00 00  00 00 01 00 01 01        |..............|\n0000000e\n'],
  ['od -t x1', '0000000 14 fe fd 00 00 00 00 00\n0000010 00 00 01 00 01 01\n0000016\n'],
  ['tshark -x', '0000  14 fe fd 00 00 00 00 00 00 00 01 00 01 01         ..............\n'],
  ['characters that look like hex', '0000  14 fe fd 00 00 00 00 00 00 00 01 00 01 01         ab cd ef 01 23\n'],
  [
    'OpenSSL',
    'write to 0x1a [0x2b] (14 bytes => 14 (0xE))\n0000 - 14 fe fd 00 00 00 00 00-00 00 01 00 01 01         ......\n',
  ],
])('%s', async (_what, text) => {
  expect(await payloads(text)).toEqual([ONE]);
});

test.each([
  ['one a line', `${ONE}\n${TWO}\n`],
  ['blank lines between', `${SPACED(ONE)}\n\n${SPACED(TWO)}\n`],
  ['amid words', `first: ${ONE}\nand then (after 2 s): ${TWO}.`],
  ['dumps that begin at 0 again', `0000  ${SPACED(ONE)}\n0000  ${SPACED(TWO)}\n`],
  ['offsets that run on', `Follow: udp,hex\n00000000  ${SPACED(ONE)}\n0000000E  ${SPACED(TWO)}\n`],
  [
    'two lists',
    `char a[] = {${ONE.replace(/../g, '0x$&,')}}; char b[] = {${ONE.slice(0, 20).replace(/../g, '0x$&,')}2,0,1,1};`,
  ],
])('two datagrams: %s', async (_what, text) => {
  expect(await payloads(text)).toEqual([ONE, TWO]);
});

test('records of one datagram, wrapped, stay together', async () => {
  const all = `${ONE}${TWO}`;
  expect(await payloads(`${all.slice(0, 20)}\n${all.slice(20, 40)}\n${all.slice(40)}`)).toEqual([all]);
});

test('16-bit words of hexdump and od -x are put in order, and an odd last byte is not doubled', async () => {
  const words = '0000000 fe14 00fd 0000 0000 0000 0001 0201 aabb\n0000020 00cc\n0000021\n';
  expect(await payloads(words)).toEqual(['14fefd00000000000000010001 02bbaacc'.replace(' ', '')]);
});

test('a star stands for lines like the one before', async () => {
  const text = `0000000 17 fe fd 00 00 00 00 00 00 00 01 00 33 00 00 00\n0000020 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n0000100\n`;
  expect(await payloads(text)).toEqual([`17fefd00000000000000010033${'00'.repeat(51)}`]);
});

const FRAME = ethernet(ip4(udp()));
const PAYLOAD = '16fefd0000000000000001000155';

test.each([
  ['an Ethernet frame', FRAME, [1]],
  ['an IP packet', FRAME.subarray(14), [101]],
])('%s is decoded as in a capture', async (_what, frame, linkTypes) => {
  const { facts, datagrams } = await read(ascii(toHex(frame)), 'x.txt');
  expect(datagrams.map((d) => [toHex(d.payload), d.source, d.directed])).toEqual([
    [PAYLOAD, { address: '192.0.2.1', port: 40000 }, true],
  ]);
  expect(facts.linkTypes).toEqual(linkTypes);
});

test('a UDP header gives the ports', async () => {
  const { datagrams } = await read(ascii(toHex(udp())), 'x.txt');
  expect(datagrams.map((d) => [toHex(d.payload), d.source.port, d.destination.port, d.directed])).toEqual([
    [PAYLOAD, 40000, 4433, true],
  ]);
});

test('parts that tshark took out of a packet are not packets', async () => {
  const text = `Frame (${FRAME.length} bytes):\n0000  ${SPACED(toHex(FRAME))}\nDecrypted DTLS (14 bytes):\n0000  ${SPACED(TWO)}\n`;
  expect(await payloads(text)).toEqual([PAYLOAD]);
});

test('indented lines of hex are the other side', async () => {
  const { datagrams } = await read(ascii(`${ONE}\n\t${TWO}\n`), 'x.txt');
  expect(datagrams.map((d) => [d.source.address, d.directed])).toEqual([
    ['A', true],
    ['B', true],
  ]);
});

test('without a direction all datagrams have the same two ends', async () => {
  const { datagrams, facts } = await read(ascii(`${ONE}\n${TWO}\n`), 'x.txt');
  expect(datagrams.map((d) => [d.source.address, d.destination.address, d.directed, d.timeNs])).toEqual([
    ['A', 'B', false, 0n],
    ['A', 'B', false, 0n],
  ]);
  expect(facts.firstTimeNs).toBeNull();
  expect(facts.problems.map((p) => p.message)).toEqual(['The text has no times: all datagrams are shown at 0.']);
});

test.each([
  ['23:59:59.5 IP a > b', '00:00:01.25 IP b > a', [86399_500000000n, 86401_250000000n], 'without a date'],
  [
    '2026-11-20 23:47:46.310650 IP a > b',
    '2026-11-20 23:47:47 IP b > a',
    [1795218466_310650000n, 1795218467_000000000n],
    '',
  ],
  ['1795218466.310650 IP a > b', '1795218466.310651 IP b > a', [1795218466_310650000n, 1795218466_310651000n], ''],
  [
    '    1   0.000000    1.2.3.4 → 5.6.7.8',
    '    2   0.002500    5.6.7.8 → 1.2.3.4',
    [0n, 2500000n],
    'since its beginning',
  ],
])('times: %s', async (first, second, times, remark) => {
  const dump = `\t0x0000:  ${SPACED(ONE)}\n`;
  const { datagrams, facts } = await read(ascii(`${first}\n${dump}${second}\n${dump}`), 'x.txt');
  expect(datagrams.map((d) => d.timeNs)).toEqual(times);
  expect(facts.problems.map((p) => p.message).join(' ')).toContain(remark);
  if (remark === '') expect(facts.problems).toEqual([]);
});

test('messages of OpenSSL alone give the records they fill', async () => {
  const text = `>>> DTLS 1.2, RecordHeader [length 000d]\n    ${SPACED(ONE.slice(0, 26))}\n>>> DTLS 1.2, ChangeCipherSpec [length 0001]\n    01\n`;
  const encrypted = `>>> DTLS 1.2, RecordHeader [length 000d]\n    16 fe fd 00 01 00 00 00 00 00 00 00 28\n>>> DTLS 1.2, Handshake [length 0004]\n    14 00 00 0c\n`;
  const { datagrams, facts } = await read(ascii(text + encrypted), 'x.txt');
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([ONE]);
  expect(facts.problems.at(-1)?.message).toContain('-debug shows all of them.');
});

test('records of tinydtls are put together from their pieces', async () => {
  const text = `Nov 21 00:08:05 DEBG send header: (13 bytes):\nNov 21 00:08:05 DEBG 00000000 14 FE FD 00 00 00 00 00  00 00 01 00 01 \nNov 21 00:08:05 DEBG send unencrypted: (1 bytes):\nNov 21 00:08:05 DEBG 00000000 01 \nNov 21 00:08:06 DEBG bytes from peer: (14 bytes): ${TWO.toUpperCase()}\n`;
  const { datagrams } = await read(ascii(text), 'x.txt');
  expect(datagrams.map((d) => [d.source.address, toHex(d.payload), d.timeNs])).toEqual([
    ['A', ONE, 485_000000000n],
    ['B', TWO, 486_000000000n],
  ]);
});

test('UTF-16, as PowerShell writes it, is read, and the places are those of its bytes', async () => {
  const text = `\ufeff${ONE}`;
  const wide = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) new DataView(wide.buffer).setUint16(2 * i, text.charCodeAt(i), true);
  const { datagrams } = await read(wide, 'x.txt');
  expect(datagrams.map((d) => [toHex(d.payload), d.pieces[0].fileOffset])).toEqual([[ONE, 2]]);
});

test('lines of a key log amid the text are keys', async () => {
  const line = `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}`;
  const { keyLogs } = await read(ascii(`${ONE}\nlog: ${line}\n`), 'x.txt');
  expect(keyLogs).toEqual([{ text: `${line}\n`, where: 'x.txt' }]);
});

test('hex that is something else is left out with a sentence', async () => {
  const { datagrams, facts } = await read(ascii(`0000  ${SPACED(ONE)}\n\n0000  00 01 02 03 04 05 06 07\n`), 'x.txt');
  expect(datagrams).toHaveLength(1);
  expect(facts.problems[0]?.message).toBe(
    'One block of hex was left out: neither a DTLS record nor an IP packet or a frame begins there.',
  );
});

test.each([
  ['sums.txt', `${'e3'.repeat(32)}  a.txt\n${'b0'.repeat(32)}  b.txt\n`],
  ['dump.txt', '0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d  ........\n'],
  ['mac.txt', 'The device 00:12:74:00:00:0c (build deadbeef) answered at 12:00:01.\n'],
])('%s has hex but no datagram', async (name, text) => {
  expect(identify(ascii(text)).kind).toBe('other');
  expect(await refusal(ascii(text), name)).toMatch(/not a capture/);
});

test('a text that is too large is refused with a sentence', async () => {
  const line = ascii(`${ONE}\n`.repeat(70_000));
  const bytes = new Uint8Array(65 * 1024 * 1024).fill(10);
  bytes.set(line);
  expect(await refusal(bytes, 'big.txt')).toContain('more than 64 MB');
});
