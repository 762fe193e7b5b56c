/** Captures of the collection as somebody shares them, and what the one who opens them gets. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from '../src/analysis/session.ts';
import { writeReport } from '../src/report/report.ts';
import { LEAST, type ShareChoices } from '../src/share/choices.ts';
import { type Gathered, gather } from '../src/share/gather.ts';
import { openLink, splitLink } from '../src/share/link.ts';
import { receive } from '../src/share/receive.ts';
import type { SharedTrace } from '../src/share/shared-trace.ts';
import { KNOWN, pathOf, SAMPLES, sourceOf, textOf } from './captures.ts';

export const GENERATOR = 'dtlscope test';
const LARGEST_BYTES = 200_000;

/** Every capture of samples/ and samples/corpus/ up to 200 KB, by name, each once. */
export function allCaptures(): readonly string[] {
  const files = ['.', 'corpus', 'corpus/synthetic'].flatMap((folder) =>
    readdirSync(join(SAMPLES, folder))
      .filter((name) => /\.(pcap|pcapng|gz|txt|hex|log)$/.test(name))
      .filter((name) => statSync(join(SAMPLES, folder, name)).size <= LARGEST_BYTES),
  );
  return [...new Set(files)].sort();
}

/** Null where the file is none that opens. */
export async function opened(...files: readonly string[]): Promise<Session | null> {
  const session = new Session();
  const { ok } = await session.open(
    files.map((file) => sourceOf(file)),
    { add: true },
  );
  return ok ? session : null;
}

/** Gives everything that is known to open it. */
export function giveKeys(session: Session, file: string): void {
  const known = KNOWN.find((capture) => capture.file === file);
  if (known?.keys !== undefined) session.addKeyLog(textOf(known.keys), known.keys);
  if (known?.psk !== undefined) session.addPsk(known.psk, { text: false, source: 'test' });
}

export function keyLogOf(file: string): string | null {
  const { keys } = KNOWN.find((capture) => capture.file === file) ?? {};
  return keys === undefined ? null : textOf(keys);
}

export function shared(session: Session, choices: Partial<ShareChoices> = {}): Gathered {
  return gather(session, { ...LEAST, title: 'a title', associations: null, notes: [], ...choices }, GENERATOR);
}

export function received(trace: SharedTrace): Session {
  const session = new Session();
  session.openShared(receive(trace));
  return session;
}

/** The trace in a link; fails where it does not open. */
export async function traceIn(link: string): Promise<SharedTrace> {
  const parts = splitLink(link);
  if (!parts) throw new Error('no link');
  const decoded = await openLink(parts);
  if (decoded.kind !== 'trace') throw new Error(decoded.message);
  return decoded.trace;
}

export type Report = { readonly [name: string]: unknown };

export function reportOf(session: Session): Report {
  const text = writeReport(session, {
    format: 'json',
    generator: GENERATOR,
    ids: session.ids(),
    alone: false,
    data: false,
    srtpKeys: false,
    summary: false,
    colour: false,
    theme: 'light',
  });
  return JSON.parse(text);
}

/** Where two reports differ, by path, with both values. */
export function differences(a: unknown, b: unknown, path = ''): readonly string[] {
  if (Array.isArray(a) && Array.isArray(b)) {
    const own = a.length === b.length ? [] : [`${path}.length: ${a.length} ≠ ${b.length}`];
    return [...own, ...a.flatMap((one, i) => (i < b.length ? differences(one, b[i], `${path}[${i}]`) : []))];
  }
  if (isObject(a) && isObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) => differences(a[name], b[name], path === '' ? name : `${path}.${name}`));
  }
  return a === b ? [] : [`${path}: ${JSON.stringify(a)} ≠ ${JSON.stringify(b)}`];
}

function isObject(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What the report of the original becomes when it is shared with default choices: addresses are others, the name, format
 * and dates of the file are not told, nor how much application data there was. Nothing else differs.
 */
export function asShared(report: Report, { trace, replaced }: Gathered): Report {
  const names = new Map(trace.captures.map(({ name }, i) => [originalName(report, i), name]));
  const addresses = new Map(replaced.map(({ from, to }) => [from, to]));
  const asText = (text: string): string => {
    const exact = addresses.get(text);
    if (exact !== undefined) return exact;
    const renamed = [...names].reduce((all, [from, to]) => (from === '' ? all : all.replaceAll(from, to)), text);
    return renamed.replace(ADDRESS, (found) => addresses.get(found) ?? found);
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return asText(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    // What certificates say is said by bytes that stay as they are.
    const shown = (key: string, one: unknown) => (key === 'certificates' ? one : walk(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(key, one)]));
  };
  const whole = walk(report);
  if (!isObject(whole) || !Array.isArray(whole.captures)) throw new Error('no report');
  return {
    ...whole,
    captures: whole.captures.map((capture: Report) => ({
      ...capture,
      format: 'dtlstrace',
      firstTime: null,
      lastTime: null,
      problems: Array.isArray(capture.problems)
        ? capture.problems.map((problem: Report) => ({ ...problem, offset: 0 }))
        : [],
    })),
  };
}

const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}/gi;

function originalName({ captures }: Report, index: number): string {
  const name: unknown = Array.isArray(captures) ? captures[index]?.name : '';
  return typeof name === 'string' ? name : '';
}

export { pathOf, sourceOf };
