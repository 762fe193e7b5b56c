/** Captures out: what is written is read back by our own reader as the same associations. */
import { describe, expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { isFailure, readCapture } from '../src/capture/open.ts';
import { keyLogText } from '../src/export/key-log.ts';
import { plaintextCapture } from '../src/export/plaintext.ts';
import { type CaptureFile, trimmedCaptures } from '../src/export/trimmed.ts';
import { reportJson } from '../src/report/json.ts';
import { concat, toHex } from '../src/wire/text.ts';
import { KNOWN, type KnownCapture, sourceOf, sourceOfBytes } from './captures.ts';
import { addKeys, detailOf, openSession } from './open-session.ts';

const GENERATOR = 'dtlscope test';

async function opened({ file, keys, psk }: KnownCapture): Promise<Session> {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  if (psk) session.addPsk(psk, { text: false, source: 'manifest' });
  return session;
}

async function trimmed(session: Session, id: string | null, withKeys = true): Promise<readonly CaptureFile[]> {
  const keys = withKeys ? session.keyLinesOf(id) : null;
  const files = await trimmedCaptures(session.packetsOf(id === null ? null : [id]), { generator: GENERATOR, keys });
  if (typeof files === 'string') throw new Error(files);
  return files;
}

async function readBack(files: readonly CaptureFile[]): Promise<Session> {
  const session = new Session();
  const sources = files.map(({ parts }, i) => sourceOfBytes(`${i}.pcapng`, concat(...parts)));
  const { failures } = await session.open(sources, { add: true });
  expect(failures).toEqual([]);
  return session;
}

/** Numbers of the file, and times since its first packet. */
const OF_THE_FILE = new Set(['packet', 'packets', 'firstPacket', 'id', 'time', 'start', 'end', 'complete']);
const TIMES = new Set(['writeFrom', 'writeUntil', 'readableFrom']);

/** The JSON report of one association, without what belongs to the file it is in. */
function essence(session: Session, id: string, without: readonly string[] = []): unknown {
  const trace = session.trace();
  const association = trace.associations.find((a) => a.id === id);
  if (!association) throw new Error(`no ${id}`);
  const wholeOf = () => ({ story: detailOf(session, association), data: [], srtpKeys: null });
  const text = [
    ...reportJson({
      generator: '',
      overview: trace,
      findings: () => trace.findings,
      associations: [association],
      wholeOf,
    }),
  ].join('');
  const { associations } = JSON.parse(text);
  const left = new Set([...OF_THE_FILE, ...TIMES, ...without]);
  return JSON.parse(
    JSON.stringify(associations[0], (key, value) => {
      if (left.has(key)) return undefined;
      // Times are taken from one that is not the same: they differ by the last bits of a fraction.
      return typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value;
    }),
  );
}

/** What a trimmed capture cannot bring along: keys that are no lines of a key log, and those that opened nothing. */
function lostOnTheWay(session: Session, { text }: KnownCapture): string[] {
  const { secrets } = session.trace().keys;
  const asLines = secrets.every((s) => s.records > 0 && /^(CLIENT|SERVER)_/.test(s.label));
  return [
    ...(secrets.length > 0 && !asLines ? ['findings', 'verdict', 'verifications', 'undecryptableReasons'] : []),
    // A text has no addresses of its own and no layers.
    ...(text ? ['client', 'server', 'carriers', 'findings'] : []),
  ];
}

/**
 * In these, other traffic explains more than the association's own packets do: binding a TURN channel, or opening a TCP
 * stream in the middle of a message.
 */
const NEED_MORE = new Set([
  'turn-tcp-firefox.answerer.pcap',
  'turn-tcp-resegmented-dtls12.pcap',
  'turn-udp-firefox-chromium.answerer.pcap',
]);
const WITHOUT_DTLS = new Set(['text-gnutls-d99.client.txt']);
/** ICE and what else is beside DTLS there is left out, and findings that speak of it with it. */
const BESIDE = /^(glare|icetcp|turn)-/;

test.each(KNOWN.filter(({ file }) => !NEED_MORE.has(file) && !WITHOUT_DTLS.has(file)).map((k) => [k.file, k] as const))(
  'trimmed to its DTLS, with the keys that it uses: %s',
  async (file, capture) => {
    const session = await opened(capture);
    const again = await readBack(await trimmed(session, null));
    const ids = session.trace().associations.map((a) => a.id);
    expect(again.trace().associations.map((a) => a.id)).toEqual(ids);
    const without = [...lostOnTheWay(session, capture), ...(BESIDE.test(file) ? ['findings'] : [])];
    for (const id of ids) expect(essence(again, id, without)).toEqual(essence(session, id, without));
  },
);

describe('one association of several', () => {
  test('only its packets are there, with their bytes and times, and the report of it is the same', async () => {
    const session = await openSession('openssl-assoc-reboot-cookie.pcap', 'openssl-assoc-reboot-cookie.keys');
    const before = session.trace().associations;
    expect(before.length).toBeGreaterThan(1);
    const last = before.at(-1)?.id ?? '';
    const files = await trimmed(session, last);
    const again = await readBack(files);
    expect(again.trace().associations).toHaveLength(1);
    expect(again.trace().captures[0]?.problems).toEqual([]);
    const chosen = [...(session.packetsOf([last])[0]?.packets.keys() ?? [])];
    expect(files.map((f) => f.packets)).toEqual([chosen.length]);
    const original = await packetsOf('openssl-assoc-reboot-cookie.pcap');
    const copies = await packetsOf(concat(...(files[0]?.parts ?? [])));
    expect(copies).toEqual(original.filter((_, i) => chosen.includes(i + 1)));
  });

  test('the key log holds the lines of that association and no other', async () => {
    const session = await openSession('openssl-assoc-reboot-cookie.pcap', 'openssl-assoc-reboot-cookie.keys');
    for (const { id, clientRandom } of session.trace().associations) {
      const randoms = session.keyLinesOf(id).map((line) => line.clientRandom);
      expect(randoms).toEqual(clientRandom === null ? [] : [clientRandom]);
    }
  });

  test('without keys there is no secret in the file', async () => {
    const session = await openSession('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
    const again = await readBack(await trimmed(session, 'a1', false));
    expect(again.trace().keys.secrets).toEqual([]);
    expect(again.trace().associations[0]?.records).toMatchObject({ total: 30, decrypted: 0 });
  });
});

test('a pre-shared key is written as the line that a stack would have logged', async () => {
  const session = await openSession('psk.pcap');
  const { psk = '' } = KNOWN.find(({ file }) => file === 'psk.pcap') ?? {};
  session.addPsk(psk, { text: false, source: 'test' });
  const [a] = session.trace().associations;
  expect(keyLogText(session.keyLinesOf(null))).toMatch(
    new RegExp(`^CLIENT_RANDOM ${a?.clientRandom} [0-9a-f]{96}\\n$`),
  );
});

test('two capture points give a file each, and both together the same trace', async () => {
  const names = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.server.pcap'];
  const session = await openSession(...names, 'openssl-loss-final-flight-x3.keys');
  const files = await trimmed(session, 'a1');
  expect(files.map((f) => f.point)).toEqual(['a', 'b']);
  const again = await readBack(files);
  expect(again.trace().points?.lost).toEqual(session.trace().points?.lost);
  expect(essence(again, 'a1')).toEqual(essence(session, 'a1'));
});

test('fragments of IP come along, all of them', async () => {
  const fragmented = KNOWN.find(({ file }) => file === 'A1_frag_tail_first.pcap') ?? {
    file: 'A1_frag_tail_first.pcap',
  };
  const session = await openSession(fragmented.file);
  const again = await readBack(await trimmed(session, null, false));
  const joined = session.trace().captures[0]?.ipFragmentsReassembled ?? 0;
  expect(again.trace().captures[0]?.ipFragmentsReassembled).toBe(joined);
});

test('what findings say stands beside their packets', async () => {
  const session = await openSession('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  const [file] = await trimmed(session, 'a1');
  const comments: string[] = [];
  await readCapture(sourceOfBytes('x', concat(...(file?.parts ?? []))), 0, {
    datagram: (datagram) => comments.push(...datagram.comments),
    keyLog: () => {},
  });
  const [headline] = session.trace().associations[0]?.findings ?? [];
  expect(comments.some((text) => text.startsWith(`${headline?.rule}: ${headline?.title}.`))).toBe(true);
});

test('the clock of each interface keeps its digits, and its name', async () => {
  const session = await openSession('link-two-interfaces.pcapng');
  const again = await readBack(await trimmed(session, null));
  const [before, after] = [session.trace().captures[0], again.trace().captures[0]];
  expect([after?.linkTypes, after?.firstTime]).toEqual([before?.linkTypes, before?.firstTime]);
});

test('a file that changed on disk meanwhile is not passed off as the capture', async () => {
  const chunks = [sourceOf('psk.pcap'), sourceOf('gnutls-nocookie.pcap')];
  let times = 0;
  const session = new Session();
  const source = {
    name: 'changing.pcap',
    size: null,
    chunks: () => (chunks[times++] ?? sourceOf('psk.pcap')).chunks(),
  };
  await session.open([source], { add: true });
  const short = await trimmedCaptures(session.packetsOf(null), { generator: GENERATOR, keys: null });
  const said = typeof short === 'string' ? short : '';
  expect(said).toMatch(/^changing\.pcap is no longer the file that was opened/);
});

describe('decrypted traffic', () => {
  test('every plaintext is a packet of its own, with addresses, ports, time and the protocol by Wireshark’s name', async () => {
    const session = await openSession(
      'libcoap-cross-gnutls-client-openssl-server.pcap',
      'libcoap-cross-gnutls-client-openssl-server.keys',
    );
    const units = session.plaintextOf(null);
    const file = plaintextCapture(units, GENERATOR);
    if (typeof file === 'string') throw new Error(file);
    const bytes = concat(...file.parts);
    const read: { timeNs: bigint; payload: string; from: number }[] = [];
    const facts = await readCapture(sourceOfBytes('p.pcapng', bytes), 0, {
      datagram: ({ timeNs, payload, source }) => read.push({ timeNs, payload: toHex(payload), from: source.port }),
      keyLog: () => {},
    });
    expect(isFailure(facts) ? facts : facts.linkTypes).toEqual([252]);
    expect(read).toEqual(
      units.map((unit) => ({ timeNs: unit.timeNs, payload: toHex(unit.bytes), from: unit.source.port })),
    );
    expect(new TextDecoder('latin1').decode(bytes)).toContain('coap');
  });

  test('where nothing could be opened, that is said', () => {
    expect(plaintextCapture([], GENERATOR)).toBe('No application data could be decrypted.');
  });
});

/** Bytes and times of every packet of a file. */
async function packetsOf(file: string | Uint8Array): Promise<string[]> {
  const packets: string[] = [];
  const source = typeof file === 'string' ? sourceOf(file) : sourceOfBytes('x.pcapng', file);
  await readCapture(source, 0, {
    datagram: () => {},
    keyLog: () => {},
    packet: ({ bytes, from, to, clock, timeHigh, timeLow }) =>
      packets.push(`${clock.nanoseconds(timeHigh, timeLow)} ${toHex(bytes.subarray(from, to))}`),
  });
  return packets;
}
