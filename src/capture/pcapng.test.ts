import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ascii, ethernet, hex, ip4, PAYLOAD, read, sample, sourceOf, u16, u32, udp } from './capture.test.helper.ts';
import { isFailure, readCapture } from './open.ts';

const frame = ethernet(ip4(udp()));
const pad = (bytes: Uint8Array) => concat(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));

/** Writes the blocks of one section in one byte order. */
function section(little: boolean) {
  const n16 = (value: number) => u16(value, little);
  const n32 = (value: number) => u32(value, little);
  const block = (type: number, ...body: Uint8Array[]) => {
    const inside = pad(concat(...body));
    return concat(n32(type), n32(inside.length + 12), inside, n32(inside.length + 12));
  };
  const option = (code: number, value: Uint8Array) => concat(n16(code), n16(value.length), pad(value));
  return {
    block,
    option,
    head: () => block(0x0a0d0d0a, n32(0x1a2b3c4d), n16(1), n16(0), new Uint8Array(8).fill(255)),
    interface: (linkType: number, ...options: Uint8Array[]) =>
      block(1, n16(linkType), n16(0), n32(0), ...options, ...(options.length ? [n32(0)] : [])),
    enhanced: (id: number, high: number, low: number, data: Uint8Array, ...options: Uint8Array[]) =>
      block(6, n32(id), n32(high), n32(low), n32(data.length), n32(data.length), pad(data), ...options),
    obsolete: (id: number, low: number, data: Uint8Array) =>
      block(2, n16(id), n16(9), n32(0), n32(low), n32(data.length), n32(data.length), pad(data)),
    simple: (data: Uint8Array) => block(3, n32(data.length), pad(data)),
    secrets: (type: number, data: Uint8Array) => block(10, n32(type), n32(data.length), data),
  };
}

const le = section(true);
const be = section(false);
const opened = concat(le.head(), le.interface(1));

test.each([
  ['little', le],
  ['big', be],
])('a %s-endian section: enhanced, obsolete and simple packets are counted together', async (_order, s) => {
  const file = concat(
    s.head(),
    s.interface(1),
    s.enhanced(0, 0, 7, frame),
    s.block(5, new Uint8Array(8)),
    s.obsolete(0, 8, frame),
    s.simple(frame),
  );
  const { facts, datagrams } = await read(file, 'a.pcapng', 11);
  expect(datagrams.map((d) => [d.packet, d.timeNs, toHex(d.payload)])).toEqual([
    [1, 7000n, toHex(PAYLOAD)],
    [2, 8000n, toHex(PAYLOAD)],
    [3, 8000n, toHex(PAYLOAD)],
  ]);
  for (const d of datagrams) expect(file.slice(d.frameOffset, d.frameOffset + d.frame.length)).toEqual(frame);
  expect(facts).toMatchObject({ format: 'pcapng', packets: 3, linkTypes: [1], firstTimeNs: 7000n, lastTimeNs: 8000n });
  expect(facts.problems.map((p) => p.message)).toEqual([
    'Some packets have no time in the file; they are shown at the time of the packet before.',
  ]);
});

test('sections of either byte order and interfaces of other link types follow each other', async () => {
  const file = concat(
    le.head(),
    le.interface(1),
    le.interface(101),
    le.enhanced(1, 0, 1, ip4(udp())),
    le.enhanced(0, 0, 2, frame),
    be.head(),
    be.interface(228),
    be.enhanced(0, 0, 3, ip4(udp())),
  );
  const { facts, datagrams } = await read(file, 'a.pcapng', 5);
  expect(datagrams.map((d) => [d.packet, d.timeNs])).toEqual([
    [1, 1000n],
    [2, 2000n],
    [3, 3000n],
  ]);
  expect(facts.linkTypes).toEqual([1, 101, 228]);
});

const time = hex('00000001 00000002');
const ticks = (1n << 32n) + 2n;
test.each([
  ['microseconds by default', [], ticks * 1000n, 6],
  ['nanoseconds', [le.option(9, Uint8Array.of(9))], ticks, 9],
  ['milliseconds', [le.option(9, Uint8Array.of(3))], ticks * 1_000_000n, 3],
  ['picoseconds', [le.option(9, Uint8Array.of(12))], ticks / 1000n, 12],
  ['1/1024 of a second', [le.option(9, Uint8Array.of(0x8a))], (ticks * 1_000_000_000n) / 1024n, 4],
  ['an offset of 100 s', [le.option(14, hex('6400000000000000'))], ticks * 1000n + 100_000_000_000n, 6],
  ['an offset of -1 s', [le.option(14, hex('ffffffffffffffff'))], ticks * 1000n - 1_000_000_000n, 6],
])('the clock of an interface: %s', async (_what, options, expected, digits) => {
  const high = time[3] ?? 0;
  const { facts, datagrams } = await read(
    concat(le.head(), le.interface(1, ...options), le.enhanced(0, high, 2, frame)),
  );
  expect(datagrams.map((d) => d.timeNs)).toEqual([expected]);
  expect([facts.firstTimeNs, facts.timeDigits]).toEqual([expected, digits]);
});

test('packet comments are kept with their packet', async () => {
  const comments = [le.option(1, ascii('first – ü')), le.option(2, u32(0)), le.option(1, ascii('second\0'))];
  const file = concat(opened, le.enhanced(0, 0, 1, frame, ...comments, u32(0)), le.enhanced(0, 0, 2, frame));
  const { datagrams } = await read(file);
  expect(datagrams.map((d) => d.comments)).toEqual([['first – ü', 'second'], []]);
});

