import { expect, test } from 'vitest';
import { aroundOf, stun, tcp4, udp4, username } from '../capture/around.test.helper.ts';
import { hex, ip4, PAYLOAD, read, sample, udp } from '../capture/capture.test.helper.ts';
import type { CaptureSurroundings } from '../capture/surroundings.ts';
import { concat } from '../wire/text.ts';
import { firstOf, lastOf } from './surrounding-facts.ts';
import { NO_SURROUNDINGS, type Surroundings, surroundingsOf } from './surroundings.ts';

const A = { address: '192.0.2.1', port: 40000 };
const B = { address: '192.0.2.2', port: 4433 };
const FROM_A = '192.0.2.1:40000';
const FROM_B = '192.0.2.2:4433';
const RTP = concat(hex('806f 0001 00000000 00000001'), new Uint8Array(20));

/** Of constructed packets: packet n (from 1) comes n - 1 seconds after the origin. */
const trace = (...captures: readonly CaptureSurroundings[]) => among(captures.map((around) => [around, 0]));

function among(captures: readonly (readonly [CaptureSurroundings, point: number])[]): Surroundings {
  const toMs = (timeNs: bigint) => Number(timeNs - 1_000_000_005_000n) / 1e6;
  return surroundingsOf(captures.map(([surroundings, point]) => ({ surroundings, point, toMs })));
}

async function ofSample(...files: readonly string[]): Promise<Surroundings> {
  const all = await Promise.all(files.map(async (file) => (await read(sample(file))).facts));
  const origin = all[0]?.firstTimeNs ?? 0n;
  const toMs = (timeNs: bigint) => Number(timeNs - origin) / 1e6;
  return surroundingsOf(all.map(({ surroundings }, point) => ({ surroundings, point, toMs })));
}

test('facts are told from the side that asks', async () => {
  const around = trace(
    await aroundOf([udp4(FROM_B, FROM_A, RTP), udp4(FROM_A, FROM_B, RTP), udp4(FROM_A, FROM_B, RTP)]),
  );
  const counts = (sides = around.tupleFacts(A, B)?.udp.rtp) => sides?.map((flow) => flow?.datagrams);
  expect(counts()).toEqual([2, 1]);
  expect(counts(around.tupleFacts(B, A)?.udp.rtp)).toEqual([1, 2]);
  expect(around.tupleFacts(A, B)?.udp.rtp[0]).toEqual({
    datagrams: 2,
    first: { capture: 0, packet: 2, timeMs: 1000 },
    last: { capture: 0, packet: 3, timeMs: 2000 },
    largest: { capture: 0, packet: 2, bytes: RTP.length },
  });
  expect(around.tupleFacts(A, B)?.udp.dtls).toEqual([null, null]);
  expect(around.tupleFacts(A, { ...B, port: 1 })).toBeNull();
});

test('the earliest and the latest of both sides', async () => {
  const around = trace(
    await aroundOf([udp4(FROM_B, FROM_A, RTP), udp4(FROM_A, FROM_B, RTP), udp4(FROM_B, FROM_A, RTP)]),
  );
  const rtp = around.tupleFacts(A, B)?.udp.rtp ?? [null, null];
  expect([firstOf(rtp)?.packet, lastOf(rtp)?.packet]).toEqual([1, 3]);
  expect(firstOf([null, rtp[0]])?.packet).toBe(2);
  expect([firstOf([null, null]), lastOf([null, null])]).toEqual([null, null]);
});

test('captures of one point are added up; of two points the one that saw more counts', async () => {
  const [few, many] = [
    await aroundOf([udp4(FROM_A, FROM_B, RTP)]),
    await aroundOf([udp4(FROM_B, FROM_A, PAYLOAD), udp4(FROM_A, FROM_B, RTP), udp4(FROM_A, FROM_B, RTP)]),
  ];
  const rtp = (around: Surroundings) => around.tupleFacts(A, B)?.udp.rtp[0];
  expect(rtp(trace(few, many))).toMatchObject({
    datagrams: 3,
    first: { capture: 0, packet: 1 },
    last: { capture: 1, packet: 3 },
  });
  const points = among([
    [few, 0],
    [many, 1],
  ]);
  expect(rtp(points)).toMatchObject({ datagrams: 2, first: { capture: 1 } });
  expect(points.tupleFacts(A, B)?.udp.dtls[1]?.datagrams).toBe(1);
});

test('connectivity checks, user fragments and who controls, by side', async () => {
  const controlling = [0x802a, new Uint8Array(8)] as const;
  const around = trace(
    await aroundOf([
      udp4(FROM_B, FROM_A, stun(0x0001, username('aaaa:bbbb'), controlling)),
      udp4(FROM_A, FROM_B, stun(0x0101)),
    ]),
  );
  const facts = around.tupleFacts(A, B)?.stun;
  expect(facts?.checks).toEqual([
    { capture: 0, packet: 1, timeMs: 0, side: 1, kind: 'request', code: null },
    { capture: 0, packet: 2, timeMs: 1000, side: 0, kind: 'success', code: null },
  ]);
  expect(facts?.usernames).toEqual([{ capture: 0, packet: 1, timeMs: 0, side: 1, ufrags: 'aaaa:bbbb' }]);
  expect(facts?.controlling).toBe(1);
  expect(facts?.flows.success[0]?.first.timeMs).toBe(1000);
  expect(around.tupleFacts(B, A)?.stun?.controlling).toBe(0);
});

test('conversations of the same hosts on other ports, oriented too', async () => {
  const around = trace(
    await aroundOf([
      udp4(FROM_A, FROM_B, PAYLOAD),
      udp4('192.0.2.2:443', '192.0.2.1:50000', RTP),
      udp4('192.0.2.1:50000', '192.0.2.3:443', RTP),
    ]),
  );
  const ports = around.tuplesBetween(A.address, B.address).map(({ a, b }) => `${a.port} ${b.port}`);
  expect(ports.toSorted()).toEqual(['40000 4433', '50000 443']);
  expect(around.tuples()).toHaveLength(3);
});

