import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ascii, ethernet, hex, ip4, ip6, PAYLOAD, pcap, read, sourceOf, u16, u32, udp } from './capture.test.helper.ts';
import { LINK_LAYERS } from './link.ts';
import { readCapture } from './open.ts';

const four = ip4(udp());
const six = ip6(udp());
const tag = (tpid: number, rest: Uint8Array) => concat(u16(tpid), u16(42), rest);
const macs = hex('020000000002 020000000001');

const SNAP = hex('aaaa030000000800');
const AVS = concat(hex('80211001 00000040'), new Uint8Array(56));
/** A time stamp, then flags: FCS at the end, header padded to 4 bytes. */
const RADIOTAP = hex('0000 1100 03000000 0000000000000000 30');
const PKTAP = concat(hex('6c000000 01000000 01000000'), new Uint8Array(96));
const NFLOG = hex('02000005 0800 0100 08000300 0600 0a00 69660000');

/** Three addresses and sequence control behind frame control. */
function wlanHeader(frameControl: string): Uint8Array {
  return concat(hex(frameControl), hex('0000 020000000001 020000000002 020000000003 1000'));
}

function exported(protocol: string, portType: number): Uint8Array {
  const tag = (type: number, value: Uint8Array) => concat(u16(type), u16(value.length), value);
  const addresses = hex('20010db8000000000000000000000001 20010db8000000000000000000000002');
  return concat(
    tag(12, concat(ascii(protocol), new Uint8Array(4))),
    tag(22, addresses.slice(0, 16)),
    tag(23, addresses.slice(16)),
    tag(24, u32(portType)),
    tag(25, u32(40000)),
    tag(26, u32(4433)),
    tag(0, new Uint8Array()),
  );
}

type Row = readonly [linkType: number, what: string, frame: Uint8Array];

/** One packet for every way in which a link type can carry IP. */
const FRAMES: readonly Row[] = [
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
  [9, 'PPP with address and control', concat(hex('ff030021'), four)],
  [9, 'PPP with a protocol of one byte', concat(hex('57'), six)],
  [9, 'PPP with MPLS', concat(hex('0281 000101ff'), six)],
  [50, 'PPP', concat(hex('ff030021'), four)],
  [50, 'Cisco HDLC', concat(hex('0f000800'), four)],
  [51, 'a session packet', concat(hex('11000001'), u16(2 + four.length), hex('0021'), four)],
  [100, 'LLC and SNAP', concat(hex('aaaa030000000800'), four)],
  [104, 'IPv6', concat(hex('8f0086dd'), six)],
  [105, 'from an access point', concat(wlanHeader('0802'), SNAP, four)],
  [105, 'quality of service and HT control', concat(wlanHeader('8881'), hex('0000 00000000'), SNAP, four)],
  [105, 'four addresses', concat(wlanHeader('0803'), hex('020000000003'), SNAP, four)],
  [107, 'IPv4', concat(hex('184103cc'), four)],
  [107, 'IPv6 behind an address of four bytes', concat(hex('18404041038e'), six)],
  [107, 'SNAP with a filling byte', concat(hex('1841030080000000 0800'), four)],
  [119, 'Prism header', concat(hex('44000000 90000000'), new Uint8Array(136), wlanHeader('0801'), SNAP, four)],
  [119, 'AVS header', concat(AVS, wlanHeader('0801'), SNAP, four)],
  [127, 'FCS and padded header', concat(RADIOTAP, wlanHeader('8801'), hex('00000000'), SNAP, four, hex('deadbeef'))],
  [127, 'no fields', concat(hex('0000 0800 00000000'), wlanHeader('0801'), SNAP, four)],
  ...Array.from({ length: 16 }, (_, i): Row => [147 + i, 'IPv4', four]),
  [147, 'IPv6', six],
  [148, 'Ethernet', ethernet(four)],
  [149, 'PKTAP under its old number', concat(PKTAP, ethernet(four))],
  [150, 'a bare datagram', PAYLOAD],
  [163, 'AVS header', concat(AVS, wlanHeader('0801'), SNAP, four)],
  [166, 'PPP sent', concat(hex('01ff030021'), four)],
  [192, 'Ethernet', concat(hex('0000 0800 01000000'), ethernet(four))],
  [195, 'plain IPv6', concat(hex('61cc01cefa0105000000741202010c000000741202 41'), six, hex('beef'))],
  [204, 'PPP received', concat(hex('0057'), six)],
  [230, 'plain IPv6, short addresses', concat(hex('618801cefa 0100 0200 41'), six)],
  [239, 'IPv4', concat(NFLOG, u16(4 + four.length, true), hex('0900'), four)],
  [252, 'IPv6 addresses', concat(exported('dtls', 3), PAYLOAD)],
  [252, 'an IP packet', concat(exported('ip', 0), four)],
  [258, 'Ethernet', concat(PKTAP, ethernet(four))],
  [283, 'FCS of two bytes', concat(hex('00000c00 0000010001000000 618801cefa 0100 0200 41'), six, hex('beef'))],
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
  const { facts } = await read(pcap([four, four, four], { linkType: 999 }));
  expect(facts.packets).toBe(3);
  expect(facts.problems).toEqual([
    { packet: 1, offset: 24, message: 'Packets of link type 999 cannot be read (the first is packet 1).' },
  ]);
});

