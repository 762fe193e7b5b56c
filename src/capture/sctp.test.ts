import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { be16, be32, CLIENT, Collected, hex, record, SERVER, sctpOf, udpOf } from './carriers.test.helper.ts';

const BEGIN = 2;
const END = 1;
const pad = (bytes: Uint8Array) => concat(bytes, new Uint8Array(-bytes.length & 3));

function data(tsn: number, flags: number, payload: Uint8Array, protocol = 47, stream = 0): Uint8Array {
  const head = concat(Uint8Array.of(0, flags), be16(16 + payload.length), be32(tsn), be16(stream), be16(0));
  return pad(concat(head, be32(protocol), payload));
}

/** `number` is the PPID of the first fragment, the FSN of the others. */
function iData(tsn: number, flags: number, message: number, number: number, payload: Uint8Array): Uint8Array {
  const head = concat(Uint8Array.of(64, flags), be16(20 + payload.length), be32(tsn), be16(0), be16(0));
  return pad(concat(head, be32(message), be32(number), payload));
}

/** Each packet is a list of chunks. */
function messages(...packets: readonly Uint8Array[][]) {
  const collected = new Collected();
  packets.forEach((chunks, i) => {
    collected.carriers.sctp(sctpOf(concat(...chunks), { packet: i + 1 }));
  });
  return collected.datagrams;
}

const whole = record(100);
const third = [whole.subarray(0, 40), whole.subarray(40, 80), whole.subarray(80)] as const;

describe('DATA (RFC 9260 §3.3.1)', () => {
  test('a user message in one chunk is a datagram', () => {
    const [found] = messages([data(1, BEGIN | END, whole)]);
    expect(found).toMatchObject({ source: CLIENT, destination: SERVER, carriers: ['SCTP'], missing: 0, packet: 1 });
    expect(found?.payload).toEqual(whole);
    expect(found?.pieces).toEqual([{ packet: 1, from: 0, fileOffset: 10_019, length: 113 }]);
  });

  test('several chunks in a packet, several records in a message, other chunks between', () => {
    const two = concat(record(3), record(4));
    const sack = hex('0300 0010 00000001 0001a000 00000000');
    const found = messages([data(1, 3, record(1)), sack, data(2, 3, two, 47, 5)]);
    expect(found.map(({ payload }) => payload)).toEqual([record(1), two]);
  });

  test('fragments in any order; the packet that completes the message is its packet', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.nat({ max: 2 }), (order, start) => {
        // TSNs wrap.
        const tsn = (0xffffffff + start) >>> 0;
        const chunks = third.map((part, i) => data((tsn + i) >>> 0, i === 0 ? BEGIN : i === 2 ? END : 0, part));
        const found = messages(...order.map((i) => [chunks[i] ?? new Uint8Array()]));
        expect(found).toHaveLength(1);
        expect(found[0]?.payload).toEqual(whole);
        expect(found[0]?.packet).toBe(3);
        expect(found[0]?.pieces.map(({ packet }) => packet)).toEqual([0, 1, 2].map((i) => order.indexOf(i) + 1));
      }),
    );
  });

  test('a retransmitted chunk is not a second datagram', () => {
    expect(messages([data(7, 3, whole)], [data(7, 3, whole)])).toHaveLength(1);
    expect(messages([data(7, BEGIN, third[0])], [data(7, BEGIN, third[0])], [data(8, END, third[1])])).toHaveLength(1);
  });

  test('neighbours are not fragments of one another', () => {
    expect(messages([data(1, 3, record(1))], [data(2, BEGIN, third[0])], [data(3, 3, record(2))])).toHaveLength(2);
  });

  test('PPID 0 needs the shape of DTLS, PPID 47 only its first byte', () => {
    const odd = hex('2b0011aabb');
    expect(messages([data(1, 3, whole, 0)], [data(2, 3, odd, 0)], [data(3, 3, odd, 47)])).toHaveLength(2);
    expect(messages([data(1, 3, hex('0100003c'), 46)])).toEqual([]);
  });

  test('what the snaplen cut is missing', () => {
    const chunk = data(1, 3, whole);
    const collected = new Collected();
    collected.carriers.sctp(sctpOf(chunk.subarray(0, 50), { missing: chunk.length - 50 }));
    expect(collected.datagrams[0]).toMatchObject({ missing: 113 - 34 });
  });
});

describe('I-DATA (RFC 8260 §2.1)', () => {
  test('messages of two streams, interleaved and out of order', () => {
    const found = messages(
      [iData(2, 0, 0, 1, third[1]), iData(1, BEGIN, 0, 47, third[0])],
      [iData(4, 3, 1, 47, record(9))],
      [iData(3, END, 0, 2, third[2])],
    );
    expect(found.map(({ payload }) => payload)).toEqual([record(9), whole]);
  });
});

describe('inside UDP (RFC 6951)', () => {
  test('the SCTP ports are the endpoints', () => {
    const collected = new Collected();
    const header = hex('8000 16ec 11223344 00000000');
    const ends = { source: { ...CLIENT, port: 9899 }, destination: { ...SERVER, port: 9899 } };
    collected.carriers.udp(udpOf(concat(header, data(1, 3, whole)), ends));
    expect(collected.dtls).toMatchObject([
      { source: { port: 0x8000 }, destination: { port: 5868 }, carriers: ['UDP', 'SCTP'], payload: whole },
    ]);
  });

  test('DTLS on that port stays DTLS', () => {
    const collected = new Collected();
    const datagram = udpOf(whole, { source: { ...CLIENT, port: 9899 } });
    collected.carriers.udp(datagram);
    expect(collected.dtls).toEqual([datagram]);
  });
});
