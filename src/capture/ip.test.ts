import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ip6Text } from './address.ts';
import { ethernet, hex, ip4, ip6, PAYLOAD, pcap, read, sample, u16, u32, udp } from './capture.test.helper.ts';

const raw = (frames: readonly Uint8Array[], step = 1) => read(pcap(frames, { linkType: 101, step }));
const payloads = async (frames: readonly Uint8Array[]) => (await raw(frames)).datagrams.map((d) => toHex(d.payload));
const IT = [toHex(PAYLOAD)];

test.each([
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['20010000000000010000000000000001', '2001:0:0:1::1'],
  ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['20010db80000000000000000abcd0000', '2001:db8::abcd:0'],
  ['fe800000000000000000000000000000', 'fe80::'],
  ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
])('IPv6 address %s is written %s (RFC 5952)', (bytes, text) => {
  expect(ip6Text(hex(bytes), 0)).toBe(text);
});

test('addresses, ports, time and place in the file are told', async () => {
  const { datagrams } = await read(pcap([ethernet(ip4(udp()))]));
  expect(datagrams[0]).toMatchObject({
    packet: 1,
    timeNs: 1_000_000_005_000n,
    source: { address: '192.0.2.1', port: 40000 },
    destination: { address: '192.0.2.2', port: 4433 },
    missing: 0,
    pieces: [{ packet: 1, from: 0, fileOffset: 24 + 16 + 42, length: PAYLOAD.length }],
    frameOffset: 40,
    comments: [],
  });
});

test('IPv4 options are skipped', async () => {
  expect(await payloads([ip4(udp(), { options: hex('94040000') })])).toEqual(IT);
});

test('bytes after the IP packet are not payload', async () => {
  expect(await payloads([concat(ip4(udp(PAYLOAD, 0)), hex('eeeeeeee'))])).toEqual(IT);
});

test('a total length of 0 reaches to the end of the frame', async () => {
  expect(await payloads([ip4(udp(), { totalLength: 0 }), ip6(udp(), 17, 0)])).toEqual([...IT, ...IT]);
});

test('extension headers of IPv6 are skipped', async () => {
  const hopByHop = concat(hex('3c00050200000100'));
  const destination = hex('3300010400000000');
  const authentication = hex('11040000 00000001 00000001 000000000000000000000000');
  expect(await payloads([ip6(concat(hopByHop, destination, authentication, udp()), 0)])).toEqual(IT);
});

test('an authentication header of IPv4 is skipped', async () => {
  const authentication = hex('11040000 00000001 00000001 000000000000000000000000');
  expect(await payloads([ip4(concat(authentication, udp()), { protocol: 51 })])).toEqual(IT);
});

test('a segment routing header names the last destination, on the way too', async () => {
  const routing = hex('11020401 00000000 20010db80000000000000000000000ff');
  const { datagrams } = await raw([ip6(concat(routing, udp()), 43)]);
  expect(datagrams[0]?.destination.address).toBe('2001:db8::ff');
});

test('UDP-Lite is read like UDP, its checksum coverage is no length', async () => {
  expect(await payloads([ip4(udp(PAYLOAD, 8), { protocol: 136 })])).toEqual(IT);
});

test.each([
  ['0', 0],
  ['below the header', 3],
  ['too large', 60000],
])('a UDP length that is %s gives what was captured', async (_what, length) => {
  const { datagrams } = await raw([ip4(udp(PAYLOAD, length))]);
  expect(datagrams.map((d) => [toHex(d.payload), d.missing])).toEqual([[IT[0], 0]]);
});

test('a UDP length shorter than the IP packet ends the payload', async () => {
  expect(await payloads([ip4(udp(PAYLOAD, 8 + 4))])).toEqual(['16fefd00']);
});

test('bytes that a snaplen cut off are counted as missing', async () => {
  const frame = ip4(udp());
  const cut = frame.slice(0, frame.length - 5);
  const { datagrams } = await read(pcap([cut], { linkType: 101, originalLength: frame.length }));
  expect(datagrams.map((d) => [d.payload.length, d.missing])).toEqual([[PAYLOAD.length - 5, 5]]);
});

test('packets that are not UDP are counted and skipped', async () => {
  const { facts } = await raw([ip4(udp(), { protocol: 6 }), ip6(udp(), 58), ip6(new Uint8Array(), 59)]);
  expect([facts.packets, facts.udpDatagrams]).toEqual([3, 0]);
});

const whole = udp(Uint8Array.from({ length: 200 }, (_, i) => (i === 0 ? 22 : i)));
const WHOLE = [toHex(whole.subarray(8))];
/** Cuts of 64 bytes: fragments at 0, 64, 128 and 192. */
const cut4 = (bytes: Uint8Array, id = 7, size = 64) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
    const offset = i * size;
    return ip4(bytes.subarray(offset, offset + size), { id, offset, more: offset + size < bytes.length });
  });
const fragment6 = (bytes: Uint8Array, offset: number, more: boolean, next = 17) =>
  ip6(concat(Uint8Array.of(next, 0), u16(offset | (more ? 1 : 0)), u32(99), bytes), 44);

test('IPv4 fragments are put together, and every piece is found in the file', async () => {
  const file = pcap(cut4(whole), { linkType: 101 });
  const { facts, datagrams } = await read(file);
  expect(facts.ipFragmentsReassembled).toBe(1);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual(WHOLE);
  const [datagram] = datagrams;
  expect(datagram?.packet).toBe(4);
  expect(datagram?.pieces.map((p) => [p.packet, p.from, p.length])).toEqual([
    [1, 0, 56],
    [2, 56, 64],
    [3, 120, 64],
    [4, 184, 16],
  ]);
  const found = datagram?.pieces.map((p) => file.subarray(p.fileOffset, p.fileOffset + p.length)) ?? [];
  expect(toHex(concat(...found))).toBe(WHOLE[0]);
});

