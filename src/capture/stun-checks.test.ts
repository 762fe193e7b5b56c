import { expect, test } from 'vitest';
import { aroundOf, stun, USE_CANDIDATE, udp4, username } from './around.test.helper.ts';
import { hex, read, sample } from './capture.test.helper.ts';

const A = '192.0.2.1:40000';
const B = '192.0.2.2:50000';
const CONTROLLING = [0x802a, new Uint8Array(8)] as const;
const DTLS = 0xc070;

async function checksOf(...packets: readonly Uint8Array[]) {
  const [conversation] = (await aroundOf(packets)).udp;
  return conversation?.stun ?? null;
}

test('requests, answers, errors and nominations by direction', async () => {
  const checks = await checksOf(
    udp4(A, B, stun(0x0001, username('bbbb:aaaa'), CONTROLLING)),
    udp4(B, A, stun(0x0111, [0x0009, hex('00000457')])),
    udp4(A, B, stun(0x0001, username('bbbb:aaaa'), CONTROLLING, USE_CANDIDATE)),
    udp4(B, A, stun(0x0101)),
    udp4(B, A, stun(0x0011)),
  );
  const counts = checks?.flows.kinds.map((kind) => [
    kind,
    ...checks.flows.of(kind).map((flow) => flow?.datagrams ?? 0),
  ]);
  expect(counts).toEqual([
    ['request', 2, 0],
    ['error', 0, 1],
    ['nomination', 1, 0],
    ['success', 0, 1],
    ['indication', 0, 1],
  ]);
  expect(checks?.flows.of('success')[1]?.firstNs).toBe(1_003_000_005_000n);
  expect(checks?.checks.map(({ direction, kind, code }) => [direction, kind, code])).toEqual([
    [0, 'request', null],
    [1, 'error', 487],
    [0, 'request', null],
    [1, 'success', null],
    [1, 'indication', null],
  ]);
  expect(checks?.controlling).toBe(0);
});

test('other user fragments are an ICE restart, and only their beginning is kept', async () => {
  const checks = await checksOf(
    udp4(A, B, stun(0x0001, username('bbbb:aaaa'))),
    udp4(B, A, stun(0x0001, username('aaaa:bbbb'))),
    udp4(A, B, stun(0x0001, username('bbbb:aaaa'))),
    udp4(A, B, stun(0x0001, username('0123456789abcdef:ABCDEFGHIJK'))),
    udp4(A, B, stun(0x0001, username('0123456789abcdef:ABCDEFGHIJK'))),
  );
  expect(checks?.usernames.map(({ packet, direction, ufrags }) => [packet, direction, ufrags])).toEqual([
    [1, 0, 'bbbb:aaaa'],
    [2, 1, 'aaaa:bbbb'],
    [4, 0, '01234567:ABCDEFGH'],
  ]);
});

test('DTLS in STUN: offered, or carried', async () => {
  const checks = await checksOf(
    udp4(A, B, stun(0x0001, [DTLS, new Uint8Array()])),
    udp4(B, A, stun(0x0101, [DTLS, new Uint8Array(40)])),
  );
  const of = (kind: 'dtls-offered' | 'dtls-carried') => checks?.flows.of(kind).map((flow) => flow?.datagrams ?? 0);
  expect([of('dtls-offered'), of('dtls-carried')]).toEqual([
    [1, 1],
    [0, 1],
  ]);
});

test('TURN is no connectivity check', async () => {
  expect(await checksOf(udp4(A, B, stun(0x0003, username('somebody'))))).toBeNull();
});

test('of very many checks some are kept, over the whole time', async () => {
  const packets = Array.from({ length: 5000 }, () => udp4(A, B, stun(0x0001)));
  const checks = (await checksOf(...packets))?.checks ?? [];
  expect(checks.length).toBeGreaterThan(64 + 50);
  expect(checks.length).toBeLessThanOrEqual(256);
  expect(checks.slice(0, 64).map(({ packet }) => packet)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
  expect(checks.at(-1)?.packet).toBeGreaterThan(4900);
  const packetsKept = checks.map(({ packet }) => packet);
  expect(packetsKept.toSorted((a, b) => a - b)).toEqual(packetsKept);
});

test('many restarts are many names, up to a limit', async () => {
  const packets = Array.from({ length: 100 }, (_, i) => udp4(A, B, stun(0x0001, username(`b${i}:a`))));
  expect((await checksOf(...packets))?.usernames).toHaveLength(32);
});

test('cut and damaged attributes are read as far as they go', async () => {
  const whole = stun(0x0001, username('bbbb:aaaa'), USE_CANDIDATE);
  for (let length = 8; length < whole.length; length++) {
    const checks = await checksOf(udp4(A, B, whole.subarray(0, length)));
    expect(checks?.flows.of('request')[0]?.datagrams).toBe(1);
  }
});

// The browsers' own words on both sides; the answerer is the one that waits for the nomination.
test.each([
  ['firefox-webrtc-audio.pcap', ['4f15eecb:2ffe59a0', '2ffe59a0:4f15eecb'], 1, 0],
  ['chromium-webrtc-dc-icedtls.pcap', ['w3z5:zr9V', 'zr9V:w3z5'], 3, 2],
])('%s: user fragments, nominations, flights inside checks', async (file, names, nominations, flights) => {
  const { facts } = await read(sample(file));
  const checks = facts.surroundings.udp[0]?.stun;
  expect(checks?.usernames.map(({ ufrags }) => ufrags)).toEqual(names);
  expect(checks?.flows.of('nomination')[1]?.datagrams).toBe(nominations);
  expect(checks?.flows.of('dtls-carried')[0]?.datagrams ?? 0).toBe(flights);
});
