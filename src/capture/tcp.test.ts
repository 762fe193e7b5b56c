import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import {
  attribute,
  CLIENT,
  Collected,
  channelData,
  framed,
  inFile,
  PEER,
  PEER_ATTRIBUTE,
  packetOf,
  record,
  SERVER,
  stunMessage,
  unified,
} from './carriers.test.helper.ts';

const SYN = 2;
const check = stunMessage(0x0001, attribute(0x0006, new Uint8Array(9)));
const START = 0xffffff00;

interface Segment {
  readonly from: number;
  readonly bytes: Uint8Array;
  readonly missing?: number;
}

/** Cuts a stream at the given positions. */
function segments(stream: Uint8Array, cuts: readonly number[]): Segment[] {
  const at = [...new Set([0, ...cuts.map((cut) => cut % stream.length), stream.length])].toSorted((a, b) => a - b);
  return at.slice(1).map((to, i) => ({ from: at[i] ?? 0, bytes: stream.subarray(at[i], to) }));
}

/** Sends segments as packets 2, 3, … of a file that is made up on the way. */
function sent(list: readonly Segment[], { syn = true } = {}) {
  const collected = new Collected();
  const file = new Uint8Array(10_000 * (list.length + 3));
  if (syn) collected.carriers.tcp(packetOf(new Uint8Array(), { sequence: START - 1, flags: SYN }));
  list.forEach(({ from, bytes, missing = 0 }, i) => {
    const segment = packetOf(bytes, { packet: i + 2, sequence: (START + from) >>> 0, missing });
    file.set(segment.frame, segment.frameOffset);
    collected.carriers.tcp(segment);
    // The bytes hold only during the call.
    segment.frame.fill(0);
  });
  collected.carriers.end();
  return { dtls: collected.dtls, file };
}

const iceTcp = [check, record(33), unified(300), unified(21), concat(record(7), unified(40)), record(900)];
const iceStream = concat(...iceTcp.map(framed));
const turn = [
  stunMessage(0x0016, PEER_ATTRIBUTE, attribute(0x0013, record(33))),
  channelData(0x4000, record(50)),
  channelData(0x4000, unified(51)),
  stunMessage(0x0016, PEER_ATTRIBUTE, attribute(0x0013, unified(60))),
];
const turnStream = concat(...turn);

