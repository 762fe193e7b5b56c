import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { aroundOf, packet4, RAW_IP } from './around.test.helper.ts';
import { ethernet, hex, ip4, ip6, PAYLOAD, pcap, read, sample, u16, u32, udp } from './capture.test.helper.ts';
import { Frame } from './frame.ts';
import { decodeIcmp } from './icmp.ts';
import type { CaptureSurroundings } from './surroundings.ts';

const ROUTER = hex('c6336401');
const SENDER = hex('c0000201');

const errorsOf = (around: CaptureSurroundings) => around.udp.flatMap(({ icmp }) => icmp);
const icmp4 = (type: number, code: number, rest: Uint8Array, quote: Uint8Array) =>
  packet4(ROUTER, SENDER, 1, concat(Uint8Array.of(type, code), u16(0), rest, quote));
const icmp6 = (type: number, code: number, rest: number, quote: Uint8Array) =>
  ip6(concat(Uint8Array.of(type, code), u16(0), u32(rest), quote), 58);

/** As RFC 792 quotes it: the IP header and 8 bytes more. */
const shortQuote = ip4(udp()).subarray(0, 28);

test.each([
  [3, 0, 'net-unreachable'],
  [3, 1, 'host-unreachable'],
  [3, 2, 'protocol-unreachable'],
  [3, 3, 'port-unreachable'],
  [3, 4, 'fragmentation-needed'],
  [3, 6, 'net-unreachable'],
  [3, 7, 'host-unreachable'],
  [3, 9, 'administratively-prohibited'],
  [3, 10, 'administratively-prohibited'],
  [3, 13, 'administratively-prohibited'],
  [11, 0, 'time-exceeded'],
  [11, 1, 'reassembly-time-exceeded'],
  [12, 0, 'parameter-problem'],
])('ICMPv4 type %i, code %i: %s', async (type, code, kind) => {
  const [error] = errorsOf(await aroundOf([ip4(udp()), icmp4(type, code, u32(0), shortQuote)]));
  expect(error).toEqual({
    version: 4,
    type,
    code,
    kind,
    mtu: null,
    from: '198.51.100.1',
    source: { address: '192.0.2.1', port: 40000 },
    destination: { address: '192.0.2.2', port: 4433 },
    udpLength: 8 + PAYLOAD.length,
    ipLength: 28 + PAYLOAD.length,
    record: null,
    timeNs: 1_001_000_005_000n,
    packet: 2,
  });
});

test.each([
  [1, 0, 'net-unreachable'],
  [1, 1, 'administratively-prohibited'],
  [1, 3, 'host-unreachable'],
  [1, 4, 'port-unreachable'],
  [1, 5, 'administratively-prohibited'],
  [1, 6, 'administratively-prohibited'],
  [2, 0, 'packet-too-big'],
  [3, 0, 'time-exceeded'],
  [3, 1, 'reassembly-time-exceeded'],
  [4, 1, 'parameter-problem'],
])('ICMPv6 type %i, code %i: %s', async (type, code, kind) => {
  const [error] = errorsOf(await aroundOf([icmp6(type, code, 1280, ip6(udp()))]));
  expect(error).toMatchObject({
    version: 6,
    kind,
    mtu: kind === 'packet-too-big' ? 1280 : null,
    from: '2001:db8::1',
    source: { address: '2001:db8::1', port: 40000 },
    destination: { address: '2001:db8::2', port: 4433 },
    udpLength: 8 + PAYLOAD.length,
    ipLength: 48 + PAYLOAD.length,
  });
});

test.each([
  ['RFC 1191', 1400, 1400],
  ['before RFC 1191', 0, null],
])('the MTU of the next hop, from a router %s', async (_what, field, mtu) => {
  const rest = concat(u16(0), u16(field));
  const [error] = errorsOf(await aroundOf([icmp4(3, 4, rest, shortQuote)]));
  expect(error).toMatchObject({ kind: 'fragmentation-needed', mtu });
});

test('where the record header was quoted too, its numbers are told', async () => {
  const record = concat(hex('17fefd 0001 000000000102 0010'), new Uint8Array(16));
  const [error] = errorsOf(await aroundOf([icmp4(3, 3, u32(0), ip4(udp(record)))]));
  expect(error?.record).toEqual({ contentType: 23, epoch: 1, sequenceNumber: 0x102 });
});

