/** Long runs of application data as one line, so that a handshake is not drowned by what it was made for. */
import type { Sender, SummedData } from '../analysis/trace.ts';
import { crossingOfRun } from './sequence-crossing.ts';
import type { BurstRow, FoldRow, SequenceRow, Traffic } from './sequence-types.ts';
import { recordsOf } from './summed-records.ts';

/** Runs of up to this many rows stay as they are. */
const LONGEST_RUN = 6;
/** Where no more than this part of the data could not be authenticated, each such row is told for itself. */
const RARE = 0.1;

type Item = BurstRow | SummedData;

/** @param summed what has no rows: it is told in the run that it lies in. */
export function foldRuns(
  rows: readonly BurstRow[],
  open: ReadonlySet<number>,
  summed: readonly SummedData[] = [],
): SequenceRow[] {
  const folded: SequenceRow[] = [];
  const data = rows.filter((row) => row.application);
  const rare = data.filter(isBarred).length <= Math.max(1, RARE * data.length);
  const folds = (item: Item | undefined) =>
    item !== undefined && (isSum(item) || (item.application && !(rare && isBarred(item))));
  const items = withSums(rows, summed);
  for (let from = 0; from < items.length; ) {
    let to = from;
    while (folds(items[to])) to++;
    const run = items.slice(from, Math.max(to, from + 1));
    const fold = run.length <= LONGEST_RUN && !run.some(isSum) ? null : foldOf(run, open);
    if (fold) folded.push(fold);
    if (!fold || fold.open) for (const item of run) folded.push(isSum(item) ? foldOf([item], NOTHING) : item);
    from += run.length;
  }
  return folded;
}

const NOTHING: ReadonlySet<number> = new Set();

const isSum = (item: Item): item is SummedData => 'firstRecord' in item;

const isRow = (item: Item): item is BurstRow => !isSum(item);

const isBarred = ({ segments }: BurstRow): boolean => segments.some((one) => one.sign === 'barred');

/** Each sum before the first row whose records come after it. */
function withSums(rows: readonly BurstRow[], summed: readonly SummedData[]): readonly Item[] {
  if (summed.length === 0) return rows;
  const items: Item[] = [];
  let next = 0;
  for (const row of rows) {
    const [record = 0] = row.records;
    for (let sum = summed[next]; sum && sum.firstRecord < record; sum = summed[++next]) items.push(sum);
    items.push(row);
  }
  return [...items, ...summed.slice(next)];
}

function foldOf(run: readonly Item[], open: ReadonlySet<number>): FoldRow {
  const [first] = run;
  const rows = run.filter(isRow);
  const sums = run.filter(isSum);
  const key = first ? -(isSum(first) ? first.firstRecord : first.key) : 0;
  const isOpen = rows.length > 0 && open.has(key);
  const startMs = first?.startMs ?? 0;
  const endMs = run.reduce((latest, item) => Math.max(latest, item.endMs), startMs);
  return {
    kind: 'fold',
    key,
    open: isOpen,
    records: isOpen ? [] : rows.flatMap((row) => row.records),
    startMs,
    // an open fold is a heading: its time is where the run begins, else the rows below it would seem silent
    endMs: isOpen ? startMs : endMs,
    durationMs: endMs - startMs,
    packets: run.flatMap((item) => (isSum(item) ? [item.firstPacket, item.lastPacket] : item.packets)),
    client: traffic(rows, sums, 'client'),
    server: traffic(rows, sums, 'server'),
    duplicates:
      rows.filter((row) => row.mark === 'duplicate').length + sums.reduce((count, sum) => count + sum.duplicates, 0),
    lost: rows.reduce((sum, row) => sum + (row.fate === 'delivered' ? 0 : row.records.length), 0),
    crossing: crossingOf(rows),
    protocol: sums.length > 0 ? null : onlyProtocol(rows),
    encrypted:
      rows.every((row) => row.segments.every((one) => one.sign === 'lock' || one.sign === 'barred')) &&
      sums.every((sum) => sum.encrypted),
    inSums: sums.reduce((count, sum) => count + recordsOf(sum), 0),
    around: rows.length === 0 ? (sums[0]?.firstRecord ?? null) : null,
  };
}

function crossingOf(run: readonly BurstRow[]): FoldRow['crossing'] {
  const crossings = run.flatMap((row) => row.crossing ?? []);
  const [first, last] = [crossings[0], crossings.at(-1)];
  return first && last ? crossingOfRun(crossings, `${first.packets}…${last.packets}`) : null;
}

/** The protocol of all its records; null where they differ or were not recognised. */
function onlyProtocol(run: readonly BurstRow[]): string | null {
  const names = new Set(run.flatMap((row) => row.segments.map((segment) => segment.chip)));
  const [name] = names;
  return names.size === 1 ? (name ?? null) : null;
}

function traffic(rows: readonly BurstRow[], sums: readonly SummedData[], sender: Sender): Traffic {
  const all = [
    ...rows.filter((row) => row.sender === sender).map(({ records, bytes }) => ({ records: records.length, bytes })),
    ...sums.map((sum) => sum[sender]),
  ];
  return {
    records: all.reduce((count, { records }) => count + records, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
