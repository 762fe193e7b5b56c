import { expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { aroundOf, inShort, stun, udp4 } from './around.test.helper.ts';
import { hex, ip4, PAYLOAD, pcap, read, sample, u32, udp } from './capture.test.helper.ts';

const A = '192.0.2.1:40000';
const B = '192.0.2.2:4433';
const RTP = concat(hex('806f 0001 00000000 00000001'), new Uint8Array(20));

test.each([
  ['DTLS', PAYLOAD, 'dtls'],
  ['a STUN message', stun(0x0001), 'stun'],
  ['a CAPWAP discovery', hex('00100200 00000000'), 'other'],
  ['RTP', RTP, 'rtp'],
  ['RTCP', concat(hex('80c8 0006'), new Uint8Array(24)), 'rtcp'],
  ['too little for RTP', hex('806f 0001'), 'other'],
  ['ChannelData', concat(hex('4000 0010'), new Uint8Array(16)), 'turn-channel'],
  ['QUIC with the first byte of ChannelData', concat(hex('4000 0010'), new Uint8Array(60)), 'other'],
  ['QUIC', hex('c0000001 08'), 'other'],
  ['ZRTP', hex('1000 0001 5a525450'), 'zrtp'],
  ['nothing', new Uint8Array(), 'other'],
])('%s is counted as what its bytes say', async (_what, payload, kind) => {
  const { udp: conversations } = await aroundOf([udp4(A, B, payload)]);
  expect(conversations.map(inShort)).toEqual([`${kind} 1→ 0←`]);
});

test('numbers, times, sizes and packets of each direction', async () => {
  const large = concat(RTP, new Uint8Array(100));
  const packets = [udp4(A, B, RTP), udp4(B, A, RTP), udp4(A, B, large), udp4(A, B, RTP)];
  const [conversation] = (await aroundOf(packets)).udp;
  expect(conversation?.a).toEqual({ address: '192.0.2.1', port: 40000 });
  expect(conversation?.flows.of('rtp')).toMatchObject([
    {
      datagrams: 3,
      firstNs: 1_000_000_005_000n,
      lastNs: 1_003_000_005_000n,
      firstPacket: 1,
      lastPacket: 4,
      largest: large.length,
      largestPacket: 3,
    },
    { datagrams: 1, firstPacket: 2, lastPacket: 2, largest: RTP.length },
  ]);
});

test('first and last are by time, whatever the order in the file', async () => {
  const packets = [udp4(A, B, RTP), udp4(A, B, RTP), udp4(A, B, RTP)];
  const [flow] = (await aroundOf(packets, -10)).udp[0]?.flows.of('rtp') ?? [];
  expect([flow?.firstPacket, flow?.lastPacket]).toEqual([3, 1]);
});

test('what the snaplen cut counts with its length on the wire', async () => {
  const frame = ip4(udp(RTP));
  const cut = pcap([frame.slice(0, frame.length - 5)], { linkType: 101, originalLength: frame.length });
  const { facts } = await read(cut);
  expect(facts.surroundings.udp[0]?.flows.of('rtp')[0]?.largest).toBe(RTP.length);
});

test('a storm of other conversations does not push out the one with DTLS in it', async () => {
  const question = hex('c001 0100 0001');
  const storm = (from: number) =>
    Array.from({ length: 5000 }, (_, i) => udp4(`192.0.2.9:${from + i}`, '192.0.2.53:53', question));
  const packets = [udp4(A, B, RTP), udp4(B, A, PAYLOAD), ...storm(1024), ...storm(30_000), udp4(B, A, RTP)];
  const { udp: conversations, forgotten } = await aroundOf(packets);
  expect(conversations.map(inShort).filter((text) => text.includes('dtls'))).toEqual(['rtp 1→ 1←, dtls 0→ 1←']);
  expect(conversations.length).toBeLessThanOrEqual(4096);
  expect(forgotten.udp).toBe(10_001 - conversations.length);
});

test('thousands of conversations of DTLS alone are not missed', async () => {
  const packets = Array.from({ length: 12_000 }, (_, i) => udp4(`192.0.2.9:${1024 + Math.floor(i / 3)}`, B, PAYLOAD));
  const { udp: conversations, forgotten } = await aroundOf(packets);
  expect(conversations.length).toBeLessThanOrEqual(4096);
  expect(forgotten.udp).toBe(0);
});

test('every datagram counts once, of one-way and of long conversations', async () => {
  const ports = Array.from({ length: 300 }, (_, i) => 20_000 + i);
  const packets = ports.flatMap((port, i) => {
    const from = `192.0.2.1:${port}` as const;
    return Array.from({ length: 1 + (i % 5) }, (_, n) => (n % 2 === 0 ? udp4(from, B, RTP) : udp4(B, from, RTP)));
  });
  const { udp: conversations, forgotten } = await aroundOf(packets);
  const counts = conversations.flatMap(({ flows }) => flows.of('rtp').map((flow) => flow?.datagrams ?? 0));
  expect([conversations.length, forgotten.udp]).toEqual([300, 0]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(packets.length);
  expect(conversations.every(({ b }) => b.port === 4433)).toBe(true);
});

test('what TURN relays is counted between client and peer, and who carried it is known', async () => {
  const { facts } = await read(sample('turn-udp-firefox-chromium.offerer.pcap'));
  const told = facts.surroundings.udp.map((one) => `${inShort(one)} in ${one.outer?.map((e) => e.port).join(' ')}`);
  expect(told).toEqual(['stun 25→ 24← in undefined', 'stun 2→ 3←, dtls 19→ 17← in 34770 3478']);
});

test('media beside the handshake: firefox-webrtc-audio.pcap', async () => {
  const { facts } = await read(sample('firefox-webrtc-audio.pcap'));
  const [conversation] = facts.surroundings.udp;
  expect(facts.surroundings.udp).toHaveLength(1);
  expect(conversation && inShort(conversation)).toBe('stun 2→ 2←, dtls 18→ 20←, rtp 0→ 32←, rtcp 12→ 1←');
});

test('inside a tunnel the inner endpoints count', async () => {
  const inner = udp4(A, B, RTP);
  const gre = ip4(concat(hex('0000 0800'), inner), { protocol: 47 });
  const { udp: conversations } = await aroundOf([gre]);
  expect(conversations.map(({ a, b }) => [a.port, b.port])).toEqual([[40000, 4433]]);
});

test('bare records without addresses are nobody’s conversation', async () => {
  const { facts } = await read(pcap([concat(u32(0), PAYLOAD)], { linkType: 252 }));
  expect(facts.surroundings.udp).toEqual([]);
});
