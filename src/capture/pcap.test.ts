import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ethernet, hex, ip4, pcap, read, sample, sourceOf, u32, udp } from './capture.test.helper.ts';
import { isFailure, readCapture } from './open.ts';
import type { Packet } from './packet.ts';
import { PcapReader } from './pcap.ts';
import { ProblemList } from './problems.ts';

const frames = [ethernet(ip4(udp())), ethernet(new Uint8Array(28), 0x0806), ethernet(ip4(udp(hex('17fefd'))))];

test.each([
  ['microseconds', 0xa1b2c3d4, true, 1_000_000_005_000n, 6],
  ['microseconds', 0xa1b2c3d4, false, 1_000_000_005_000n, 6],
  ['nanoseconds', 0xa1b23c4d, true, 1_000_000_000_005n, 9],
  ['nanoseconds', 0xa1b23c4d, false, 1_000_000_000_005n, 9],
  ['modified records', 0xa1b2cd34, true, 1_000_000_005_000n, 6],
  ['modified records', 0xa1b2cd34, false, 1_000_000_005_000n, 6],
])('%s (%i), little-endian %s: packets, times and digits', async (_what, magic, littleEndian, time, digits) => {
  const { facts, datagrams } = await read(pcap(frames, { magic, littleEndian }));
  expect(datagrams.map((d) => [d.packet, d.timeNs])).toEqual([
    [1, time],
    [3, time + 2_000_000_000n],
  ]);
  const { surroundings: _, ...rest } = facts;
  expect(rest).toEqual({
    name: 'a.pcap',
    format: 'pcap',
    linkTypes: [1],
    packets: 3,
    firstTimeNs: time,
    lastTimeNs: time + 2_000_000_000n,
    timeDigits: digits,
    udpDatagrams: 2,
    ipFragmentsReassembled: 0,
    problems: [],
  });
});

test('earliest and latest time do not depend on the order in the file', async () => {
  const [sorted, unsorted] = [await read(sample('link-raw.pcap')), await read(sample('link-unsorted.pcap'))];
  expect(unsorted.facts.firstTimeNs).toBe(sorted.facts.firstTimeNs);
  expect(unsorted.facts.lastTimeNs).toBe(sorted.facts.lastTimeNs);
});

test('cut at every byte, a file gives its complete packets and says which one is cut', async () => {
  const file = pcap(frames, { linkType: 1 });
  const ends = [24];
  for (const frame of frames) ends.push((ends.at(-1) ?? 0) + 16 + frame.length);
  const all = (await read(file)).datagrams.map((d) => d.packet);
  for (let length = 4; length < file.length; length++) {
    const { facts, datagrams } = await read(file.subarray(0, length), 'a.pcap', 7);
    const packets = ends.filter((end) => end <= length).length - 1;
    expect(facts.packets).toBe(Math.max(0, packets));
    expect(datagrams.map((d) => d.packet)).toEqual(all.filter((number) => number <= packets));
    const begins = ends[packets] ?? 0;
    if (length < 24) expect(facts.problems).toMatchObject([{ message: 'The file ends inside its own header.' }]);
    else if (length === begins) expect(facts.problems).toEqual([]);
    else {
      const message = `The file ends inside packet ${packets + 1}.`;
      expect(facts.problems).toEqual([{ packet: packets + 1, offset: begins, message }]);
    }
  }
});

test.each([
  ['link-cut.pcap', 11, 10, 2382],
  ['link-cut-header.pcap', 2, 1, 241],
])('%s ends inside packet %i, and the %i before it are read', async (name, packet, packets, offset) => {
  const { facts } = await read(sample(name));
  expect(facts.packets).toBe(packets);
  expect(facts.problems).toEqual([{ packet, offset, message: `The file ends inside packet ${packet}.` }]);
});

