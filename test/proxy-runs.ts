/**
 * What the loss proxy did in every run of samples/corpus that went through it, and the datagrams of both its legs.
 * A leg is one capture: `client` between the client and the proxy, `server` between the proxy and the server.
 * Actions come from the proxy's log in samples/corpus/truth/ where there is one, else from the manifest.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssociationDetail, RecordView, Sender } from '../src/analysis/trace.ts';
import { KNOWN, type KnownCapture, SAMPLES } from './captures.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

export type LegName = 'client' | 'server';

/** A datagram of one leg, with the records in it. */
export interface LegDatagram {
  readonly packet: number;
  readonly timeMs: number;
  readonly sender: Sender;
  readonly length: number;
  readonly records: readonly RecordView[];
}

export interface Leg {
  readonly file: string;
  readonly details: readonly AssociationDetail[];
  /** In order of capture. */
  readonly datagrams: readonly LegDatagram[];
}

/** A datagram that reached the proxy. */
export interface Proxied {
  /** The leg on which it came in: that of its sender. */
  readonly from: LegName;
  readonly n: number;
  readonly action: string;
  /** In the capture of that leg; null where the capture missed it or holds no DTLS of it. */
  readonly sent: LegDatagram | null;
  /** [epoch, number] of its records as far as anything tells, also where no capture has it. */
  readonly numbers: readonly (readonly [number, number])[];
}

export interface Run {
  readonly name: string;
  readonly legs: Readonly<Record<LegName, Leg>>;
  readonly proxied: readonly Proxied[];
  /** The log has all datagrams, not only those that the proxy did something to. */
  readonly logged: boolean;
}

interface Entry {
  readonly dir: string;
  readonly n: number;
  readonly len: number;
  action: string;
  readonly numbers: readonly (readonly [number, number])[];
}

/** Runs of the corpus with a capture of each leg in which the proxy did something to at least one datagram. */
export function impairedRuns(): { name: string; legs: Record<LegName, KnownCapture> }[] {
  const legs = new Map<string, Partial<Record<LegName, KnownCapture>>>();
  for (const capture of KNOWN) {
    const { vantage } = capture;
    if (!capture.actions?.length || (vantage !== 'client' && vantage !== 'server')) continue;
    const name = capture.file.replace(/\.(client|server)\.pcap$/, '');
    legs.set(name, { ...legs.get(name), [vantage]: capture });
  }
  return [...legs].flatMap(([name, { client, server }]) =>
    client && server ? [{ name, legs: { client, server } }] : [],
  );
}

export async function readRun({ name, legs }: ReturnType<typeof impairedRuns>[number], keys: boolean): Promise<Run> {
  const [client, server] = [await readLeg(legs.client, keys), await readLeg(legs.server, keys)];
  const log = logOf(legs.client);
  const entries = log ?? (legs.client.actions ?? []).map(toEntry);
  // In a WebRTC run the proxy's c2s is offerer to answerer, and either may be the client of DTLS.
  const ways = [['c2s', 's2c'] as const, ['s2c', 'c2s'] as const].map(([fromClient, fromServer]) => [
    ...aligned(
      'client',
      entries.filter((e) => e.dir === fromClient),
      client,
      log !== null,
    ),
    ...aligned(
      'server',
      entries.filter((e) => e.dir === fromServer),
      server,
      log !== null,
    ),
  ]);
  const [straight = [], swapped = []] = ways;
  const count = (way: readonly Proxied[]) => way.filter((p) => p.sent !== null).length;
  return {
    name,
    legs: { client, server },
    proxied: count(swapped) > count(straight) ? swapped : straight,
    logged: log !== null,
  };
}

async function readLeg(capture: KnownCapture, keys: boolean): Promise<Leg> {
  const session = await openSession(capture.file);
  if (keys && capture.keys) addKeys(session, capture.keys);
  const details = detailsOf(session);
  const packets = new Map<number, { timeMs: number; sender: Sender; records: RecordView[] }>();
  for (const record of details.flatMap((d) => d.records)) {
    const datagram = packets.get(record.packet) ?? { timeMs: record.timeMs, sender: record.sender, records: [] };
    datagram.records.push(record);
    packets.set(record.packet, datagram);
  }
  const datagrams = [...packets]
    .map(([packet, d]) => ({ packet, ...d, length: d.records.reduce((n, r) => n + r.length, 0) }))
    .sort((a, b) => a.packet - b.packet);
  return { file: capture.file, details, datagrams };
}

