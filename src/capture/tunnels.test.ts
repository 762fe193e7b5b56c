import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ethernet, hex, ip4, ip6, PAYLOAD, pcap, read, u16, u32, udp } from './capture.test.helper.ts';

const four = ip4(udp());
const six = ip6(udp());
const frame4 = ethernet(four);
/** A datagram to a port. */
const to = (port: number, payload: Uint8Array) =>
  ip4(concat(u16(50000), u16(port), u16(8 + payload.length), u16(0), payload));
const gre = (flags: string, protocol: number, rest: Uint8Array) =>
  ip4(concat(hex(flags), u16(protocol), rest), { protocol: 47 });
const gtp = (flags: string, rest: Uint8Array) =>
  to(2152, concat(hex(flags), hex('ff'), u16(rest.length), u32(7), rest));

const raw = (frames: readonly Uint8Array[]) => read(pcap(frames, { linkType: 101 }));

/** IEEE 802.15.4 with plain IPv6 and a frame check sequence. */
const ZIGBEE = concat(hex('618801cefa 0100 0200 41'), six, hex('beef'));

const PACKETS: readonly [what: string, packet: Uint8Array, carriers: readonly string[]][] = [
  ['IPv4 in IPv4', ip4(four, { protocol: 4 }), ['IP-in-IP']],
  ['IPv6 in IPv4', ip4(six, { protocol: 41 }), ['IP-in-IP']],
  ['IPv4 in IPv6', ip6(four, 4), ['IP-in-IP']],
  ['IP in IP in IP', ip6(ip4(six, { protocol: 41 }), 4), ['IP-in-IP', 'IP-in-IP']],
  [
    'AH, tunnel mode',
    ip4(concat(hex('04040000 00000001 00000001'), new Uint8Array(12), four), { protocol: 51 }),
    ['AH', 'IP-in-IP'],
  ],
  ['EtherIP', ip4(concat(hex('3000'), frame4), { protocol: 97 }), ['EtherIP']],
  ['MPLS in IP', ip4(concat(hex('000101ff'), six), { protocol: 137 }), ['MPLS']],
  ['GRE', gre('0000', 0x0800, four), ['GRE']],
  ['GRE with checksum, key and sequence number', gre('b000', 0x86dd, concat(new Uint8Array(12), six)), ['GRE']],
  ['GRE with a VLAN tag', gre('0000', 0x8100, concat(hex('002a0800'), four)), ['GRE']],
  ['GRE with Ethernet', gre('2000', 0x6558, concat(u32(5), frame4)), ['GRE']],
  ['GRE with MPLS', gre('0000', 0x8847, concat(hex('000101ff'), four)), ['GRE', 'MPLS']],
  ['GRE of version 1 with PPP', gre('3081', 0x880b, concat(new Uint8Array(12), hex('ff030021'), four)), ['GRE', 'PPP']],
  ['ERSPAN I', gre('0000', 0x88be, frame4), ['GRE']],
  ['ERSPAN II', gre('1000', 0x88be, concat(u32(1), new Uint8Array(8), frame4)), ['GRE', 'ERSPAN']],
  ['ERSPAN III', gre('1000', 0x22eb, concat(u32(1), new Uint8Array(12), frame4)), ['GRE', 'ERSPAN']],
  [
    'ERSPAN III with more',
    gre('1000', 0x22eb, concat(u32(1), new Uint8Array(11), hex('01'), new Uint8Array(8), frame4)),
    ['GRE', 'ERSPAN'],
  ],
  ['NSH', gre('0000', 0x894f, concat(hex('0fc60103 00000aff'), new Uint8Array(16), frame4)), ['GRE', 'NSH']],
  ['VXLAN', to(4789, concat(hex('08000000 00007b00'), frame4)), ['VXLAN']],
  ['VXLAN on the port of Linux', to(8472, concat(hex('08000000 00007b00'), frame4)), ['VXLAN']],
  ['VXLAN with a group policy', to(4789, concat(hex('88000010 00007b00'), frame4)), ['VXLAN']],
  ['VXLAN-GPE with IPv6', to(4790, concat(hex('0c000002 00007b00'), six)), ['VXLAN-GPE']],
  ['Geneve with options', to(6081, concat(hex('01006558 00007b00 01020304'), frame4)), ['Geneve']],
  ['Geneve with IPv4', to(6081, concat(hex('00000800 00007b00'), four)), ['Geneve']],
  ['GTP-U', gtp('30', four), ['GTP-U']],
  ['GTP-U with sequence number', gtp('32', concat(hex('00010000'), six)), ['GTP-U']],
  ['GTP-U with two extension headers', gtp('34', concat(hex('00000085 01100985 01000900'), four)), ['GTP-U']],
  ['GTP-U with Ethernet', gtp('30', frame4), ['GTP-U']],
  ['MPLS in UDP', to(6635, concat(hex('000100ff 000201ff'), four)), ['MPLS']],
  ['GRE in UDP', to(4754, concat(hex('00000800'), four)), ['GRE']],
  ['L2TP', to(1701, concat(hex('0002 0001 0002 ff030021'), four)), ['L2TP']],
  [
    'L2TP with length, numbers and offset',
    to(1701, concat(hex('4a02 0000 0001 0002 0003 0004 0002 0000 0021'), four)),
    ['L2TP'],
  ],
  ['TZSP with tags', to(37008, concat(hex('01000001 00 0a01ff 01'), frame4)), ['TZSP']],
  ['ZEP 1', to(17754, concat(hex('455801'), new Uint8Array(13), ZIGBEE)), ['ZEP', '6LoWPAN']],
  ['ZEP 2', to(17754, concat(hex('45580201'), new Uint8Array(28), ZIGBEE)), ['ZEP', '6LoWPAN']],
  ['Teredo', to(3544, six), ['Teredo']],
];

