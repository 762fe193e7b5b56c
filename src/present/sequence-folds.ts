/** Long runs of application data as one line, so that a handshake is not drowned by what it was made for. */
import type { Sender } from '../analysis/trace.ts';
import { crossingOfRun } from './sequence-crossing.ts';
import type { BurstRow, FoldRow, SequenceRow, Traffic } from './sequence-types.ts';

/** Runs of up to this many rows stay as they are. */
const LONGEST_RUN = 6;
/** Where no more than this part of the data could not be authenticated, each such row is told for itself. */
const RARE = 0.1;

export function foldRuns(rows: readonly BurstRow[], open: ReadonlySet<number>): SequenceRow[] {
  const folded: SequenceRow[] = [];
  const data = rows.filter((row) => row.application);
  const rare = data.filter(isBarred).length <= Math.max(1, RARE * data.length);
  const folds = (row: BurstRow | undefined) => row?.application && !(rare && isBarred(row));
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (folds(rows[to])) to++;
    const run = rows.slice(from, Math.max(to, from + 1));
    const fold = run.length <= LONGEST_RUN ? null : foldOf(run, open);
    if (fold) folded.push(fold);
    if (!fold || fold.open) for (const row of run) folded.push(row);
    from += run.length;
  }
  return folded;
}

const isBarred = ({ segments }: BurstRow): boolean => segments.some((one) => one.sign === 'barred');

function foldOf(run: readonly BurstRow[], open: ReadonlySet<number>): FoldRow {
  const [first] = run;
  const key = -(first?.key ?? 0);
  const startMs = first?.startMs ?? 0;
  const endMs = run.reduce((latest, row) => Math.max(latest, row.endMs), startMs);
  return {
    kind: 'fold',
    key,
    open: open.has(key),
    records: open.has(key) ? [] : run.flatMap((row) => row.records),
    startMs,
    // an open fold is a heading: its time is where the run begins, else the rows below it would seem silent
    endMs: open.has(key) ? startMs : endMs,
    durationMs: endMs - startMs,
    packets: run.flatMap((row) => row.packets),
    client: traffic(run, 'client'),
    server: traffic(run, 'server'),
    duplicates: run.filter((row) => row.mark === 'duplicate').length,
    lost: run.reduce((sum, row) => sum + (row.fate === 'delivered' ? 0 : row.records.length), 0),
    crossing: crossingOf(run),
    protocol: onlyProtocol(run),
    encrypted: run.every((row) => row.segments.every((one) => one.sign === 'lock' || one.sign === 'barred')),
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

function traffic(run: readonly BurstRow[], sender: Sender): Traffic {
  const sent = run.filter((row) => row.sender === sender);
  return {
    records: sent.reduce((sum, row) => sum + row.records.length, 0),
    bytes: sent.reduce((sum, row) => sum + row.bytes, 0),
  };
}
