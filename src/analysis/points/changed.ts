/**
 * What arrived otherwise than it was sent: datagrams that were split or joined on the way, which keep their records,
 * and datagrams that were altered, which keep at least their record numbers or most of their bytes.
 */
import { recordSlices } from './identity.ts';
import type { Seen } from './sightings.ts';

/** Records of a sent datagram that travelled on together. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly recordsBefore: number;
  /** Null: these did not arrive. */
  readonly arrival: Seen | null;
  /** Records before these in what arrived. */
  readonly recordsBeforeArrival: number;
}

/** A run of records, at the same place in what was sent and in what arrived. */
export interface AlteredRun {
  readonly altered: boolean;
  readonly recordsBefore: number;
  /** Null where what arrived, or what was sent, ends before. */
  readonly sent: ByteRange | null;
  readonly arrived: ByteRange | null;
}

export interface Altered {
  readonly arrival: Seen;
  readonly runs: readonly AlteredRun[];
}

interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface Changed {
  /** By sent datagram: its parts, in order. */
  readonly repacked: ReadonlyMap<Seen, readonly Part[]>;
  /** By sent datagram: what arrived in its place, and which records of both are other than they were. */
  readonly altered: ReadonlyMap<Seen, Altered>;
  /** What of `arrived` is explained by the above. */
  readonly explained: ReadonlySet<Seen>;
}

type TimeOf = (seen: Seen) => number;

export function changedOnTheWay(
  sent: readonly Seen[],
  arrived: readonly Seen[],
  timeOf: TimeOf,
  early: number,
): Changed {
  if (sent.length === 0 || arrived.length === 0)
    return { repacked: new Map(), altered: new Map(), explained: new Set() };
  const { repacked, explained } = repackedOf(sent, arrived, timeOf, early);
  const left = { sent: sent.filter((s) => !repacked.has(s)), arrived: arrived.filter((a) => !explained.has(a)) };
  const altered = alteredOf(left.sent, left.arrived, timeOf, early);
  return {
    repacked,
    altered: new Map([...altered].map(([s, arrival]) => [s, { arrival, runs: runsOf(s, arrival) }])),
    explained: new Set([...explained, ...altered.values()]),
  };
}

interface RecordOf {
  readonly seen: Seen;
  readonly place: number;
  arrival: Seen | null;
  arrivalPlace: number;
}

/** Records with the same bytes, in order of sending; those before `next` have arrived. */
interface Equals {
  readonly records: RecordOf[];
  next: number;
}

function repackedOf(sent: readonly Seen[], arrived: readonly Seen[], timeOf: TimeOf, early: number) {
  const byBytes = new Map<string, Equals>();
  const all = new Map<Seen, RecordOf[]>();
  for (const seen of sent) {
    const own = slicesOf(seen).map(([bytes], place): RecordOf => {
      const record: RecordOf = { seen, place, arrival: null, arrivalPlace: 0 };
      const equals = byBytes.get(bytes);
      if (equals) equals.records.push(record);
      else byBytes.set(bytes, { records: [record], next: 0 });
      return record;
    });
    all.set(seen, own);
  }
  const explained = new Set<Seen>();
  const touched = new Set<Seen>();
  for (const arrival of arrived) {
    const slices = slicesOf(arrival);
    const taken: [Equals, RecordOf][] = [];
    for (const [bytes] of slices) {
      const equals = byBytes.get(bytes);
      const record = equals?.records[equals.next];
      if (!equals || !record || timeOf(record.seen) > timeOf(arrival) + early) break;
      equals.next++;
      taken.push([equals, record]);
    }
    const whole = taken.length === slices.length;
    for (const [arrivalPlace, [equals, record]] of taken.entries()) {
      if (!whole) equals.next--;
      else {
        Object.assign(record, { arrival, arrivalPlace });
        touched.add(record.seen);
      }
    }
    if (whole) explained.add(arrival);
  }
  return { repacked: new Map([...touched].map((seen) => [seen, partsOf(seen, all.get(seen) ?? [])])), explained };
}

