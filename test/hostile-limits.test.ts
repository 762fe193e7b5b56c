/** Where input can make something grow there is a limit, and a sentence when it is reached; the rest is still shown. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Keyring } from '../src/analysis/keyring.ts';
import { readTrace } from '../src/analysis/read-trace.ts';
import { Session } from '../src/analysis/session.ts';
import { TrialBudget } from '../src/analysis/trial-budget.ts';
import { recognise } from '../src/application/application.ts';
import type { Datagram, Endpoint } from '../src/capture/datagram.ts';
import { ListedDatagrams } from '../src/capture/datagram-list.ts';
import { type Fragment, Reassembly } from '../src/capture/fragments.ts';
import { Chunks, gunzip, TooDense } from '../src/capture/gunzip.ts';
import { isFailure, readCapture } from '../src/capture/open.ts';
import { ProblemList } from '../src/capture/problems.ts';
import { SctpAssociations } from '../src/capture/sctp.ts';
import { TcpConnections } from '../src/capture/tcp-connections.ts';
import { readText } from '../src/capture/text/text-capture.ts';
import { parseKeyLog } from '../src/crypto/keylog.ts';
import { MAX_PIECES, MessageAssembly } from '../src/dtls/reassembly.ts';
import { ByteReader } from '../src/wire/reader.ts';
import { concat } from '../src/wire/text.ts';
import { sourceOfBytes } from './captures.ts';
import { captureOf, type EditedDatagram } from './edited-capture.ts';
import { bytesOf, fragment, hello, record, TYPE } from './hostile-records.ts';

const CLIENT: Endpoint = { address: '192.0.2.1', port: 40_000 };
const SERVER: Endpoint = { address: '192.0.2.2', port: 5684 };
const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

async function opened(datagrams: readonly EditedDatagram[]): Promise<Session> {
  const session = new Session();
  await session.open([captureOf(datagrams)], { add: true });
  return session;
}

describe('what the capture room holds', () => {
  const carried = {
    capture: 0,
    timeNs: 0n,
    source: CLIENT,
    destination: SERVER,
    missing: 0,
    comments: [],
    carriers: [],
  };

  const ipFragment = (i: number): Fragment => ({
    key: `${i}`,
    bytes: new Uint8Array(8),
    from: 0,
    // Cut by the snaplen to nothing: it costs no bytes, and yet it costs.
    to: 0,
    wireLength: 8,
    offset: 8,
    more: true,
    seconds: 0,
    timeNs: 0n,
    packet: i + 1,
    pieces: [],
    recordOffset: 0,
  });

  test('of more IP fragments than wait at once the oldest are given up', () => {
    const problems = new ProblemList();
    let given = 0;
    const reassembly = new Reassembly(() => given++);
    for (let i = 0; i < 4096 + 10; i++) reassembly.add(ipFragment(i));
    expect(given).toBe(10);
    reassembly.report(problems);
    expect(problems.list.map(({ message }) => message).join()).toContain('the oldest 10 were given up');
  });

  test('fragments without bytes count as well', () => {
    let given = 0;
    const reassembly = new Reassembly(() => given++);
    for (let k = 0; k < 32; k++) for (let i = 0; i < 8000; i++) reassembly.add({ ...ipFragment(k), offset: 8 * i });
    expect(given).toBeGreaterThan(0);
  });

  test('SCTP messages that never end are forgotten, and the list of problems says so', () => {
    const problems = new ProblemList();
    const sctp = new SctpAssociations(() => {}, problems);
    for (let i = 0; i < 3000; i++) {
      // A fragment in the middle of a message: TSN by TSN, with gaps.
      const chunk = concat(Uint8Array.of(0, 0, 0, 17), u32(2 * i), new Uint8Array(8), Uint8Array.of(22, 0, 0, 0));
      sctp.add({
        ...carried,
        packet: i + 1,
        payload: chunk,
        payloadOffset: 0,
        frame: chunk,
        frameOffset: 0,
        verificationTag: 1,
      });
    }
    expect(problems.list.map(({ message }) => message)).toEqual([expect.stringContaining('SCTP messages')]);
  });

  test('TCP segments that wait cost as much as the frames they came in, in all connections together', () => {
    const problems = new ProblemList();
    const tcp = new TcpConnections(() => {}, problems);
    const frame = new Uint8Array(60_000);
    for (let i = 0; i < 3000; i++) {
      const source = { ...CLIENT, port: 1024 + (i % 1000) };
      const at = { ...carried, source, packet: i + 1, flags: 16, frame, frameOffset: 0, payloadOffset: 0 };
      if (i < 1000) tcp.add({ ...at, sequence: 0, flags: 2, payload: frame.subarray(0, 0) });
      else tcp.add({ ...at, sequence: 1000 + 10 * i, payload: frame.subarray(0, 1) });
    }
    tcp.end();
    expect(problems.list.map(({ message }) => message)).toEqual([expect.stringContaining('TCP streams')]);
  });

  test('what unpacks to very much more than it is, is not unpacked to its end', async () => {
    const packed = new Uint8Array(gzipSync(new Uint8Array(8 << 20)));
    async function* source() {
      yield packed;
    }
    let unpacked = 0;
    const read = async () => {
      for await (const chunk of gunzip(new Chunks(source()), 1 << 20)) unpacked += chunk.length;
    };
    await expect(read()).rejects.toThrow(TooDense);
    expect(unpacked).toBeLessThan(8 << 20);
  });

  test('an address in a text is made of letters that a terminal can show', () => {
    const found: Datagram[] = [];
    const text = `===\nFollow: udp,hex\nFilter: x\nNode 0: 127.0\u0085.0.1:5\nNode 1: 127.0.0.1:6\n00000000  16 fe fd 00 00 00 00 00  00 00 00 00 01 55        ........ .....U\n`;
    readText('x', new TextEncoder().encode(text), 0, { datagram: (d) => found.push(d), keyLog: () => {} });
    expect(JSON.stringify(found.map(({ source }) => source))).not.toContain('\u0085');
  });
});

describe('pcapng', () => {
  const n32 = (value: number) => u32(value).reverse();
  const block = (type: number, ...body: readonly Uint8Array[]) => {
    const inside = concat(...body);
    return concat(n32(type), n32(inside.length + 12), inside, n32(inside.length + 12));
  };
  const head = block(0x0a0d0d0a, n32(0x1a2b3c4d), Uint8Array.of(1, 0, 0, 0), new Uint8Array(8).fill(255));
  const port = block(1, n32(1), n32(0));
  const read = async (...blocks: readonly Uint8Array[]) => {
    const packets: (readonly string[])[] = [];
    const logs: string[] = [];
    const file = concat(head, port, ...blocks);
    const facts = await readCapture(sourceOfBytes('a.pcapng', file), 0, {
      datagram: () => {},
      keyLog: (text) => logs.push(text),
      packet: ({ comments }) => packets.push(comments),
    });
    return { packets, logs, problems: isFailure(facts) ? [] : facts.problems.map(({ message }) => message) };
  };

  test('more interfaces than any machine has are not kept', async () => {
    const { problems } = await read(...list(16_400, () => port));
    expect(problems).toEqual([expect.stringContaining('more than 16384 interfaces')]);
  });

  test('a packet with very many comments has the first of them', async () => {
    const comments = Uint8Array.from({ length: 8 * 200_000 }, (_, i) => [1, 0, 1, 0, 97, 0, 0, 0][i % 8] ?? 0);
    const { packets } = await read(block(6, n32(0), n32(0), n32(0), n32(4), n32(4), n32(0), comments));
    expect(packets).toEqual([list(100, () => 'a')]);
  });

  test('key logs inside are read up to so many', async () => {
    const { logs, problems } = await read(...list(10_010, () => block(10, n32(0x544c534b), n32(4), n32(0x0a0a0a0a))));
    expect(logs).toHaveLength(10_000);
    expect(problems).toEqual([expect.stringContaining('blocks of secrets')]);
  });
});

describe('associations', () => {
  const datagram = (i: number, port: number, payload: Uint8Array): Datagram => ({
    capture: 0,
    packet: i + 1,
    timeNs: BigInt(i) * 1_000_000n,
    source: { ...CLIENT, port },
    destination: SERVER,
    directed: true,
    carriers: [],
    tag: '',
    payload,
    missing: 0,
    pieces: [{ packet: i + 1, from: 0, fileOffset: 0, length: payload.length }],
    frame: payload,
    frameOffset: 0,
    comments: [],
  });
  const read = (datagrams: readonly Datagram[]) =>
    readTrace(new ListedDatagrams(datagrams), new Keyring({ logs: [], psks: [], rsaKeys: [] }), {
      ports: new Set(),
      mostAssociations: 10,
    });

  test('beyond the limit, those on new addresses are left out', () => {
    const { associations, remarks, dtlsDatagrams } = read(list(25, (i) => datagram(i, 1000 + i, hello(0, i))));
    expect(associations).toHaveLength(10);
    expect(dtlsDatagrams).toEqual([10]);
    expect(remarks).toEqual([expect.stringContaining('15 datagrams of others were left out')]);
  });

  test('and those on the same addresses are part of the one before', () => {
    const { associations, remarks } = read(list(25, (i) => datagram(i, 1000, hello(0, i))));
    expect(associations).toHaveLength(10);
    expect(remarks).toEqual([expect.stringContaining('15 records of later ones')]);
  });

  test('below it nothing is said', () => {
    expect(read(list(9, (i) => datagram(i, 1000 + i, hello(0, i)))).remarks).toEqual([]);
  });
});

describe('messages in fragments', () => {
  test('a message in more pieces than are kept is told as such, where it happens', async () => {
    const size = MAX_PIECES + 50;
    const session = await opened([
      { timeMs: 0, source: CLIENT, destination: SERVER, payload: hello(0, 1) },
      ...list(size, (i) => ({
        timeMs: 1 + i,
        source: SERVER,
        destination: CLIENT,
        payload: record(TYPE.handshake, 0, i, fragment(11, 1, 2 * size, 2 * i, bytesOf(1, i))),
      })),
    ]);
    expect(session.record(MAX_PIECES + 1)?.record.state).toBe('plaintext');
    expect(JSON.stringify(session.record(MAX_PIECES + 3))).toContain('more than 4096 pieces');
  });

  test('more messages in one association than any endpoint sends: the rest is told as not read', async () => {
    const many = new Uint8Array(12 * 5000);
    for (let at = 0; at < many.length; at += 12) many.set(fragment(14, 3, 0, 0, new Uint8Array()), at);
    const session = await opened([
      { timeMs: 0, source: CLIENT, destination: SERVER, payload: hello(0, 1) },
      ...list(16, (i) => ({
        timeMs: 1 + i,
        source: SERVER,
        destination: CLIENT,
        payload: record(TYPE.handshake, 0, i, many),
      })),
    ]);
    expect(session.record(14)?.record).toMatchObject({ state: 'plaintext', contents: { length: 5000 } });
    expect(session.record(15)?.record.state).toBe('malformed');
    expect(JSON.stringify(session.record(17)?.record.contents)).toContain('65536 messages, alerts and ACKs');
    expect(session.record(17)?.record.contents).toHaveLength(1);
    expect(session.trace().captures.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual([
      expect.stringContaining('3 records were not read'),
    ]);
  });

  test('bytes that are not kept are not taken for known ones', () => {
    const assembly = new MessageAssembly(4 * MAX_PIECES);
    for (let i = 0; i < MAX_PIECES; i++) assembly.add(2 * i, Uint8Array.of(1), i);
    const over = assembly.add(0, new Uint8Array(4 * MAX_PIECES).fill(1), 0);
    expect(over).toEqual({ fresh: [], conflict: null, full: true });
    expect(assembly.complete).toBe(false);
  });

  test('more messages of one message_seq than any endpoint sends', async () => {
    const session = await opened([
      { timeMs: 0, source: CLIENT, destination: SERVER, payload: hello(0, 1) },
      ...list(300, (i) => ({
        timeMs: 1 + i,
        source: SERVER,
        destination: CLIENT,
        payload: record(TYPE.handshake, 0, i, fragment(11, 1, 1000 + i, 0, bytesOf(20, i))),
      })),
    ]);
    expect(JSON.stringify(session.record(301))).toContain('256 different messages');
  });
});

describe('keys', () => {
  const random = 'ab'.repeat(32);
  const line = (i: number, name = random) => `CLIENT_RANDOM ${name} ${i.toString(16).padStart(96, '0')}\n`;
  const keyring = (text: string) => new Keyring({ logs: [parseKeyLog(text, 'a.keys')], psks: [], rsaKeys: [] });

  test('of thousands of secrets for one client random some are tried', () => {
    const keys = keyring(list(20_000, (i) => line(i)).join(''));
    expect(keys.candidates({ clientRandom: random, sessionId: null, ticket: null })).toHaveLength(64);
    expect(keys.problems).toEqual([
      { source: 'a.keys', message: expect.stringContaining('those after the first 64 were not tried') },
    ]);
    expect(keys.summary().secrets).toHaveLength(20_000);
  });

  test('handshakes without ClientHello try all secrets, until so many did', () => {
    const keys = keyring(list(2000, (i) => line(i, i.toString(16).padStart(64, '0'))).join(''));
    const tried = list(200, () => keys.trials().length);
    expect(tried[0]).toBe(1024);
    expect(tried.at(-1)).toBe(0);
    expect(tried.reduce((a, b) => a + b)).toBe(131_072);
    expect(keys.problems.map(({ message }) => message).join()).toContain('lack their ClientHello');
  });

  test('a key that opened nothing is not tried for ever', () => {
    const budget = new TrialBudget(10_000);
    let tries = 0;
    for (; !budget.spent; tries++) budget.failed(100);
    expect(tries).toBe(17);
  });
});

describe('the cursor over bytes', () => {
  test('never goes back, whatever length is asked for', () => {
    const r = new ByteReader('packet', Uint8Array.of(1, 2, 3, 4));
    r.opaque('first', 2);
    for (const length of [-1, Number.NEGATIVE_INFINITY, Number.NaN]) {
      expect(r.opaque('none', length)).toHaveLength(0);
      expect(r.sub('none', length).remaining).toBe(0);
    }
    expect(r.offset).toBe(2);
  });

  test('a syslog frame with a length below zero is none', () => {
    expect(recognise(new TextEncoder().encode('-13330 <34>a b'), { port: 6514 })?.protocol).not.toBe('syslog');
  });
});

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}
