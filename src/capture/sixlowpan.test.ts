import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { hex, ip6, PAYLOAD, pcap, read, u16, udp } from './capture.test.helper.ts';

/** From 02:12:74:00:00:00:0c:01 to 02:12:74:00:00:00:05:01, which the frame has backwards; no FCS. */
const MAC = hex('61cc01cefa 0105000000741202 010c000000741202');
/** From 0c01 to 0501. */
const SHORT_MAC = hex('618801cefa 0105 010c');
const UDP_INLINE = 'f0 9c40 1151 0000';
const FROM_LINK = 'fe80::12:7400:0:c01';
const TO_LINK = 'fe80::12:7400:0:501';

const frames = (bodies: readonly Uint8Array[], mac = MAC) =>
  read(
    pcap(
      bodies.map((b) => concat(mac, b)),
      { linkType: 230 },
    ),
  );

/** RFC 6282 §3.1.1: TF elided, next header compressed, hop limit 64; then the second byte and what it asks for. */
const ADDRESSES: readonly [what: string, header: string, source: string, destination: string][] = [
  ['both elided', '7e33', FROM_LINK, TO_LINK],
  ['64 bits', '7e11 0102030405060708 1112131415161718', 'fe80::102:304:506:708', 'fe80::1112:1314:1516:1718'],
  ['16 bits', '7e22 0c01 0501', 'fe80::ff:fe00:c01', 'fe80::ff:fe00:501'],
  ['in full', '7e00 20010db8000000000000000000000001 20010db8000000000000000000000002', '2001:db8::1', '2001:db8::2'],
  ['context 0, elided', '7e77', 'fec0::12:7400:0:c01', 'fec0::12:7400:0:501'],
  ['contexts 1 and 2', '7ef7 12', 'fec0::1:12:7400:0:c01', 'fec0::2:12:7400:0:501'],
  [
    'context with 64 bits',
    '7e55 0102030405060708 1112131415161718',
    'fec0::102:304:506:708',
    'fec0::1112:1314:1516:1718',
  ],
  ['context with 16 bits', '7e66 0c01 0501', 'fec0::ff:fe00:c01', 'fec0::ff:fe00:501'],
  ['from the unspecified address', '7e43', '::', TO_LINK],
  ['to a group of 8 bits', '7e3b fd', FROM_LINK, 'ff02::fd'],
  ['to a group of 32 bits', '7e3a 05010203', FROM_LINK, 'ff05::1:203'],
  ['to a group of 48 bits', '7e39 050102030405', FROM_LINK, 'ff05::1:203:405'],
  ['to a group in full', '7e38 ff0e0000000000000000000000000001', FROM_LINK, 'ff0e::1'],
  ['to a group of a context', '7e3c 3e00 01020304', FROM_LINK, 'ff3e:40:fec0::102:304'],
  ['traffic class and flow label', '6633 ff012345', FROM_LINK, TO_LINK],
  ['flow label', '6e33 412345', FROM_LINK, TO_LINK],
  ['traffic class', '7633 ff', FROM_LINK, TO_LINK],
  ['hop limit', '7c33 05', FROM_LINK, TO_LINK],
];

test.each(ADDRESSES)('addresses: %s', async (_what, header, source, destination) => {
  const { datagrams } = await frames([concat(hex(header), hex(UDP_INLINE), PAYLOAD)]);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD)]);
  expect(datagrams[0]).toMatchObject({
    source: { address: source, port: 40000 },
    destination: { address: destination, port: 4433 },
    carriers: ['6LoWPAN'],
    pieces: [{ from: 0, length: PAYLOAD.length }],
  });
});

test.each([
  ['8 bits of the destination port', 'f1 9c40 c4 0000', 40000, 0xf0c4],
  ['8 bits of the source port', 'f2 c4 1151 0000', 0xf0c4, 4433],
  ['4 bits of each', 'f3 25 0000', 0xf0b2, 0xf0b5],
  ['no checksum', 'f4 9c40 1151', 40000, 4433],
])('ports: %s (RFC 6282 §4.3)', async (_what, header, source, destination) => {
  const { datagrams } = await frames([concat(hex('7e33'), hex(header), PAYLOAD)]);
  expect(datagrams.map((d) => [d.source.port, d.destination.port, toHex(d.payload)])).toEqual([
    [source, destination, toHex(PAYLOAD)],
  ]);
});