function partsOf(seen: Seen, records: readonly RecordOf[]): Part[] {
  const slices = slicesOf(seen).map(([, slice]) => slice);
  const parts: Part[] = [];
  for (const { place, arrival, arrivalPlace } of records) {
    const slice = slices[place];
    const last = parts.at(-1);
    if (!slice) continue;
    if (last && last.arrival === arrival) parts[parts.length - 1] = { ...last, to: slice.to };
    else
      parts.push({ from: slice.from, to: slice.to, recordsBefore: place, arrival, recordsBeforeArrival: arrivalPlace });
  }
  return parts;
}

/** Datagrams in question for one that was altered: more only where somebody floods. */
const MAX_CANDIDATES = 8;
/** Of the bytes that both have, where the first record number is the same, and where only the length is. */
const ALIKE = 0.5;
const ALIKE_WITHOUT_NUMBER = 0.9;

function alteredOf(sent: readonly Seen[], arrived: readonly Seen[], timeOf: TimeOf, early: number) {
  const byHead = new Map<string, Seen[]>();
  const byLength = new Map<string, Seen[]>();
  const lengthOf = ({ datagram: d }: Seen) => String(d.payload.length + d.missing);
  for (const seen of sent) {
    push(byHead, headOf(seen), seen);
    push(byLength, lengthOf(seen), seen);
  }
  const altered = new Map<Seen, Seen>();
  /** The latest that was sent before, among few. */
  const find = (arrival: Seen, among: readonly Seen[] = [], alike: number) => {
    const before = countBefore(among, timeOf(arrival) + early, timeOf);
    return among
      .slice(Math.max(0, before - MAX_CANDIDATES), before)
      .reverse()
      .find((s) => !altered.has(s) && likeness(s.datagram.payload, arrival.datagram.payload) >= alike);
  };
  for (const arrival of arrived) {
    const original =
      find(arrival, byHead.get(headOf(arrival)), ALIKE) ??
      find(arrival, byLength.get(lengthOf(arrival)), ALIKE_WITHOUT_NUMBER);
    if (original) altered.set(original, arrival);
  }
  return altered;
}

/** The records of a datagram: their bytes as a key, and where they lie. */
function slicesOf({ datagram: { payload } }: Seen): [string, { readonly from: number; readonly to: number }][] {
  return recordSlices(payload).map((slice) => [nameOf(payload.subarray(slice.from, slice.to)), slice]);
}

/** Records that arrived as they were sent, and those that did not, by turns. */
function runsOf(sent: Seen, arrival: Seen): AlteredRun[] {
  const [before, after] = [slicesOf(sent), slicesOf(arrival)];
  const runs: AlteredRun[] = [];
  for (let place = 0; place < Math.max(before.length, after.length); place++) {
    const [[bytes, was] = [null, null], [now, is] = [null, null]] = [before[place], after[place]];
    const altered = bytes !== now;
    const last = runs.at(-1);
    if (last && last.altered === altered)
      runs[runs.length - 1] = { ...last, sent: extended(last.sent, was), arrived: extended(last.arrived, is) };
    else runs.push({ altered, recordsBefore: place, sent: was, arrived: is });
  }
  return runs;
}

const extended = (range: ByteRange | null, by: ByteRange | null): ByteRange | null =>
  range && by ? { from: range.from, to: by.to } : (range ?? by);

const headOf = ({ datagram }: Seen): string => recordSlices(datagram.payload.subarray(0, LONGEST_HEAD))[0]?.head ?? '';
const LONGEST_HEAD = 13;

/** How many of these, in order of time, were seen up to then. */
function countBefore(seen: readonly Seen[], limit: number, timeOf: TimeOf): number {
  let [low, high] = [0, seen.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = seen[middle];
    if (one && timeOf(one) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function likeness(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let same = 0;
  for (let i = 0; i < length; i++) if (a[i] === b[i]) same++;
  return length === 0 ? 0 : same / length;
}

/** Bytes as a key of a map: each byte a character. */
function nameOf(bytes: Uint8Array): string {
  let name = '';
  for (const byte of bytes) name += String.fromCharCode(byte);
  return name;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
