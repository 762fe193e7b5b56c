/**
 * All sendings of a flight: its transmissions, and those that its sender wrote under the same record numbers, which
 * count as duplicates elsewhere (a stateless server's HelloVerifyRequest, or a stack that resends its bytes).
 */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { startOf } from './answers.ts';
import { DUPLICATE_ORIGINS, MARK } from './record-table.ts';
import { sumsOf } from './streams.ts';
import { type SentFlight, transmissionOf } from './transmissions.ts';

/** Records of one sending come in a row; no timer in use is shorter. */
const LONGEST_PAUSE_MS = 40;

/** By original, the records with its number that the sender wrote again; empty for nearly every association. */
export type Rewritten = ReadonlyMap<number, readonly number[]>;

export function rewrittenIn(trace: AnalysedTrace, { state }: AnalysedAssociation): Rewritten {
  const rewritten = new Map<number, number[]>();
  if (sumsOf(trace).counts(state.index).mark(MARK.duplicate) === 0) return rewritten;
  const c = trace.records.columns;
  const reused = DUPLICATE_ORIGINS.indexOf('reused-number') + 1;
  for (const record of state.records) {
    if (c.mark[record] !== MARK.duplicate || c.duplicateOrigin.get(record) !== reused) continue;
    const original = c.repeats.get(record) - 1;
    const list = rewritten.get(original);
    if (list) list.push(record);
    else rewritten.set(original, [record]);
  }
  return rewritten;
}

/** The flight with every sending as a transmission, in the order of time where there is more to it. */
export function withRewritten(trace: AnalysedTrace, flight: SentFlight, rewritten: Rewritten): SentFlight {
  if (rewritten.size === 0) return flight;
  const copies = flight.transmissions
    .flatMap((t) => t.units)
    .flatMap((unit) =>
      (rewritten.get(unit.record) ?? []).map((record) => ({ ...unit, record, timeMs: trace.timeMs(record) })),
    )
    .sort((a, b) => a.timeMs - b.timeMs || a.record - b.record);
  if (copies.length === 0) return flight;
  const again: (typeof copies)[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const copy of copies) {
    if (copy.timeMs - lastMs < LONGEST_PAUSE_MS) again.at(-1)?.push(copy);
    else again.push([copy]);
    lastMs = copy.timeMs;
  }
  const sent = again.map((units) => transmissionOf(0, units));
  return { ...flight, transmissions: [...flight.transmissions, ...sent].sort((a, b) => startOf(a) - startOf(b)) };
}
