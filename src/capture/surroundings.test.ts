import { expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { aroundOf, udp4 } from './around.test.helper.ts';
import { hex, ip4, ip6, PAYLOAD, pcap, read, sample, u16, u32, udp } from './capture.test.helper.ts';

const whole = udp(new Uint8Array(200).fill(22));
const fragment4 = (from: number, to: number, id = 7) =>
  ip4(whole.subarray(from, to), { id, offset: from, more: to < whole.length });
const fragment6 = (from: number, to: number) =>
  ip6(concat(hex('1100'), u16(from | (to < whole.length ? 1 : 0)), u32(99), whole.subarray(from, to)), 44);

test('a datagram that lacks its last fragment: addresses, ports, what came, when', async () => {
  const { incomplete, incompleteCount } = await aroundOf([fragment4(0, 80), fragment4(80, 160)]);
  expect(incomplete).toEqual([
    {
      layer: 'IP',
      timeNs: 1_000_000_005_000n,
      packet: 1,
      packets: [1, 2],
      source: '192.0.2.1',
      destination: '192.0.2.2',
      protocol: 17,
      ports: { source: 40000, destination: 4433 },
      hasFirst: true,
      bytesHeld: 160,
      length: null,
    },
  ]);
  expect(incompleteCount).toBe(1);
});

test('without the first fragment the ports are unknown, with the last one the length is known', async () => {
  const { incomplete } = await aroundOf([fragment4(160, 208), fragment4(80, 160)]);
  expect(incomplete).toMatchObject([
    { packet: 1, packets: [1, 2], ports: null, hasFirst: false, bytesHeld: 128, length: 208, protocol: 17 },
  ]);
});

test('IPv6 fragments too', async () => {
  const { incomplete } = await aroundOf([fragment6(0, 80)]);
  expect(incomplete).toMatchObject([
    { source: '2001:db8::1', destination: '2001:db8::2', protocol: 17, ports: { source: 40000, destination: 4433 } },
  ]);
});

test('a datagram that was put together is not incomplete, nor are late copies of its fragments', async () => {
  const parts = [fragment4(0, 80), fragment4(80, 160), fragment4(160, 208)];
  const { incomplete } = await aroundOf([...parts, ...parts.slice(0, 2)], 0.001);
  expect(incomplete).toEqual([]);
});

test('very many are counted, and the first of them are kept', async () => {
  const { incomplete, incompleteCount } = await aroundOf(
    Array.from({ length: 3000 }, (_, id) => fragment4(0, 80, id)),
    0,
  );
  expect([incomplete.length, incompleteCount]).toEqual([1024, 3000]);
});

// 6LoWPAN: one fragment of a flight never came, and was sent again later.
test.each([
  ['sixlowpan-fragment-missing-dtls12.pcap', 'fe80::12:7400:0:501', 5684, 'fe80::12:7400:0:c01', 49160, 1104, 1200],
  [
    'sixlowpan-fragment-missing-clientflight-dtls12.pcap',
    'fe80::12:7400:0:c01',
    49160,
    'fe80::12:7400:0:501',
    5684,
    1128,
    1224,
  ],
])('%s', async (file, source, from, destination, to, bytesHeld, length) => {
  const { facts } = await read(sample(file));
  expect(facts.surroundings.incomplete).toMatchObject([
    {
      layer: '6LoWPAN',
      source,
      destination,
      protocol: 17,
      ports: { source: from, destination: to },
      bytesHeld,
      length,
    },
  ]);
});

test.each([
  ['ipfrag-v4-one-missing-dtls12.pcap', [[7, 928, 1480]]],
  // A capture filter on a port dropped the second fragment.
  ['turn-udp-firefox-filterlosesfragment.offerer.pcap', [[11, 1480, null]]],
  ['ipfrag-v4-id-reused-dtls12.pcap', []],
  ['ipfrag-v4-reversed-interleaved-dtls12.pcap', []],
  ['link-ipfrag6.pcap', []],
])('%s: incomplete datagrams', async (file, expected) => {
  const { facts } = await read(sample(file));
  const told = facts.surroundings.incomplete.map(({ packet, bytesHeld, length }) => [packet, bytesHeld, length]);
  expect(told).toEqual(expected);
});

test('packets that the snaplen cut are counted, whatever they hold', async () => {
  const frame = ip4(udp());
  const { facts } = await read(pcap([frame, frame], { linkType: 101, originalLength: frame.length + 4 }));
  expect(facts.surroundings.cutPackets).toBe(2);
  expect((await aroundOf([frame])).cutPackets).toBe(0);
});

test('a clock that steps back is noticed, reordering within a millisecond is not', async () => {
  const packet = udp4('192.0.2.1:40000', '192.0.2.2:4433', PAYLOAD);
  expect((await aroundOf([packet, packet, packet])).clockSteps.count).toBe(0);
  // Three packets, each ten seconds before the one ahead of it.
  expect((await aroundOf([packet, packet, packet], -10)).clockSteps).toEqual({
    count: 2,
    largestNs: 10_000_000_000n,
    firstPacket: 2,
  });
  const { facts } = await read(sample('link-unsorted.pcap'));
  expect(facts.surroundings.clockSteps.count).toBe(0);
});

test('clocks of two interfaces are compared by what they show', async () => {
  const { facts } = await read(sample('sixlowpan-border-router-two-linktypes-dtls12.pcapng'));
  expect(facts.surroundings.clockSteps.count).toBe(0);
});

test('a text has packets and so surroundings', async () => {
  const packet = udp4('192.0.2.1:40000', '192.0.2.2:4433', PAYLOAD);
  const bytes = [...packet].map((byte) => byte.toString(16).padStart(2, '0'));
  const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => {
    const offset = (i * 16).toString(16).padStart(6, '0');
    return `${offset} ${bytes.slice(i * 16, i * 16 + 16).join(' ')}`;
  });
  const { facts } = await read(new TextEncoder().encode(`${rows.join('\n')}\n`), 'dump.txt');
  expect(facts.format).toBe('hex');
  expect(facts.surroundings.udp.map(({ flows }) => flows.kinds)).toEqual([['dtls']]);
});
