import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ethernet, hex, ip4, ip6, PAYLOAD, pcap, read, u16, udp } from './capture.test.helper.ts';
import { LINK_LAYERS } from './link.ts';

const four = ip4(udp());
const six = ip6(udp());
const tag = (tpid: number, rest: Uint8Array) => concat(u16(tpid), u16(42), rest);
const macs = hex('020000000002 020000000001');

/** One packet for every way in which a link type can carry IP. */
const FRAMES: readonly [linkType: number, what: string, frame: Uint8Array][] = [
  [0, 'little-endian IPv4', concat(hex('02000000'), four)],
  [0, 'big-endian IPv4', concat(hex('00000002'), four)],
  [0, 'IPv6 of Linux', concat(hex('0a000000'), six)],
  [0, 'IPv6 of OpenBSD', concat(hex('18000000'), six)],
  [0, 'IPv6 of FreeBSD, big-endian', concat(hex('0000001c'), six)],
  [0, 'IPv6 of macOS', concat(hex('1e000000'), six)],
  [1, 'IPv4', ethernet(four)],
  [1, 'IPv6', ethernet(six, 0x86dd)],
  [1, 'one VLAN tag', concat(macs, tag(0x8100, u16(0x0800)), four)],
  [1, '802.1ad over 802.1Q', concat(macs, tag(0x88a8, tag(0x8100, u16(0x86dd))), six)],
  [1, 'three tags of old numbers', concat(macs, tag(0x9100, tag(0x9200, tag(0x9100, u16(0x0800)))), four)],
  [1, 'LLC and SNAP', concat(macs, u16(8 + four.length), hex('aaaa030000000800'), four)],
  [1, 'padding after the IP packet', concat(ethernet(four), hex('160000000000'))],
  [12, 'IPv4', four],
  [14, 'IPv4', four],
  [101, 'IPv4', four],
  [101, 'IPv6', six],
  [108, 'big-endian IPv4', concat(hex('00000002'), four)],
  [108, 'IPv6 of OpenBSD', concat(hex('00000018'), six)],
  [113, 'IPv4', concat(hex('0000 0001 0006 020000000001 0000 0800'), four)],
  [113, 'IPv6 behind a VLAN tag', concat(hex('0000 0001 0006 020000000001 0000 8100 002a 86dd'), six)],
  [228, 'IPv4', four],
  [229, 'IPv6', six],
  [276, 'IPv4', concat(hex('0800 0000 00000003 0001 00 06 0200000000010000'), four)],
  [276, 'IPv6 behind a VLAN tag', concat(hex('8100 0000 00000003 0001 00 06 0200000000010000 002a 86dd'), six)],
];

test.each(FRAMES)('link type %i, %s: the datagram is found', async (linkType, _what, frame) => {
  const { facts, datagrams } = await read(pcap([frame], { linkType }));
  expect(facts.problems).toEqual([]);
  expect(facts.linkTypes).toEqual([linkType]);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD)]);
  expect(datagrams[0]?.frame).toEqual(frame);
});

test('every row of the table has a packet in this test', () => {
  expect(new Set(FRAMES.map(([linkType]) => linkType))).toEqual(new Set(LINK_LAYERS.keys()));
});

test.each(FRAMES)(
  'link type %i, %s: a frame cut anywhere is skipped or read, never a failure',
  async (linkType, _what, frame) => {
    const cuts = Array.from({ length: frame.length }, (_, i) => frame.slice(0, i));
    const { facts, datagrams } = await read(pcap(cuts, { linkType, originalLength: frame.length }));
    expect(facts.packets).toBe(frame.length);
    for (const d of datagrams) expect(d.payload.length + d.missing).toBe(PAYLOAD.length);
  },
);

test.each([
  ['ARP', ethernet(new Uint8Array(28), 0x0806)],
  ['spanning tree in LLC', concat(macs, u16(38), hex('424203'), new Uint8Array(35))],
  ['nothing but VLAN tags', concat(macs, ...Array.from({ length: 40 }, () => hex('8100002a')))],
])('a frame of %s is counted and skipped', async (_what, frame) => {
  const { facts } = await read(pcap([frame]));
  expect([facts.packets, facts.udpDatagrams, facts.problems]).toEqual([1, 0, []]);
});

test('an unknown link type is one sentence that names its number, not a failure', async () => {
  const { facts } = await read(pcap([four, four, four], { linkType: 147 }));
  expect(facts.packets).toBe(3);
  expect(facts.problems).toEqual([
    { packet: 1, offset: 24, message: 'Packets of link type 147 cannot be read (the first is packet 1).' },
  ]);
});

test('a frame check sequence that the file announces is no payload', async () => {
  const frame = concat(ethernet(ip4(udp(PAYLOAD, 0), { totalLength: 0 })), hex('deadbeef'));
  const { datagrams } = await read(pcap([frame], { linkType: 1 + 0x04000000 + 0x20000000 }));
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD)]);
});
