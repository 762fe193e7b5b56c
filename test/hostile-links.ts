/** Runs in a thread of its own: makes links as somebody would who wants to break the page, and opens them. */
import { parentPort, workerData } from 'node:worker_threads';
import { Session } from '../src/analysis/session.ts';
import { hash } from '../src/crypto/hashes.ts';
import { toBase64url } from '../src/share/base64url.ts';
import { deflate } from '../src/share/deflate.ts';
import { openLink, splitLink } from '../src/share/link.ts';
import { receive } from '../src/share/receive.ts';
import { ByteWriter, Damaged } from '../src/share/varint.ts';

const LARGE = 8 * 1024 * 1024 - 2000;

type Chance = (bound: number) => number;

/** The same for the same number (mulberry32). */
function chanceAt(number: number): Chance {
  let state = Math.imul(number + 1, 0x9e3779b1);
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}

const HEADER = {
  title: 'x',
  generator: 'x',
  redactions: {
    ...{ scope: 'all', applicationData: 'marks', addresses: 'replaced', clock: 'relative', names: 'kept' },
    ...{ certificates: 'kept', keys: 'none', altered: false },
  },
  origin: null,
  ports: [],
  captures: [
    {
      ...{ name: 'x', format: 'pcap', linkTypes: [1], packets: 9, udpDatagrams: 9, ipFragmentsReassembled: 0 },
      ...{ first: 0, last: 1, timeDigits: 6, problems: [] },
    },
  ],
  endpoints: [{ address: '192.0.2.1', port: 5684, reach: null }],
  flows: [{ source: 0, destination: 0, directed: true, tag: '', carriers: [] }],
  validity: {},
};

function utf8(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Columns of so many datagrams, with numbers by chance in some of them. */
function columns(chance: Chance, count: number): Uint8Array {
  const w = new ByteWriter();
  w.varint(count);
  const wild = chance(12);
  for (let column = 0; column < 11; column++)
    for (let i = 0; i < count; i++) w.varint(column === wild ? chance(70_000) : column === 4 && wild === 11 ? 400 : 0);
  w.bytes(new Uint8Array(chance(4) === 0 ? Math.min(LARGE, 400 * count) : chance(300)));
  return w.result();
}

/** JSON of about a megabyte that is small when it is compressed. */
function largeJson(chance: Chance): string {
  const [unit, times] = [
    ['{},', 330_000],
    ['[],', 330_000],
    ['0,', 500_000],
    ['{"a":{}},', 110_000],
    ['"",', 330_000],
    ['1e308,', 150_000],
  ][chance(6)] as [string, number];
  const inner = unit.repeat(times).slice(0, -1);
  return chance(5) === 0 ? '['.repeat(400_000) : `[${inner}]`;
}

function sections(chance: Chance, rare: boolean): [number, Uint8Array][] {
  const list: [number, Uint8Array][] = [
    [1, utf8(rare && chance(3) === 0 ? `{"title":"x","more":${largeJson(chance)}}` : HEADER)],
    [3, columns(chance, rare ? chance(20_000) : chance(40))],
  ];
  if (rare) list.push([[4, 7, 10][chance(3)] ?? 4, utf8(largeJson(chance))]);
  if (chance(3) === 0) {
    const w = new ByteWriter();
    const count = rare ? 60_000 : chance(100);
    w.varint(count);
    w.bytes(new Uint8Array(7 * count));
    list.push([6, w.result()]);
  }
  return list;
}

async function hostile(number: number): Promise<string> {
  const chance = chanceAt(number);
  const kind = number % 10;
  if (kind === 0) return `1d.${toBase64url(Uint8Array.from({ length: chance(2000) }, () => chance(256)))}`;
  if (number % 500 === 1) return `1d.${toBase64url(await deflate(new Uint8Array(40 * 1024 * 1024)))}`;
  const w = new ByteWriter();
  for (const byte of [0x44, 0x54, 1]) w.uint8(byte);
  for (const [type, body] of sections(chance, number % 60 === 2)) {
    w.uint8(type);
    w.varint(body.length);
    w.bytes(body);
  }
  w.bytes(hash('sha256', w.result()).subarray(0, 8));
  const link = `1d.${toBase64url(await deflate(w.result()))}`;
  return kind === 3 ? link.slice(0, chance(link.length)) : link;
}

async function answerTo(link: string): Promise<string | null> {
  const parts = splitLink(link);
  if (!parts) return link.length > 3 ? `no link: ${link.slice(0, 40)}` : null;
  const decoded = await openLink(parts);
  if (decoded.kind === 'unusable') return decoded.message.length > 10 ? null : 'no sentence';
  try {
    // A few are analysed too: what was decoded has to be sound.
    if (decoded.trace.datagrams.length < 30) new Session().openShared(receive(decoded.trace));
  } catch (failure) {
    if (!(failure instanceof Damaged)) throw failure;
  }
  return null;
}

async function run(count: number): Promise<void> {
  const wrong: string[] = [];
  let answered = 0;
  for (let number = 0; number < count; number++) {
    const complaint = await answerTo(await hostile(number));
    if (complaint !== null) wrong.push(complaint);
    answered++;
  }
  parentPort?.postMessage({ answered, wrong });
}

if (parentPort) void run(workerData.links);