test.each(PACKETS)('%s: the datagram inside is found, and it alone', async (_what, packet, carriers) => {
  const file = pcap([packet], { linkType: 101 });
  const { facts, datagrams } = await read(file);
  expect(datagrams.map((d) => [toHex(d.payload), d.carriers])).toEqual([[toHex(PAYLOAD), carriers]]);
  expect([facts.udpDatagrams, facts.problems]).toEqual([1, []]);
  const [{ fileOffset, length } = { fileOffset: 0, length: 0 }] = datagrams[0]?.pieces ?? [];
  expect(toHex(file.subarray(fileOffset, fileOffset + length))).toBe(toHex(PAYLOAD));
});

test.each(PACKETS)('%s: cut anywhere it is read, skipped or left closed, never a failure', async (_what, packet) => {
  const cuts = Array.from({ length: packet.length }, (_, i) => packet.slice(0, i));
  const { facts } = await read(pcap(cuts, { linkType: 101, originalLength: packet.length }));
  expect(facts.packets).toBe(packet.length);
});

test.each([1701, 2152, 3544, 4754, 4789, 4790, 6081, 6635, 8472, 17754, 37008])(
  'DTLS on port %i of a tunnel is DTLS',
  async (port) => {
    const bare = hex('2f00112233445566778899');
    const { datagrams } = await raw([to(port, PAYLOAD), to(port, bare), to(port, new Uint8Array())]);
    expect(datagrams.map((d) => [toHex(d.payload), d.carriers])).toEqual([
      [toHex(PAYLOAD), []],
      [toHex(bare), []],
      ['', []],
    ]);
  },
);

test('a tunnel with no IP inside counts as the datagram that it is', async () => {
  const arp = to(4789, concat(hex('08000000 00007b00'), ethernet(new Uint8Array(28), 0x0806)));
  const echo = to(2152, hex('32010004 00000000 00010000'));
  const { datagrams } = await raw([arp, echo]);
  expect(datagrams.map((d) => d.destination.port)).toEqual([4789, 2152]);
});

