/**
 * Captures that somebody made to keep an analyser busy: one thing, thousands of times. Real handshakes of the collection
 * go before where the shape needs one. Used by scripts/scaling.mjs at full size and by test/hostile-analysis.test.ts small.
 */
import type { CaptureSource, Endpoint } from '../src/capture/datagram.ts';
import { textOf } from './captures.ts';
import { captureOf, datagramsOf, type EditedDatagram } from './edited-capture.ts';
import { bytesOf, fragment, hello, helloVerify, message, record, TYPE } from './hostile-records.ts';

export interface Shape {
  readonly name: string;
  /** Size at which scripts/scaling.mjs measures last. */
  readonly full: number;
  make(n: number): Promise<HostileInput>;
}

export interface HostileInput {
  readonly captures: readonly CaptureSource[];
  readonly keys: string | null;
}

const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const LOSSY = 'openssl-loss-final-flight-x3.client.pcap';
const V13 = 'wolfssl13-clean-aes128gcm.pcap';

const CLIENT: Endpoint = { address: '192.0.2.1', port: 40_000 };
const SERVER: Endpoint = { address: '192.0.2.2', port: 5684 };

type Direction = Pick<EditedDatagram, 'source' | 'destination'>;
const UP: Direction = { source: CLIENT, destination: SERVER };
const DOWN: Direction = { source: SERVER, destination: CLIENT };

const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const NOTHING = new Uint8Array(0);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const single = (datagrams: readonly EditedDatagram[], keys: string | null = null): HostileInput => ({
  captures: [captureOf(datagrams, 'hostile.pcap')],
  keys,
});

/** A handshake of the collection between the two endpoints of this file, and what follows it. */
async function after(file: string, follow: (startMs: number) => EditedDatagram[], keep = Number.POSITIVE_INFINITY) {
  const base = (await datagramsOf(file)).slice(0, keep);
  const port = base[0]?.source.port;
  const moved = base.map((d) => ({ ...d, ...(d.source.port === port ? UP : DOWN) }));
  return [...moved, ...follow((moved.at(-1)?.timeMs ?? 0) + 1)];
}

/** The handshake of a file, of many clients. */
async function clients(file: string, n: number): Promise<EditedDatagram[]> {
  const base = await datagramsOf(file);
  const port = base[0]?.source.port;
  return list(n, (i) => {
    const client: Endpoint = {
      address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
      port: 1024 + (i % 60_000),
    };
    return base.map((d) => ({
      ...d,
      timeMs: d.timeMs + 20 * i,
      ...(d.source.port === port ? { source: client, destination: SERVER } : { source: SERVER, destination: client }),
    }));
  })
    .flat()
    .sort((a, b) => a.timeMs - b.timeMs);
}

/** One handshake after the other between the same hosts: `ports` of the client in turn, each time with other randoms. */
async function again(file: string, n: number, ports: number): Promise<EditedDatagram[]> {
  const base = await datagramsOf(file);
  const port = base[0]?.source.port;
  return list(n, (i) => {
    const client: Endpoint = { ...CLIENT, port: CLIENT.port + (i % ports) };
    return base.map((d) => {
      const payload = d.payload.slice();
      // A ClientHello or ServerHello that begins a datagram: its random.
      if (payload[0] === TYPE.handshake && (payload[13] ?? 9) <= 2) payload.set(bytesOf(8, i), 29);
      const direction =
        d.source.port === port ? { source: client, destination: SERVER } : { source: SERVER, destination: client };
      return { timeMs: d.timeMs + 1000 * i, ...direction, payload };
    });
  }).flat();
}

/** Numbers below `n` in a fixed order that looks random. */
const scattered = (n: number): number[] => list(n, (i) => (i * 7919 + 13) % n);

const protectedRecord = (sequenceNumber: number, type: number = TYPE.data) =>
  record(type, 1, sequenceNumber, bytesOf(40, sequenceNumber));