const toEntry = (a: NonNullable<KnownCapture['actions']>[number]): Entry => ({
  dir: a.dir ?? '',
  n: a.n ?? 0,
  len: a.len ?? 0,
  action: a.action,
  numbers: [],
});

/** Every datagram that reached the proxy, in order; null where there is no such log. */
function logOf({ log }: KnownCapture): Entry[] | null {
  const path = log && join(SAMPLES, 'corpus/truth', log);
  if (!path || !existsSync(path)) return null;
  const lines: LogLine[] = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  if (path.endsWith('.impair.jsonl'))
    return lines.flatMap((l) =>
      l.action ? [{ ...toEntry({ ...l, action: l.action }), numbers: numbersOfHead(l.head ?? '') }] : [],
    );
  const arrived = lines.filter((l) => l.ep === 'proxy' && l.ev === 'in');
  if (arrived.length === 0) return null;
  const entries = new Map(arrived.map((l) => [`${l.dir} ${l.n}`, entryOf(l)]));
  for (const line of lines) {
    const entry = entries.get(`${line.dir} ${line.n}`);
    if (line.ep === 'proxy' && line.ev === 'action' && line.action && entry) entry.action = line.action;
  }
  return [...entries.values()];
}

interface LogLine {
  readonly ep?: string;
  readonly ev?: string;
  readonly action?: string;
  readonly dir?: string;
  readonly n?: number;
  readonly len?: number;
  /** The first 14 bytes, hex. */
  readonly head?: string;
  /** Content type, epoch, number, length and messages of each record. */
  readonly recs?: readonly (readonly [number, number, number, ...unknown[]])[];
}

const entryOf = (line: LogLine): Entry => ({
  ...toEntry({ ...line, action: 'pass' }),
  numbers: (line.recs ?? [])
    .filter(([type]) => type >= 20 && type <= 26)
    .map(([, epoch, number]) => [epoch, number] as const),
});

function numbersOfHead(head: string): [number, number][] {
  const type = Number.parseInt(head.slice(0, 2), 16);
  if (!(type >= 20 && type <= 26)) return [];
  return [[Number.parseInt(head.slice(6, 10), 16), Number.parseInt(head.slice(10, 22), 16)]];
}

/** Datagrams that the proxy may have seen before the one that is looked for, because the capture missed some. */
const LOOK_AHEAD = 60;

/** Finds each datagram of the log in the capture of the leg on which it came in. */
function aligned(from: LegName, entries: readonly Entry[], leg: Leg, complete: boolean): Proxied[] {
  const own = leg.datagrams.filter((d) => d.sender === from);
  const nth = ({ n, len }: Entry) => (own[n - 1]?.length === len ? (own[n - 1] ?? null) : null);
  const found = complete ? inTurn(entries, own) : entries.map(nth);
  return entries.map(({ n, action, numbers }, i) => {
    const sent = found[i] ?? null;
    const seen = (sent?.records ?? []).flatMap((r) =>
      r.sequenceNumber === null ? [] : [[r.epoch, r.sequenceNumber] as const],
    );
    return { from, n, action, sent, numbers: seen.length > 0 ? seen : numbers };
  });
}

function inTurn(entries: readonly Entry[], sent: readonly LegDatagram[]): (LegDatagram | null)[] {
  let at = 0;
  return entries.map((entry) => {
    for (let i = at; i < Math.min(sent.length, at + LOOK_AHEAD); i++) {
      const datagram = sent[i];
      if (!datagram || datagram.length !== entry.len || !sameNumber(entry, datagram)) continue;
      at = i + 1;
      return datagram;
    }
    return null;
  });
}

/** Where the log has the number of the first record, it must be that of the datagram. */
function sameNumber({ numbers }: Entry, { records }: LegDatagram): boolean {
  const [number, record] = [numbers[0], records[0]];
  return (
    !number ||
    !record ||
    record.contentType === null ||
    record.version === null ||
    (record.epoch === number[0] && record.sequenceNumber === number[1])
  );
}