test('a packet of absurd length ends the reading, with its number and place', async () => {
  const bad = concat(u32(1, true), u32(2, true), u32(0xfffffff0, true), u32(60, true), new Uint8Array(100));
  const good = pcap(frames);
  const { facts, datagrams } = await read(concat(good, bad));
  expect(datagrams.length).toBe(2);
  expect(facts.packets).toBe(3);
  const message = 'Packet 4 claims to be 4294967280 bytes long: the file is damaged from there on.';
  expect(facts.problems).toEqual([{ packet: 4, offset: good.length, message }]);
});

test('damage anywhere never throws', async () => {
  const file = pcap(frames);
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, value) => {
      const damaged = file.slice();
      damaged[at] = value;
      const result = await readCapture(sourceOf(damaged, 'a.pcap', 50), 0, { datagram: () => {}, keyLog: () => {} });
      expect(isFailure(result) || result.packets <= 10).toBe(true);
    }),
  );
});

test('what a datagram holds in the DTLS range does not keep the file in memory', async () => {
  const own: boolean[] = [];
  const file = pcap([ethernet(ip4(udp())), ethernet(ip4(udp(hex('00010000'))))]);
  await readCapture(sourceOf(file), 0, {
    datagram: ({ frame, payload }) => {
      own.push(frame.buffer.byteLength === frame.length);
      expect(payload.buffer).toBe(frame.buffer);
    },
    keyLog: () => {},
  });
  expect(own).toEqual([true, false]);
});

/** What the independent reader says of one file; it drops a last packet that is cut, without a word. */
interface Other {
  readonly headers: number;
  readonly packets: readonly string[];
}

interface ParsedPacket {
  readonly header: {
    readonly timestampSeconds: number;
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  };
  readonly data: Uint8Array;
}

function otherReader(bytes: Uint8Array): Promise<Other> {
  const { parse } = createRequire(import.meta.url)('pcap-parser');
  return new Promise((resolve, reject) => {
    const parser = parse(Readable.from([Buffer.from(bytes)], { objectMode: false }));
    const packets: string[] = [];
    let headers = 0;
    parser.on('packetHeader', () => headers++);
    parser.on('packet', ({ header: h, data }: ParsedPacket) => {
      const time = BigInt(h.timestampSeconds) * 1_000_000n + BigInt(h.timestampMicroseconds);
      packets.push(`${packets.length + 1} ${time} ${h.capturedLength} ${h.originalLength} ${toHex(data)}`);
    });
    parser.on('error', reject);
    parser.on('end', () => resolve({ headers, packets }));
  });
}

function ourReader(bytes: Uint8Array): { readonly packets: readonly string[]; readonly problems: ProblemList } {
  const packets: string[] = [];
  const problems = new ProblemList();
  const packet = (p: Packet) => {
    const time = p.clock.nanoseconds(p.timeHigh, p.timeLow) / 1000n;
    packets.push(`${p.number} ${time} ${p.to - p.from} ${p.originalLength} ${toHex(p.bytes.subarray(p.from, p.to))}`);
  };
  const reader = new PcapReader({ problems, packet, keyLog: () => {} });
  for (let at = 0; at < bytes.length; at += 1000) reader.feed(bytes.subarray(at, at + 1000));
  reader.end();
  return { packets, problems };
}

describe('the independent reader pcap-parser sees the same packets', () => {
  const files = ['samples', 'samples/corpus'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.pcap'))
      .map((name) => `${folder}/${name}`),
  );
  const classic = files.filter((file) => /^(?:a1b2c3d4|d4c3b2a1)/.test(readFileSync(file).toString('hex', 0, 4)));

  test.each(classic)('%s', async (file) => {
    const bytes = new Uint8Array(readFileSync(file));
    const [ours, theirs] = [ourReader(bytes), await otherReader(bytes)];
    expect(ours.packets).toEqual(theirs.packets);
    // Of a packet that is cut it may have announced the header; we say so in words.
    const cut = /link-cut/.test(file);
    expect(theirs.headers - theirs.packets.length).toBe(/link-cut\.pcap/.test(file) ? 1 : 0);
    expect(ours.problems.list.length).toBe(cut ? 1 : 0);
  });
});
