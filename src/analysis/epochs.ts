/** What each side wrote in each epoch, which numbers are missing, and since when its peer could read it. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { greatest } from './extremes.ts';
import { Readability } from './readable.ts';
import { SENDERS, type Side, STATE } from './record-table.ts';
import type { EpochView } from './trace.ts';

const MISSING_LISTED = 1000;

export function epochViews(trace: AnalysedTrace, association: AnalysedAssociation): EpochView[] {
  const { groups, late } = groupsOf(trace, association.state.records);
  const readability = new Readability(trace, association);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([key, records]) =>
      epochView(trace, readability, key >> 1, key % 2 === 0 ? 0 : 1, records, late.get(key) ?? []),
    );
}

/** Records by epoch * 2 + side, and those of them that came after their sender had moved to a later epoch. */
function groupsOf(trace: AnalysedTrace, records: readonly number[]) {
  const c = trace.records.columns;
  const groups = new Map<number, number[]>();
  const late = new Map<number, number[]>();
  const reached: [number, number] = [0, 0];
  for (const record of records) {
    const [epoch, side] = [c.epoch[record] ?? 0, c.side[record] === 0 ? 0 : 1] as const;
    const key = epoch * 2 + side;
    append(groups, key, record);
    if (epoch < reached[side]) append(late, key, record);
    else reached[side] = epoch;
  }
  return { groups, late };
}

function append(lists: Map<number, number[]>, key: number, record: number): void {
  const list = lists.get(key);
  if (list) list.push(record);
  else lists.set(key, [record]);
}

function epochView(
  trace: AnalysedTrace,
  readability: Readability,
  epoch: number,
  side: Side,
  records: readonly number[],
  late: readonly number[],
): EpochView {
  const c = trace.records.columns;
  const first = records[0] ?? 0;
  const known = records.map((r) => c.sequenceNumber[r] ?? Number.NaN).filter((n) => !Number.isNaN(n));
  const numbers = [...new Set(known)].sort((a, b) => a - b);
  const startMs = trace.timeMs(first);
  // Plaintext needs no keys.
  const readable =
    epoch === 0 ? ({ atMs: startMs, certainty: 'seen', record: first } as const) : readability.since(side, epoch);
  return {
    sender: SENDERS[side] ?? 'client',
    epoch,
    startMs,
    firstPacket: trace.datagramOf(first).packet,
    records: records.length,
    firstSequence: numbers[0] ?? null,
    lastSequence: numbers.at(-1) ?? null,
    missing: gaps(numbers),
    keys: epoch === 0 || records.some((r) => c.state[r] === STATE.decrypted),
    writeFromMs: startMs,
    writeUntilMs: greatest(records.map((r) => trace.timeMs(r))),
    readableFromMs: readable?.atMs ?? null,
    readableCertainty: readable?.certainty ?? null,
    readableRecord: readable ? readable.record + 1 : null,
    late: late.map((r) => r + 1),
  };
}

/** Numbers that ascending ones leave out, the first of them. */
export function gaps(ascending: readonly number[]): number[] {
  const missing: number[] = [];
  for (const [i, number] of ascending.entries()) {
    const previous = ascending[i - 1];
    if (previous === undefined) continue;
    for (let n = previous + 1; n < number && missing.length < MISSING_LISTED; n++) missing.push(n);
  }
  return missing;
}