test.each([
  ['UDP that is not compressed', '7a33 11', udp()],
  ['hop-by-hop options that are compressed', '7e33 e1 03 050100', concat(hex(UDP_INLINE), PAYLOAD)],
  ['options before UDP that is not', '7e33 e6 11 04 01020000', udp()],
  ['an atomic fragment header', '7e33 e4 11 06 000000000001', udp()],
  ['IPv6 in IPv6', '7e33 ee 7e33', concat(hex(UDP_INLINE), PAYLOAD)],
])('%s', async (_what, header, rest) => {
  const { datagrams } = await frames([concat(hex(header), rest)]);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([toHex(PAYLOAD)]);
  expect(datagrams[0]?.source).toEqual({ address: FROM_LINK, port: 40000 });
});

test('short addresses, broadcast and mesh headers (RFC 4944 §5.2, §11.1)', async () => {
  const rest = concat(hex('7e33'), hex(UDP_INLINE), PAYLOAD);
  const short = await frames([rest, concat(hex('5007'), rest)], SHORT_MAC);
  expect(short.datagrams.map((d) => d.source.address)).toEqual(['fe80::ff:fe00:c01', 'fe80::ff:fe00:c01']);
  const mesh = await frames([
    concat(hex('b5 0a0a 0b0b'), rest),
    concat(hex('8f 20 021274000000aaaa 021274000000bbbb'), rest),
  ]);
  expect(mesh.datagrams.map((d) => [d.source.address, d.destination.address])).toEqual([
    ['fe80::ff:fe00:a0a', 'fe80::ff:fe00:b0b'],
    ['fe80::12:7400:0:aaaa', 'fe80::12:7400:0:bbbb'],
  ]);
});

test.each([
  ['not 6LoWPAN', '05'],
  ['HC1', '42fb'],
  ['a reserved destination', '7e04'],
  ['a reserved group', '7e3d 00'],
  ['an unknown header', '7e33 80'],
  ['headers without end', `7e33 ${'e100'.repeat(20)}`],
  ['packets in packets without end', '7e33 ee'.repeat(20)],
])('%s is skipped', async (_what, header) => {
  const { facts } = await frames([concat(hex(header), new Uint8Array(20))]);
  expect([facts.udpDatagrams, facts.problems]).toEqual([0, []]);
});

const LONG = Uint8Array.from({ length: 200 }, (_, i) => (i === 0 ? 22 : i));
/** Size of the IPv6 packet, tag, and for later fragments the offset. */
const first = (size: number, tag: number, body: Uint8Array) => concat(u16(0xc000 | size), u16(tag), body);
const later = (size: number, tag: number, offset: number, body: Uint8Array) =>
  concat(u16(0xe000 | size), u16(tag), Uint8Array.of(offset / 8), body);
const SIZE = 48 + LONG.length;

test('fragments in any order and twice, compressed and not, and every piece is found in the file', async () => {
  const start = concat(hex('7e33'), hex(UDP_INLINE), LONG.slice(0, 64));
  const plain = concat(hex('41'), ip6(udp(LONG)).slice(0, 112));
  const rest = (tag: number) => [later(SIZE, tag, 176, LONG.slice(128)), later(SIZE, tag, 112, LONG.slice(64, 128))];
  const bodies = [...rest(1), first(SIZE, 1, start), ...rest(1), first(SIZE, 2, plain), ...rest(2)];
  const file = pcap(
    bodies.map((b) => concat(MAC, b)),
    { linkType: 230 },
  );
  const { facts, datagrams } = await read(file);
  expect(facts.problems).toEqual([]);
  expect(datagrams.map((d) => [d.packet, toHex(d.payload)])).toEqual([
    [3, toHex(LONG)],
    [8, toHex(LONG)],
  ]);
  for (const { pieces } of datagrams) {
    expect(pieces.map((p) => [p.from, p.length])).toEqual([
      [0, 64],
      [64, 64],
      [128, 72],
    ]);
    for (const { fileOffset, from, length } of pieces) {
      expect(toHex(file.subarray(fileOffset, fileOffset + length))).toBe(toHex(LONG.subarray(from, from + length)));
    }
  }
});

test('a fragment that passes the size of its packet is ignored', async () => {
  const { facts } = await frames([first(20, 1, concat(hex('7e33'), hex(UDP_INLINE), LONG)), later(100, 2, 96, LONG)]);
  expect(facts.udpDatagrams).toBe(0);
});