describe('RFC 4571', () => {
  test('STUN, DTLS 1.2 and 1.3 in frames of their own', () => {
    const { dtls } = sent([{ from: 0, bytes: iceStream }]);
    expect(dtls.map(({ payload }) => payload)).toEqual(iceTcp.slice(1));
    expect(dtls[0]).toMatchObject({ source: CLIENT, destination: SERVER, carriers: ['TCP', 'RFC 4571'], packet: 2 });
  });

  test('any segmentation, order and repetition gives the same frames, and every byte has its place', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, cuts, fc.infiniteStream(fc.nat({ max: 3 })), (once, again, shifts) => {
        const mixed = [...segments(iceStream, once), ...segments(iceStream, again)]
          .map((segment, i) => ({ segment, place: i + 4 * (shifts.next().value ?? 0) }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ segment }) => segment);
        const { dtls, file } = sent(mixed);
        expect(dtls.map(({ payload }) => payload)).toEqual(iceTcp.slice(1));
        for (const datagram of dtls) expect(inFile(datagram, file)).toEqual(datagram.payload);
      }),
    );
  });

  test('a capture that begins in the middle of a frame finds the next', () => {
    const late = iceStream.subarray(20);
    const { dtls } = sent([{ from: 20, bytes: late }], { syn: false });
    expect(dtls.map(({ payload }) => payload)).toEqual(iceTcp.slice(1));
  });

  test('a lost segment costs the frames it touches and no more', () => {
    const frames = [...iceTcp, record(10), record(11)].map(framed);
    let at = 0;
    const list = frames.map((bytes) => {
      const from = at;
      at += bytes.length;
      return { from, bytes };
    });
    const { dtls } = sent(list.toSpliced(3, 1));
    expect(dtls.map(({ payload }) => payload.length)).toEqual([46, 305, 65, 913, 23, 24]);
  });

  test('frames that the snaplen cut are told with what is missing, and do not cost the place', () => {
    const frames = iceTcp.map(framed);
    let at = 0;
    const list = frames.map((bytes) => {
      const from = at;
      at += bytes.length;
      return { from, bytes: bytes.subarray(0, 60), missing: Math.max(0, bytes.length - 60) };
    });
    const { dtls } = sent(list);
    expect(dtls.map(({ payload, missing }) => [payload.length, missing])).toEqual([
      [46, 0],
      [58, 247],
      [26, 0],
      [58, 7],
      [58, 855],
    ]);
  });

  test('something else may come first: a proxy greeting, for one', () => {
    const greeting = new TextEncoder().encode('CONNECT 192.0.2.2:443 HTTP/1.1\r\nHost: 192.0.2.2\r\n\r\n');
    expect(sent([{ from: 0, bytes: concat(greeting, iceStream) }]).dtls).toHaveLength(5);
  });

  test('what one direction proves the other need not', () => {
    const collected = new Collected();
    collected.carriers.tcp(packetOf(framed(check), { sequence: 5 }));
    // No length in the header: alone it would prove nothing.
    const odd = Uint8Array.of(0x2b, 0, 17, 1, 2, 3);
    collected.carriers.tcp(packetOf(framed(odd), { source: SERVER, destination: CLIENT, sequence: 9 }));
    expect(collected.dtls.map(({ payload }) => payload)).toEqual([odd]);
  });

  test('the same ports again with a SYN are another connection', () => {
    const collected = new Collected();
    for (const sequence of [1000, 900]) {
      collected.carriers.tcp(packetOf(new Uint8Array(), { sequence, flags: SYN }));
      collected.carriers.tcp(packetOf(framed(record(5)), { sequence: sequence + 1 }));
    }
    expect(collected.dtls).toHaveLength(2);
  });
});

describe('TURN over TCP (RFC 8656 §12.5)', () => {
  test('messages and padded ChannelData, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), (cuts) => {
        const { dtls, file } = sent(segments(turnStream, cuts));
        expect(dtls.map(({ payload }) => payload)).toEqual([record(33), record(50), unified(51), unified(60)]);
        expect(dtls[0]).toMatchObject({ destination: PEER, carriers: ['TCP', 'TURN Send indication'] });
        expect(dtls[1]).toMatchObject({ destination: SERVER, tag: 'channel 0x4000' });
        for (const datagram of dtls) expect(inFile(datagram, file)).toEqual(datagram.payload);
      }),
    );
  });

  test('the packet of a datagram is the one that has its last byte, not that of the message around it', () => {
    const message = stunMessage(
      0x0016,
      PEER_ATTRIBUTE,
      attribute(0x0013, record(32)),
      attribute(0x8028, new Uint8Array(4)),
    );
    const { dtls } = sent(segments(message, [message.length - 6]));
    expect(dtls[0]).toMatchObject({ packet: 2, frameOffset: 20_000, pieces: [{ packet: 2 }] });
  });
});

describe('other protocols', () => {
  test('random bytes hold no frames, and are dropped', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1000, maxLength: 1448 }), { maxLength: 20 }), (chunks) => {
        let from = 0;
        const list = chunks.map((bytes) => {
          const segment = { from, bytes };
          from += bytes.length;
          return segment;
        });
        expect(sent(list).dtls).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test('frames after more than the first kilobytes of something else are not looked for', () => {
    expect(
      sent([0, 1, 2].map((i) => ({ from: 9000 * i, bytes: i < 2 ? new Uint8Array(9000) : iceStream }))).dtls,
    ).toEqual([]);
  });
});