test('TCP between the same hosts', async () => {
  const around = trace(
    await aroundOf([
      tcp4('192.0.2.1:50000', '192.0.2.2:443', 2),
      tcp4('192.0.2.2:443', '192.0.2.1:50000', 18),
      tcp4('192.0.2.1:50001', '192.0.2.3:443', 2),
    ]),
  );
  expect(around.tcpBetween(B.address, A.address)).toMatchObject([
    {
      client: '192.0.2.1',
      server: { address: '192.0.2.2', port: 443 },
      opened: true,
      answered: true,
      segments: [{ first: { timeMs: 0 } }, { last: { timeMs: 1000 } }],
    },
  ]);
  expect(around.tcpBetween(A.address, '192.0.2.9')).toEqual([]);
});

test('incomplete datagrams: of these endpoints, or of their addresses where the ports are unknown', async () => {
  const whole = udp(new Uint8Array(200).fill(22));
  const first = ip4(whole.subarray(0, 80), { id: 1, more: true });
  const later = ip4(whole.subarray(80, 160), { id: 2, more: true, offset: 80 });
  const around = trace(await aroundOf([first, later]));
  expect(around.incompleteFragments(A, B)).toMatchObject([
    { packet: 1, timeMs: 0, side: 0, hasFirst: true, ofCarrier: false },
    { packet: 2, timeMs: 1000, side: 0, hasFirst: false, ofCarrier: false },
  ]);
  expect(around.incompleteFragments(B, A).map(({ side }) => side)).toEqual([1, 1]);
  expect(around.incompleteFragments(A, { ...B, port: 1 }).map(({ packet }) => packet)).toEqual([2]);
  expect(around.captures).toMatchObject([{ incomplete: 2, firstFragmentAlone: 1 }]);
});

test('openssl-assoc-server-gone.pcap: what the server’s host says of the client’s records', async () => {
  const around = await ofSample('openssl-assoc-server-gone.pcap');
  const [client, server] = [24013, 24012].map((port) => ({ address: '127.0.0.1', port }));
  if (!client || !server) throw new Error('no endpoints');
  expect(around.icmpFor(client, server).map(({ kind, side, packet }) => [kind, side, packet])).toEqual([
    ['port-unreachable', 0, 11],
    ['port-unreachable', 0, 13],
    ['port-unreachable', 0, 15],
  ]);
  expect(around.icmpFor(server, client)[0]?.side).toBe(1);
  expect(around.icmpFor(client, client)).toEqual([]);
});

test('turn-udp-firefox-filterlosesfragment: what TURN carried lacks a fragment', async () => {
  const around = await ofSample('turn-udp-firefox-filterlosesfragment.offerer.pcap');
  const client = { address: '10.9.0.2', port: 43445 };
  const peer = { address: '10.9.0.1', port: 49207 };
  expect(around.incompleteFragments(client, peer)).toMatchObject([{ packet: 11, side: 1, ofCarrier: true }]);
  expect(around.captures).toMatchObject([{ firstFragmentAlone: 1 }]);
});

test('two capture points of one path: what both saw is told once', async () => {
  const [one, other] = ['offerer', 'answerer'].map((end) => `ice-restart-same-dtls-firefox-dtls12.${end}.pcap`);
  if (!one || !other) throw new Error('no files');
  const around = await ofSample(one, other);
  const offerer = { address: '10.9.0.2', port: 47228 };
  const answerer = { address: '10.9.1.2', port: 37709 };
  expect(around.tupleFacts(offerer, answerer)?.stun?.flows.request.map((flow) => flow?.datagrams)).toEqual([1, 1]);
  expect(around.icmpFor(offerer, answerer).map(({ capture, packet, side }) => [capture, packet, side])).toEqual([
    [0, 44, 1],
  ]);
});

test('damage is known by packet', async () => {
  const right = udp4(FROM_A, FROM_B, PAYLOAD);
  const wrong = right.map((byte, i) => (i === right.length - 1 ? byte ^ 1 : byte));
  const around = trace(await aroundOf([right, right, wrong]));
  expect(around.damaged).toEqual([{ capture: 0, packet: 3, timeMs: 2000, source: A, destination: B }]);
  expect([around.isDamaged(0, 3), around.isDamaged(0, 2), around.isDamaged(1, 3)]).toEqual([true, false, false]);
});

test('what was left out is said', async () => {
  const storm = Array.from({ length: 6000 }, (_, i) => udp4(`192.0.2.9:${1024 + i}`, '192.0.2.53:53', RTP));
  const [note, ...rest] = trace(await aroundOf(storm)).notes;
  expect(note).toMatch(/^There are so many UDP conversations that \d+ of them were left out of the diagnosis\.$/);
  expect(rest).toEqual([]);
  expect(trace(await aroundOf([udp4(FROM_A, FROM_B, RTP)])).notes).toEqual([]);
});

test('a trace without captures has no surroundings', () => {
  expect(NO_SURROUNDINGS.tupleFacts(A, B)).toBeNull();
  expect(NO_SURROUNDINGS.icmpFor(A, B)).toEqual([]);
  expect(NO_SURROUNDINGS.incompleteFragments(A, B)).toEqual([]);
  expect(NO_SURROUNDINGS.tcpBetween(A.address, B.address)).toEqual([]);
  expect([NO_SURROUNDINGS.captures, NO_SURROUNDINGS.notes, NO_SURROUNDINGS.tuples()]).toEqual([[], [], []]);
});