test('fragments in any order, some of them twice, give the datagram once', async () => {
  const parts = cut4(whole);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), fc.nat(3), async (order, again) => {
      const frames = [...order, again].map((i) => parts[i] ?? new Uint8Array());
      const { facts, datagrams } = await raw(frames, 0);
      expect(datagrams.map((d) => toHex(d.payload))).toEqual(WHOLE);
      expect(facts.problems).toEqual([]);
    }),
  );
});

test('where fragments overlap with other bytes the first copy wins', async () => {
  const [a, b, c, d] = cut4(whole);
  const liar = ip4(new Uint8Array(96).fill(0xee), { offset: 32, more: true });
  const frames = [a, b, liar, c, d].map((frame) => frame ?? new Uint8Array());
  expect(await payloads(frames)).toEqual(WHOLE);
});

test('an identification used again at once, or after leftover copies, starts a new datagram', async () => {
  const second = udp(new Uint8Array(200).fill(23));
  const [copy] = cut4(whole).slice(2);
  const frames = [...cut4(whole), copy ?? new Uint8Array(), ...cut4(second)];
  const { facts, datagrams } = await raw(frames, 0);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual([...WHOLE, toHex(second.subarray(8))]);
  expect(facts.problems).toEqual([]);
});

test('an identification used again after half a minute starts a new datagram', async () => {
  const second = udp(new Uint8Array(200).fill(23));
  const { facts, datagrams } = await raw([...cut4(whole).slice(0, 1), ...cut4(second)], 31);
  expect(datagrams).toEqual([]);
  expect(facts.problems[0]?.message).toMatch(/^5 datagrams could not be put together/);
});

test('a datagram that never gets complete is one sentence with the first packet', async () => {
  const { facts, datagrams } = await raw([ip4(udp()), ...cut4(whole).slice(0, 3), ...cut4(whole, 8).slice(1)]);
  expect(datagrams.length).toBe(1);
  expect(facts.problems).toMatchObject([{ packet: 2 }]);
  expect(facts.problems[0]?.message).toMatch(/^2 datagrams could not be put together.*first in packet 2/);
});

test('fragments of other protocols are nobody’s loss', async () => {
  const { facts } = await raw([ip4(whole, { protocol: 1, more: true }), fragment6(whole, 0, true, 58)]);
  expect(facts.problems).toEqual([]);
});

test('fragments that the snaplen cut give the bytes up to the first gap', async () => {
  const frames = cut4(whole).map((frame, i) => (i === 1 ? frame.slice(0, 20 + 40) : frame));
  const { datagrams } = await read(pcap(frames, { linkType: 101, originalLength: 84 }));
  expect(datagrams.map((d) => [d.payload.length, d.missing])).toEqual([[56 + 40, 200 - 96]]);
});

test('IPv6 fragments and extension headers inside them are put together', async () => {
  const inside = concat(hex('1100010400000000'), whole);
  const frames = [fragment6(inside.subarray(128), 128, false, 60), fragment6(inside.subarray(0, 128), 0, true, 60)];
  const { facts, datagrams } = await raw(frames);
  expect(datagrams.map((d) => toHex(d.payload))).toEqual(WHOLE);
  expect(facts.ipFragmentsReassembled).toBe(1);
});

test('an atomic IPv6 fragment is a whole datagram', async () => {
  const { facts, datagrams } = await raw([fragment6(whole, 0, false), fragment6(whole, 0, false)]);
  expect(datagrams.length).toBe(2);
  expect(facts.ipFragmentsReassembled).toBe(0);
});

test('very many open datagrams do not fill the memory: the oldest are given up', async () => {
  const frames = Array.from({ length: 5000 }, (_, id) => ip4(whole.subarray(0, 64), { id, more: true }));
  const { facts } = await raw(frames, 0);
  expect(facts.problems[0]?.message).toMatch(/^5000 datagrams/);
});

test.each([
  ['ipfrag-v4-id-reused-dtls12.pcap', 14, 3],
  ['ipfrag-v4-jumbo-dtls12.pcap', 21, 4],
  ['ipfrag-v4-one-missing-dtls12.pcap', 13, 2],
  ['ipfrag-v4-overlap-conflicting-dtls12.pcap', 14, 3],
  ['ipfrag-v4-overlap-duplicates-dtls12.pcap', 14, 3],
  ['ipfrag-v4-reversed-interleaved-dtls12.pcap', 14, 3],
  ['ipfrag-v4-tiny-dtls12.pcap', 11, 11],
  ['ipfrag-v6-atomic-dtls13.pcap', 18, 0],
  ['ipfrag-v6-jumbo-dtls12.pcap', 21, 6],
  ['ipv6-exthdrs-dtls12.pcap', 11, 0],
  ['link-ipfrag.pcap', 16, 6],
  ['link-ipfrag6.pcap', 14, 3],
  ['capwap-data-udplite-ipv6-dtls12.pcap', 11, 0],
])('%s has %i datagrams, %i of them in fragments', async (name, datagrams, reassembled) => {
  const { facts } = await read(sample(name));
  expect([facts.udpDatagrams, facts.ipFragmentsReassembled]).toEqual([datagrams, reassembled]);
});

test('fragments with lying copies give the same datagrams as without', async () => {
  const [lying, honest] = await Promise.all(
    ['ipfrag-v4-overlap-conflicting-dtls12.pcap', 'ipfrag-v4-overlap-duplicates-dtls12.pcap'].map((n) =>
      read(sample(n)),
    ),
  );
  expect(lying?.datagrams.map((d) => toHex(d.payload))).toEqual(honest?.datagrams.map((d) => toHex(d.payload)));
});