test('an embedded TLS key log is handed on with its place; other secrets are a sentence', async () => {
  const file = concat(
    le.head(),
    le.secrets(0x544c534b, ascii('CLIENT_RANDOM 00 11\n')),
    le.secrets(0x57474b4c, ascii('wg')),
  );
  const { facts, keyLogs } = await read(file, 'k.pcapng');
  expect(keyLogs).toEqual([{ text: 'CLIENT_RANDOM 00 11\n', where: 'k.pcapng, block 2' }]);
  const message = 'Block 3 holds secrets of type 0x57474b4c, which are not a TLS key log.';
  expect(facts.problems.map((p) => p.message)).toEqual([message]);
});

test('secrets longer than their block are a sentence', async () => {
  const file = concat(le.head(), le.block(10, u32(0x544c534b, true), u32(999, true)));
  expect((await read(file)).facts.problems.map((p) => p.message)).toEqual([
    'Block 2 holds secrets that are longer than the block; they were skipped.',
  ]);
});

test('a packet of an interface that is not described is counted, named and skipped', async () => {
  const { facts, datagrams } = await read(concat(opened, le.enhanced(3, 0, 1, frame), le.enhanced(0, 0, 2, frame)));
  expect(datagrams.map((d) => d.packet)).toEqual([2]);
  const message = 'Packet 1 names interface 3, which the file does not describe; it was skipped.';
  expect(facts.problems).toEqual([{ packet: 1, offset: opened.length, message }]);
});

test('a packet longer than its block is counted, named and skipped', async () => {
  const five = [0, 0, 1, 999, 999].map((value) => u32(value, true));
  const { facts } = await read(concat(opened, le.block(6, ...five, frame), le.enhanced(0, 0, 2, frame)));
  expect([facts.packets, facts.udpDatagrams]).toEqual([2, 1]);
  expect(facts.problems.map((p) => p.message)).toEqual(['Packet 1 is longer than its block; it was skipped.']);
});

test('garbage after the last block is a problem, and everything before stands', async () => {
  const good = concat(opened, le.enhanced(0, 0, 1, frame));
  const { facts } = await read(concat(good, ascii('this is not a block of any kind')));
  expect(facts.udpDatagrams).toBe(1);
  expect(facts.problems).toMatchObject([{ packet: null, offset: good.length }]);
  expect(facts.problems[0]?.message).toMatch(/^Block 4 has the impossible length \d+: the file is damaged/);
});

test('a snaplen of the interface bounds a simple packet', async () => {
  const limited = le.block(1, u16(1, true), u16(0), u32(frame.length - 5, true));
  const cut = le.block(3, u32(frame.length, true), frame.subarray(0, frame.length - 5));
  const { datagrams } = await read(concat(le.head(), limited, cut));
  expect(datagrams.map((d) => d.missing)).toEqual([5]);
});

test('a frame check sequence of the interface or of the packet is no payload', async () => {
  const jumbo = concat(ethernet(ip4(udp(PAYLOAD, 0), { totalLength: 0 })), hex('deadbeef'));
  const flags = le.option(2, u32(4 << 5, true));
  const file = concat(
    le.head(),
    le.interface(1, le.option(13, Uint8Array.of(4))),
    le.interface(1),
    le.enhanced(0, 0, 1, jumbo),
    le.enhanced(1, 0, 2, jumbo, flags),
  );
  const { datagrams } = await read(file);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD), toHex(PAYLOAD)]);
});

test('cut at every byte, a file gives a prefix of its datagrams and says where it ends', async () => {
  const blocks = [le.head(), le.interface(1), le.enhanced(0, 0, 1, frame), le.simple(frame), le.secrets(1, ascii('x'))];
  const file = concat(...blocks);
  const all = (await read(file)).datagrams.map((d) => d.packet);
  const ends = blocks.map((_, i) => concat(...blocks.slice(0, i + 1)).length);
  for (let length = 12; length < file.length; length++) {
    const { facts, datagrams } = await read(file.subarray(0, length), 'a.pcapng', 13);
    expect(datagrams.map((d) => d.packet)).toEqual(all.slice(0, datagrams.length));
    const told = facts.problems.filter((p) => p.message.startsWith('The file ends inside'));
    expect(told.length).toBe(ends.includes(length) ? 0 : 1);
    if (told[0]) expect(told[0].offset).toBe(ends.findLast((end) => end < length) ?? 0);
  }
});

test('damage anywhere never throws', async () => {
  const file = concat(opened, le.enhanced(0, 0, 1, frame, le.option(1, ascii('note'))), be.head(), be.interface(1));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(file.length - 1),
      fc.nat(255),
      fc.integer({ min: 1, max: 99 }),
      async (at, value, chunk) => {
        const damaged = file.slice();
        damaged[at] = value;
        const result = await readCapture(sourceOf(damaged, 'a', chunk), 0, { datagram: () => {}, keyLog: () => {} });
        expect(isFailure(result) || result.packets <= 10).toBe(true);
      },
    ),
  );
});

test('real files: embedded keys, two interfaces, and the same datagrams as the classic file of the same run', async () => {
  const dsb = await read(sample('container-dsb-dtls12.pcapng'), 'container-dsb-dtls12.pcapng');
  expect(dsb.keyLogs.map((k) => [k.where, k.text.slice(0, 14)])).toEqual([
    ['container-dsb-dtls12.pcapng, block 2', 'CLIENT_RANDOM '],
  ]);
  const two = await read(sample('link-two-interfaces.pcapng'));
  expect([two.facts.linkTypes, two.facts.udpDatagrams]).toEqual([[1, 101], 22]);
  const [ng, classic] = [await read(sample('link-plain.pcapng')), await read(sample('link-raw.pcap'))];
  const essence = ({ datagrams }: typeof ng) => datagrams.map((d) => [d.packet, d.timeNs, d.source, toHex(d.payload)]);
  expect(essence(ng)).toEqual(essence(classic));
});