test('a link type for private use with something unknown is one sentence', async () => {
  const { facts } = await read(pcap([hex('ffffffff'), hex('0000')], { linkType: 147 }));
  expect(facts.problems.map((p) => p.message)).toEqual(['Packet 1 is neither IP nor DTLS and was skipped.']);
});

test('bare datagrams and exported ones without addresses have no direction', async () => {
  const bare = await read(pcap([PAYLOAD], { linkType: 147 }));
  expect(bare.datagrams[0]).toMatchObject({ directed: false, missing: 0, carriers: [] });
  const unaddressed = await read(pcap([concat(hex('000c000464746c73 00000000'), PAYLOAD)], { linkType: 252 }));
  expect(unaddressed.datagrams[0]).toMatchObject({ directed: false, carriers: ['Exported PDU'] });
});

test('an exported datagram has the addresses and ports of its tags', async () => {
  const { datagrams } = await read(pcap([concat(exported('dtls', 3), PAYLOAD)], { linkType: 252 }));
  expect(datagrams[0]).toMatchObject({
    directed: true,
    source: { address: '2001:db8::1', port: 40000 },
    destination: { address: '2001:db8::2', port: 4433 },
  });
});

test('exported bytes of a TCP connection are no datagram', async () => {
  const { facts } = await read(pcap([concat(exported('tls', 2), PAYLOAD)], { linkType: 252 }));
  expect(facts.udpDatagrams).toBe(0);
});

test.each([
  ['an acknowledgement', hex('d400 0000 020000000001')],
  ['a beacon', concat(wlanHeader('8000'), new Uint8Array(40))],
  ['data without data', wlanHeader('4801')],
  ['a fragment', concat(wlanHeader('0805'), SNAP, four)],
])('802.11: %s is skipped', async (_what, frame) => {
  const { facts } = await read(pcap([frame], { linkType: 105 }));
  expect([facts.udpDatagrams, facts.problems]).toEqual([0, []]);
});

test.each([
  [105, '802.11', concat(wlanHeader('0841'), SNAP, four)],
  [230, '802.15.4', concat(hex('698801cefa 0100 0200 05 00000000'), new Uint8Array(40))],
])('link type %i: what %s encrypts is one sentence', async (linkType, name, frame) => {
  const { facts } = await read(pcap([frame, frame], { linkType }));
  const sentence = `Frames that ${name} encrypts cannot be read (the first is packet 1).`;
  expect([facts.udpDatagrams, facts.problems.map((p) => p.message)]).toEqual([0, [sentence]]);
});

test('the datagrams of an aggregate share their frame', async () => {
  const part = concat(macs, u16(SNAP.length + four.length), SNAP, four);
  const gap = new Uint8Array((4 - (part.length % 4)) % 4);
  const frames = new Set<Uint8Array>();
  await readCapture(sourceOf(pcap([concat(wlanHeader('8801'), hex('8000'), part, gap, part)], { linkType: 105 })), 0, {
    datagram: ({ frame }) => frames.add(frame),
    keyLog: () => {},
  });
  expect(frames.size).toBe(1);
});

test('802.11: every frame of an aggregate is read, whatever fills the gaps', async () => {
  const part = (body: Uint8Array, to: number) => concat(macs, u16(body.length), body, new Uint8Array(to));
  const body = concat(SNAP, four);
  const gap = (4 - ((14 + body.length) % 4)) % 4;
  const frame = concat(wlanHeader('8801'), hex('8000'), part(body, gap), part(hex('424203'), 3), part(body, 0));
  const { datagrams } = await read(pcap([frame], { linkType: 105 }));
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD), toHex(PAYLOAD)]);
});

test.each([
  ['secured with integrity only', '698801cefa 0100 0200', '01 00000000', 'aaaaaaaa', 1],
  ['encrypted', '698801cefa 0100 0200', '05 00000000', 'aaaaaaaa', 0],
  ['version 2 with elements and no sequence number', '41ab cefa 0100 0200', '003f 00f8', '', 1],
])('802.15.4: %s', async (_what, header, before, after, found) => {
  const frame = concat(hex(header), hex(before), hex('41'), six, hex(after));
  const { facts } = await read(pcap([frame], { linkType: 230 }));
  expect(facts.udpDatagrams).toBe(found);
});

test('a frame check sequence that the file announces is no payload', async () => {
  const frame = concat(ethernet(ip4(udp(PAYLOAD, 0), { totalLength: 0 })), hex('deadbeef'));
  const { datagrams } = await read(pcap([frame], { linkType: 1 + 0x04000000 + 0x20000000 }));
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD)]);
});
