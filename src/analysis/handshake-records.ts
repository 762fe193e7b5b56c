/** The records with which a handshake begins and ends. */
import type { HandshakeOutcome } from './outcome.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/** The first record that carries anything of these flights. */
export function firstRecordOf(flights: readonly SentFlight[]): number | null {
  let first = Number.POSITIVE_INFINITY;
  for (const { transmissions } of flights)
    for (const { units } of transmissions) for (const { record } of units) if (record < first) first = record;
  return first === Number.POSITIVE_INFINITY ? null : first;
}

function lastRecordOf(flights: readonly SentFlight[]): number | null {
  let last = -1;
  for (const { postHandshake, transmissions } of flights)
    if (!postHandshake)
      for (const { units } of transmissions) for (const { record } of units) if (record > last) last = record;
  return last < 0 ? null : last;
}

/** Its first record; -1 of none. */
export function beginningOf(transmission: Transmission | undefined): number {
  return transmission?.units[0]?.record ?? -1;
}

/**
 * The record with which the handshake was done: the one that completed the last flight, or, where the receiver went on
 * asking after that, the last of the answers. For a handshake that was not established, the last record of its flights.
 */
export function endRecord(all: readonly SentFlight[], outcome: HandshakeOutcome): number | null {
  const end = lastRecordOf(all);
  if (end === null || outcome !== 'established') return end;
  const [before, last] = lastTwo(all);
  if (!last) return end;
  const answers =
    last.transmissions.length === 1
      ? (last.transmissions[0]?.units ?? [])
      : last.transmissions.flatMap((t) => t.units).sort((a, b) => a.record - b.record);
  const missing = new Set(last.parts);
  let completing = answers.at(-1)?.record ?? end;
  for (const { record, pieces } of answers) {
    for (const { part } of pieces)
      if (part.message?.completedBy === record || part.message === null || part.message.assembly.complete)
        missing.delete(part);
    if (missing.size > 0) continue;
    completing = record;
    break;
  }
  const asked = beginningOf(before?.transmissions.at(-1));
  return asked > completing ? (answers.at(-1)?.record ?? completing) : completing;
}

/** Of the flights of the handshake, the last and the one before it. */
function lastTwo(all: readonly SentFlight[]): readonly [SentFlight | undefined, SentFlight | undefined] {
  const at = all.findLastIndex((f) => !f.postHandshake);
  const before = all.findLastIndex((f, i) => i < at && !f.postHandshake);
  return [all[before], all[at]];
}