test('addresses, ports and fragments are those inside', async () => {
  const inner = (part: Uint8Array, offset: number, more: boolean) => ip4(part, { id: 5, offset, more });
  const whole = udp(Uint8Array.from({ length: 80 }, (_, i) => (i === 0 ? 22 : i)));
  const tunnel = (packet: Uint8Array) => to(4789, concat(hex('08000000 00007b00'), ethernet(packet)));
  const file = pcap([tunnel(inner(whole.slice(0, 48), 0, true)), tunnel(inner(whole.slice(48), 48, false))], {
    linkType: 101,
  });
  const { facts, datagrams } = await read(file);
  expect([facts.ipFragmentsReassembled, facts.udpDatagrams]).toEqual([1, 1]);
  expect(datagrams[0]).toMatchObject({
    packet: 2,
    source: { port: 40000 },
    destination: { port: 4433 },
    carriers: ['VXLAN'],
  });
  for (const { fileOffset, from, length } of datagrams[0]?.pieces ?? []) {
    expect(toHex(file.subarray(fileOffset, fileOffset + length))).toBe(
      toHex(whole.subarray(8 + from, 8 + from + length)),
    );
  }
});

test('a tunnel that was itself cut into fragments, with fragments inside', async () => {
  const whole = udp(Uint8Array.from({ length: 150 }, (_, i) => (i === 0 ? 22 : i)));
  const parts = [
    ip4(whole.slice(0, 80), { id: 5, offset: 0, more: true }),
    ip4(whole.slice(80), { id: 5, offset: 80 }),
  ];
  const frames = parts.flatMap((part, i) => {
    const outer = concat(hex('00000800'), part);
    const of = { id: 20 + i, protocol: 47 };
    return [ip4(outer.slice(0, 64), { ...of, more: true }), ip4(outer.slice(64), { ...of, offset: 64 })];
  });
  const file = pcap(frames, { linkType: 101 });
  const { datagrams } = await read(file);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(whole.subarray(8))]);
  const pieces = datagrams[0]?.pieces ?? [];
  expect(pieces.map((p) => p.packet)).toEqual([1, 2, 3, 4]);
  for (const { fileOffset, from, length } of pieces) {
    expect(toHex(file.subarray(fileOffset, fileOffset + length))).toBe(
      toHex(whole.subarray(8 + from, 8 + from + length)),
    );
  }
});

test('nesting without end is given up', async () => {
  let packet = four;
  for (let i = 0; i < 60; i++) packet = ip4(packet, { protocol: 4 });
  let vxlan = four;
  for (let i = 0; i < 60; i++) vxlan = to(4789, concat(hex('08000000 00007b00'), ethernet(vxlan)));
  const { facts, datagrams } = await raw([packet, vxlan]);
  // The innermost datagram that was reached counts.
  expect([facts.packets, datagrams.length]).toEqual([2, 1]);
  expect(datagrams[0]?.carriers.length).toBe(15);
});

test.each([
  ['0x8847', concat(hex('000100ff 000201ff'), four), ['MPLS']],
  ['0x8847', concat(hex('000201ff 00000000'), frame4), ['MPLS']],
  ['0x8847', concat(hex('000201ff'), frame4), ['MPLS']],
  ['0x8864', concat(hex('11000001'), u16(2 + six.length), hex('0057'), six, hex('0000')), ['PPPoE']],
  ['0x88e7', concat(hex('00000001'), frame4), ['PBB']],
  ['0x8926', concat(hex('00000001 0800'), four), []],
  ['0x893f', concat(hex('000000010000 0800'), four), []],
])('EtherType %s', async (type, body, carriers) => {
  const { datagrams } = await read(pcap([ethernet(body, Number(type))]));
  expect(datagrams.map((d) => [toHex(d.payload), d.carriers])).toEqual([[toHex(PAYLOAD), carriers]]);
});

test.each([
  ['labels without end', concat(...Array.from({ length: 40 }, () => hex('000100ff')))],
  ['a pseudowire of something else', concat(hex('000201ff'), hex('00000000 0123'))],
])('MPLS with %s is skipped', async (_what, body) => {
  const { facts } = await read(pcap([ethernet(body, 0x8847)]));
  expect(facts.udpDatagrams).toBe(0);
});

test('a PPPoE discovery packet is skipped', async () => {
  const { facts } = await read(
    pcap([ethernet(hex('11090000 0004 01010000'), 0x8863), ethernet(hex('11090000 0004 01010000'), 0x8864)]),
  );
  expect(facts.udpDatagrams).toBe(0);
});