export const SHAPES: readonly Shape[] = [
  {
    name: 'one ClientHello repeated',
    full: 40_000,
    make: async (n) => single(list(n, (i) => ({ timeMs: 10 * i, ...UP, payload: hello(i, 1) }))),
  },
  {
    name: 'one ClientHello repeated, with gaps',
    full: 40_000,
    make: async (n) => single(list(n, (i) => ({ timeMs: 10 * i, ...UP, payload: hello(2 * i, 1) }))),
  },
  {
    name: 'ClientHello and HelloVerifyRequest',
    full: 20_000,
    make: async (n) =>
      single(
        list(n, (i): EditedDatagram[] => [
          { timeMs: 10 * i, ...UP, payload: hello(i, 1) },
          { timeMs: 10 * i + 1, ...DOWN, payload: helloVerify(i, bytesOf(16, i)) },
        ]).flat(),
      ),
  },
  {
    name: 'cookies returned and refused',
    full: 20_000,
    make: async (n) =>
      single(
        list(n, (i): EditedDatagram[] => [
          { timeMs: 10 * i, ...UP, payload: hello(i, 1, Math.min(i, 1), bytesOf(i && 16, i)) },
          { timeMs: 10 * i + 1, ...DOWN, payload: helloVerify(i, bytesOf(16, i + 1)) },
        ]).flat(),
      ),
  },
  {
    name: 'new ClientHellos on one quartet',
    full: 10_000,
    make: async (n) => single(list(n, (i) => ({ timeMs: 10 * i, ...UP, payload: hello(0, i) }))),
  },
  {
    name: 'new ClientHellos after a handshake',
    full: 10_000,
    make: async (n) =>
      single(await after(CLEAN, (t) => list(n, (i) => ({ timeMs: t + 10 * i, ...UP, payload: hello(i, i) })))),
  },
  { name: 'associations, clean', full: 10_000, make: async (n) => single(await clients(CLEAN, n)) },
  { name: 'associations, lossy', full: 10_000, make: async (n) => single(await clients(LOSSY, n)) },
  {
    name: 'associations one after the other on one quartet',
    full: 5_000,
    make: async (n) => single(await again(CLEAN, n, 1)),
  },
  { name: 'associations of one client', full: 10_000, make: async (n) => single(await again(CLEAN, n, 20_000)) },
  {
    name: 'resumptions of one session',
    full: 5_000,
    make: async (n) => single(await again('openssl-resume-ticket.pcap', n, 20_000)),
  },
  { name: 'associations, 1.3', full: 5_000, make: async (n) => single(await clients(V13, n)) },
  {
    name: 'sequence gaps',
    full: 40_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({ timeMs: t + i, ...(i % 2 ? UP : DOWN), payload: protectedRecord(10 + 2 * i) })),
        ),
      ),
  },
  {
    name: 'sequence gaps among fragments',
    full: 20_000,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(n, (i) => ({
          timeMs: 1 + i,
          ...DOWN,
          payload: record(TYPE.handshake, 0, 2 * i, fragment(11, 1, 3 * n, 3 * i, bytesOf(2, i))),
        })),
      ]),
  },
  ...(['in order', 'backwards', 'scattered'] as const).map(
    (order): Shape => ({
      name: `fragments of one message, ${order}`,
      full: 20_000,
      make: async (n) => {
        const places = order === 'scattered' ? scattered(n) : list(n, (i) => (order === 'in order' ? i : n - 1 - i));
        return single([
          { timeMs: 0, ...UP, payload: hello(0, 1) },
          ...places.map((at, i) => ({
            timeMs: 1 + i,
            ...DOWN,
            payload: record(TYPE.handshake, 0, i, fragment(11, 1, n, at, bytesOf(1, at))),
          })),
        ]);
      },
    }),
  ),
  {
    name: 'fragments of one message that overlap and differ',
    full: 20_000,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(n, (i) => ({
          timeMs: 1 + i,
          ...DOWN,
          payload: record(TYPE.handshake, 0, i, fragment(11, 1, 60_000, (i * 7) % 50_000, bytesOf(30, i))),
        })),
      ]),
  },
  {
    name: 'one fragment repeated',
    full: 20_000,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(n, (i) => ({
          timeMs: 1 + i,
          ...DOWN,
          payload: record(TYPE.handshake, 0, i, fragment(11, 1, 500, 100, bytesOf(100, 1))),
        })),
      ]),
  },
  {
    name: 'messages with distinct message_seq',
    full: 5_000,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(n, (i) => ({
          timeMs: 1 + i,
          ...(i % 3 ? DOWN : UP),
          payload: record(TYPE.handshake, 0, 1 + i, message([11, 12, 14, 16][i % 4] ?? 11, 1 + i, bytesOf(20, i))),
        })),
      ]),
  },
  {
    name: 'messages on distinct message_seq, all repeated',
    full: 5_000,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(2 * n, (i) => ({
          timeMs: 1 + i,
          ...DOWN,
          payload: record(TYPE.handshake, 0, 1 + i, message(11, 1 + (i % n), bytesOf(20, i % n))),
        })),
      ]),
  },
  {
    name: 'a hundred empty messages in each record, all repeated',
    full: 1_200,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(n, (i) => ({
          timeMs: 1 + i,
          ...DOWN,
          payload: record(
            TYPE.handshake,
            0,
            1 + i,
            joined(list(100, (k) => message(14, (100 * i + k) % (50 * n), NOTHING))),
          ),
        })),
      ]),
  },
  {
    name: 'one message in ever other pieces',
    full: 20_000,
    make: async (n) => {
      const body = bytesOf(4000, 1);
      const pieces = list(n, (i) => ({ from: (i * 37) % 3900, to: 100 + ((i * 37) % 3900) - (i % 61) }));
      return single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        { timeMs: 1, ...DOWN, payload: record(TYPE.handshake, 0, 0, message(11, 1, body)) },
        ...pieces.map(({ from, to }, i) => ({
          timeMs: 2 + i,
          ...DOWN,
          payload: record(TYPE.handshake, 0, 1 + i, fragment(11, 1, body.length, from, body.subarray(from, to))),
        })),
      ]);
    },
  },
  {
    name: 'flights of both sides repeated in turns',
    full: 10_000,
    make: async (n) => {
      const base = await datagramsOf(CLEAN);
      const port = base[0]?.source.port;
      const turn = base.slice(2, 12).map((d) => ({ ...d, ...(d.source.port === port ? UP : DOWN) }));
      return single(
        await after(CLEAN, (t) =>
          list(n, (i) => {
            const d = turn[i % turn.length];
            if (!d) throw new Error('empty');
            const payload = d.payload.slice();
            new DataView(payload.buffer).setUint32(7, 100 + i);
            return { ...d, timeMs: t + 10 * i, payload };
          }),
        ),
      );
    },
  },
  {
    name: 'a flight with a hole, repeated and answered each time',
    full: 10_000,
    make: async (n) => {
      const base = await datagramsOf('openssl-bigchain-mtu512.pcap');
      const port = base[0]?.source.port;
      const turn = base
        .slice(3, -2)
        .filter((_, i) => i !== 2)
        .map((d) => ({ ...d, ...(d.source.port === port ? UP : DOWN) }));
      const start = base.slice(0, 3).map((d) => ({ ...d, ...(d.source.port === port ? UP : DOWN) }));
      const again = list(n, (i) => {
        const d = turn[i % turn.length];
        if (!d) throw new Error('empty');
        const payload = d.payload.slice();
        // Numbers with gaps, as if some of each transmission were not captured.
        if (payload[4] === 0) new DataView(payload.buffer).setUint32(7, 100 + 2 * i);
        return { ...d, timeMs: 1000 + 10 * i, payload };
      });
      return single([...start, ...again]);
    },
  },
  {
    name: 'one record each of many associations',
    full: 40_000,
    make: async (n) =>
      single(
        list(n, (i) => ({
          timeMs: i,
          source: { address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, port: 1024 + (i % 60_000) },
          destination: SERVER,
          payload: hello(0, i),
        })),
      ),
  },
  {
    name: 'messages of one message_seq, each of another length',
    full: 20_000,
    make: async (n) =>
      single([
        { timeMs: 0, ...UP, payload: hello(0, 1) },
        ...list(n, (i) => ({
          timeMs: 1 + i,
          ...DOWN,
          payload: record(TYPE.handshake, 0, i, fragment(11, 1, 1000 + i, 0, bytesOf(20, i))),
        })),
      ]),
  },
  ...(['one client random', 'as many client randoms'] as const).map(
    (of): Shape => ({
      name: `key log lines of ${of}`,
      full: 400_000,
      make: async (n) => {
        const { captures } = single(await after(CLEAN, () => []));
        const random = (i: number) => i.toString(16).padStart(64, '0');
        const lines = list(
          n,
          (i) => `CLIENT_RANDOM ${random(of === 'one client random' ? 0 : i)} ${i.toString(16).padStart(96, '0')}\n`,
        );
        return { captures, keys: lines.join('') };
      },
    }),
  ),
  {
    name: 'closed records of handshakes without ClientHello, and a long key log',
    full: 20_000,
    make: async (n) => {
      const base = await datagramsOf(CLEAN);
      const port = base[0]?.source.port;
      const head = base
        .filter((d) => d.source.port !== port)
        .slice(1, 4)
        .map((d) => ({ ...d, ...DOWN }));
      const lines = list(
        1024,
        (i) => `CLIENT_RANDOM ${i.toString(16).padStart(64, '0')} ${i.toString(16).padStart(96, '0')}\n`,
      );
      const closed = list(n, (i) => ({ timeMs: 100 + i, ...DOWN, payload: protectedRecord(i) }));
      return single([...head, ...closed], lines.join(''));
    },
  },
  ...([false, true] as const).map(
    (keys): Shape => ({
      name: `application data, half of it copied and out of order${keys ? ', keys' : ''}`,
      full: 50_000,
      make: async (n) =>
        single(
          await after(CLEAN, (t) =>
            list(n, (i) => {
              const number = i % 4 === 1 ? i - 1 : i % 4 === 2 ? i + 20 : i;
              return { timeMs: t + i, ...(i % 2 ? UP : DOWN), payload: protectedRecord(10 + number) };
            }),
          ),
          keys ? textOf(CLEAN.replace('.pcap', '.keys')) : null,
        ),
    }),
  ),
  {
    name: 'application data copied long after',
    full: 40_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({ timeMs: t + 1000 * i, ...UP, payload: protectedRecord(10 + (i % (n >> 1))) })),
        ),
      ),
  },
  {
    name: 'one record copied',
    full: 40_000,
    make: async (n) =>
      single(await after(CLEAN, (t) => list(n, (i) => ({ timeMs: t + i, ...UP, payload: protectedRecord(10) })))),
  },
  {
    name: 'alerts in the clear',
    full: 20_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({
            timeMs: t + i,
            ...(i % 3 ? UP : DOWN),
            payload: record(TYPE.alert, 0, 50 + i, Uint8Array.of(1 + (i % 2), i % 120)),
          })),
        ),
      ),
  },
  {
    name: 'alerts before the end of a handshake',
    full: 20_000,
    make: async (n) =>
      single(
        await after(
          CLEAN,
          (t) =>
            list(n, (i) => ({
              timeMs: t + i,
              ...(i % 3 ? UP : DOWN),
              payload: record(TYPE.alert, 0, 50 + i, Uint8Array.of(1, i % 120)),
            })),
          5,
        ),
      ),
  },
  {
    name: 'protected handshake records and alerts',
    full: 20_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({
            timeMs: t + 10 * i,
            ...(i % 2 ? UP : DOWN),
            payload: protectedRecord(50 + i, i % 5 ? TYPE.handshake : TYPE.alert),
          })),
        ),
      ),
  },
  {
    name: 'ChangeCipherSpec and new epochs',
    full: 20_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({
            timeMs: t + 10 * i,
            ...UP,
            payload:
              i % 2
                ? record(TYPE.handshake, 2 + (i >> 1), 0, bytesOf(40, i))
                : record(TYPE.ccs, 1 + (i >> 1), i, Uint8Array.of(1)),
          })),
        ),
      ),
  },
  {
    name: '1.3 ACKs of 30 records',
    full: 10_000,
    make: async (n) =>
      single(
        await after(V13, (t) =>
          list(n, (i) => {
            const body = new Uint8Array(2 + 480);
            const view = new DataView(body.buffer);
            view.setUint16(0, 480);
            for (let k = 0; k < 30; k++) {
              view.setUint32(2 + 16 * k + 4, k % 4);
              view.setUint32(2 + 16 * k + 12, (i + k) % 50);
            }
            return { timeMs: t + i, ...(i % 2 ? UP : DOWN), payload: record(TYPE.ack, 0, 20 + i, body) };
          }),
        ),
      ),
  },
  ...([false, true] as const).map(
    (keys): Shape => ({
      name: `1.3 records that nobody can open${keys ? ', keys' : ''}`,
      full: 40_000,
      make: async (n) =>
        single(
          await after(V13, (t) =>
            list(n, (i) => ({
              timeMs: t + i,
              ...(i % 2 ? UP : DOWN),
              payload: Uint8Array.of(0x2c | (i % 4), (i >> 8) & 0xff, i & 0xff, 0, 40, ...bytesOf(40, i)),
            })),
          ),
          keys ? textOf(V13.replace('.pcap', '.keys')) : null,
        ),
    }),
  ),
  {
    name: 'a client that moves with each record',
    full: 10_000,
    make: async (n) => {
      const base = await datagramsOf('wolfssl13-cid-4-8.pcap');
      const port = base[0]?.source.port;
      const sent = base.findLast((d) => d.source.port === port);
      if (!sent) throw new Error('nothing sent');
      const end = base.at(-1)?.timeMs ?? 0;
      return single([
        ...base,
        ...list(n, (i) => ({
          ...sent,
          timeMs: end + 10 * i,
          source: { ...sent.source, port: 1024 + (i % 60_000) },
        })),
      ]);
    },
  },
  {
    name: 'HelloRequests',
    full: 20_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({
            timeMs: t + 1000 * i,
            ...DOWN,
            payload: record(TYPE.handshake, 0, 50 + i, message(0, 0, new Uint8Array(0))),
          })),
        ),
      ),
  },
  {
    name: 'records that are cut or mean nothing',
    full: 40_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => ({
            timeMs: t + i,
            ...(i % 2 ? UP : DOWN),
            payload: record(TYPE.handshake, 0, 50 + i, bytesOf(i % 12, i)),
          })),
        ),
      ),
  },
  {
    name: 'STUN on one tuple',
    full: 100_000,
    make: async (n) =>
      single(
        await after(CLEAN, (t) =>
          list(n, (i) => {
            const payload = new Uint8Array(20);
            const view = new DataView(payload.buffer);
            view.setUint16(0, i % 3 === 2 ? 0x0101 : 0x0001);
            view.setUint32(4, 0x2112a442);
            view.setUint32(16, i);
            return { timeMs: t + i, ...(i % 2 ? UP : DOWN), payload };
          }),
        ),
      ),
  },
  ...(['20 % lost', 'all alike', 'out of order'] as const).map(
    (how): Shape => ({
      name: `two points, ${how}`,
      full: how === 'all alike' ? 20_000 : 50_000,
      make: async (n) => {
        const all = await after(CLEAN, (t) =>
          list(n, (i) => ({
            timeMs: t + 2 * i,
            ...(i % 2 ? UP : DOWN),
            payload: protectedRecord(how === 'all alike' ? 10 : 10 + i),
          })),
        );
        const far = all
          .filter((_, i) => how !== '20 % lost' || i < 12 || i % 5 !== 0)
          .map((d, i) => ({
            ...d,
            timeMs: d.timeMs + (d.source === CLIENT ? 5 : -5) + (how === 'out of order' ? (i % 17) * 3 : 0),
          }))
          .sort((a, b) => a.timeMs - b.timeMs);
        return { captures: [captureOf(all, 'client.pcap'), captureOf(far, 'server.pcap')], keys: null };
      },
    }),
  ),
];