test.each([
  ['an answer to ping', icmp4(0, 0, u32(0), shortQuote)],
  ['a redirect', icmp4(5, 1, u32(0), shortQuote)],
  ['an error about TCP', icmp4(3, 3, u32(0), ip4(udp(), { protocol: 6 }))],
  ['an error about a later fragment, which has no ports', icmp4(3, 3, u32(0), ip4(udp(), { offset: 64 }))],
  ['a quotation that ends before the ports', icmp4(3, 3, u32(0), shortQuote.subarray(0, 20))],
  ['ICMPv6 inside IPv4', packet4(ROUTER, SENDER, 58, concat(hex('0104 0000 00000000'), ip6(udp())))],
])('%s counts for nothing', async (_what, packet) => {
  expect(errorsOf(await aroundOf([packet]))).toEqual([]);
});

test('a first fragment may be quoted, and extension headers stand before the ports', async () => {
  const first4 = ip4(udp(), { more: true });
  // Destination options, then the header of a first fragment.
  const first6 = ip6(concat(hex('2c00 0104 0000 0000'), hex('1100 0001 00000063'), udp()), 60);
  const errors = errorsOf(await aroundOf([icmp4(11, 1, u32(0), first4), icmp6(3, 1, 0, first6)]));
  expect(errors.map(({ kind, destination }) => [kind, destination.port])).toEqual([
    ['reassembly-time-exceeded', 4433],
    ['reassembly-time-exceeded', 4433],
  ]);
});

test.each([
  ['Ethernet', 1, ethernet(icmp4(3, 3, u32(0), shortQuote))],
  ['Ethernet with a VLAN tag', 1, ethernet(concat(hex('0064 0800'), icmp4(3, 3, u32(0), shortQuote)), 0x8100)],
  ['Linux "any"', 113, concat(hex('0000 0001 0006 020000000001 0000 0800'), icmp4(3, 3, u32(0), shortQuote))],
  ['loopback of BSD', 0, concat(hex('02000000'), icmp4(3, 3, u32(0), shortQuote))],
  ['IP in IP', RAW_IP, ip4(icmp4(3, 3, u32(0), shortQuote), { protocol: 4 })],
  ['GRE', RAW_IP, ip4(concat(hex('0000 0800'), icmp4(3, 3, u32(0), shortQuote)), { protocol: 47 })],
])('over %s', async (_what, linkType, frame) => {
  const { facts } = await read(pcap([frame], { linkType }));
  expect(errorsOf(facts.surroundings).map(({ kind }) => kind)).toEqual(['port-unreachable']);
});

test.each([
  // The server was stopped: three records of the client came back, the last a close_notify.
  ['openssl-assoc-server-gone.pcap', ['11: 23/1/2', '13: 23/1/3', '15: 21/1/4']],
  // Nobody ever listened: each ClientHello came back.
  ['openssl-closed-port.pcap', ['2: 22/0/0', '4: 22/0/1', '6: 22/0/2']],
])('%s: the records that came back as undeliverable', async (file, expected) => {
  const { facts } = await read(sample(file));
  const errors = errorsOf(facts.surroundings);
  expect(errors.every(({ kind }) => kind === 'port-unreachable')).toBe(true);
  const told = errors.map(
    (e) => `${e.packet}: ${e.record?.contentType}/${e.record?.epoch}/${e.record?.sequenceNumber}`,
  );
  expect(told).toEqual(expected);
});

test('a flood of errors is counted, and the first of them are kept', async () => {
  const { udp: conversations } = await aroundOf(Array.from({ length: 500 }, () => icmp4(3, 3, u32(0), shortQuote)));
  expect(conversations.map(({ icmp, icmpCount }) => [icmp.length, icmpCount])).toEqual([[64, 500]]);
});

test('any bytes are read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(4 as const, 6 as const), (bytes, version) => {
      const frame = new Frame();
      frame.begin(bytes, 0, bytes.length, bytes.length, 0);
      expect(() => decodeIcmp(frame, version)).not.toThrow();
    }),
  );
});
