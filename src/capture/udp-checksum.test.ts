import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aroundOf, udp4 } from './around.test.helper.ts';
import { ip4, PAYLOAD, pcap, read, sample } from './capture.test.helper.ts';

const A = '192.0.2.1:40000';
const B = '192.0.2.2:4433';

const right = udp4(A, B, PAYLOAD);
/** One bit of the payload turned over. */
const damaged = right.map((byte, i) => (i === right.length - 1 ? byte ^ 4 : byte));
const damagedPackets = async (...packets: readonly Uint8Array[]) =>
  (await aroundOf(packets)).damaged.map(({ packet }) => packet);

test('a damaged datagram among whole ones is found', async () => {
  const around = await aroundOf([right, right, damaged, right]);
  expect(around.damaged).toEqual([
    {
      packet: 3,
      timeNs: 1_002_000_005_000n,
      source: { address: '192.0.2.1', port: 40000 },
      destination: { address: '192.0.2.2', port: 4433 },
    },
  ]);
});

test('where no more are right than wrong nothing is certain', async () => {
  expect(await damagedPackets(right, damaged)).toEqual([]);
  expect(await damagedPackets(damaged)).toEqual([]);
});

test('each sender is judged by itself', async () => {
  const answer = udp4(B, A, PAYLOAD);
  expect(await damagedPackets(answer, answer, answer, damaged)).toEqual([]);
});

test('a checksum that is left out, or left to the network card, is no damage', async () => {
  const pseudoHeader = 0xc000 + 0x0201 + 0xc000 + 0x0202 + 17 + 8 + PAYLOAD.length;
  const partial = (pseudoHeader & 0xffff) + (pseudoHeader >>> 16);
  expect(await damagedPackets(right, right, udp4(A, B, PAYLOAD, 0), udp4(A, B, PAYLOAD, partial))).toEqual([]);
});

test('what the snaplen cut cannot be checked', async () => {
  const cut = right.subarray(0, right.length - 3);
  const { facts } = await read(pcap([cut, cut, cut], { linkType: 101, originalLength: right.length }));
  expect(facts.surroundings.damaged).toEqual([]);
});

test('of joined fragments the whole is checked', async () => {
  const whole = udp4(A, B, new Uint8Array(200).fill(22)).subarray(20);
  const wrong = whole.map((byte, i) => (i === 150 ? 0 : byte));
  const fragments = (bytes: Uint8Array, id: number) => [
    ip4(bytes.subarray(0, 104), { id, more: true }),
    ip4(bytes.subarray(104), { id, offset: 104 }),
  ];
  expect(await damagedPackets(...fragments(whole, 1), ...fragments(whole, 2), ...fragments(wrong, 3))).toEqual([6]);
});

test('what cannot be DTLS is not looked at', async () => {
  const rtp = udp4(A, B, Uint8Array.of(0x80, 0, 0, 0), 0x1234);
  expect(await damagedPackets(right, right, rtp)).toEqual([]);
});

test('any payload has a right checksum, and one bit turned over is noticed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), async (bytes, bit) => {
      const packet = udp4(A, B, Uint8Array.of(22, ...bytes));
      const at = 29 + (bit % bytes.length);
      const wrong = packet.map((byte, i) => (i === at ? byte ^ (1 << (bit % 8)) : byte));
      expect(await damagedPackets(packet, packet, packet, wrong)).toEqual([4]);
    }),
    // One payload in some 60 000 has the very sum that is left for a network card to complete: it tells nothing.
    { numRuns: 50, seed: 1 },
  );
});

test('a real capture: nothing is wrong with it, until a byte is changed', async () => {
  const bytes = sample('ipfrag-v6-atomic-dtls13.pcap');
  const { facts, datagrams } = await read(bytes);
  expect(facts.surroundings.damaged).toEqual([]);
  const victim = datagrams[7];
  const at = victim?.pieces[0].fileOffset ?? 0;
  const edited = bytes.map((byte, i) => (i === at + 20 ? byte ^ 0xff : byte));
  const { facts: after } = await read(edited);
  expect(after.surroundings.damaged.map(({ packet }) => packet)).toEqual([victim?.packet]);
});

test('only so many senders are remembered', async () => {
  const from = (sender: number): `${string}:${number}` => `10.1.${sender >> 8}.${sender & 255}:40000`;
  const senders = Array.from({ length: 5000 }, (_, sender) => udp4(from(sender), B, PAYLOAD));
  const wrong = (sender: number) => (senders[sender] ?? right).map((byte, i) => (i === right.length - 1 ? 0 : byte));
  expect(await damagedPackets(...senders, ...senders, wrong(1), wrong(4999))).toEqual([10_001]);
});
