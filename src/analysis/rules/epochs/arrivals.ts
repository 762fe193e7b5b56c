/** When records arrived, who copied them, and whether a sender starts each epoch at zero. */
import { DUPLICATE_ORIGINS, MARK, type Side } from '../../record-table.ts';
import type { DuplicateOrigin } from '../../story.ts';
import type { RecordFact, Subject } from '../subject.ts';

/** At the receiver, as far as is known: with one capture point when it was captured. Null: it never got there. */
export function arrivedMs({ trace }: Pick<Subject, 'trace'>, index: number): number | null {
  // A plain one comes from one point.
  if (trace.datagrams.plain(trace.records.columns.datagram.get(index))) return trace.timeMs(index);
  return trace.datagramOf(index).transit ? trace.arrivalMs(index) : trace.timeMs(index);
}

/** Networks deliver copies later than the original, but not much. */
const LATE_COPY_MS = 200;

/** Who made a duplicate; null for any other record, and for what was altered on its way between two points. */
export function copiedBy({ trace }: Pick<Subject, 'trace'>, index: number): DuplicateOrigin | null {
  const { transit } = trace.datagramOf(index);
  if (transit?.altered) return null;
  const { columns: c } = trace.records;
  // Of two points only the one near the receiver has it: it came into being between them.
  if (transit?.sentNs === null && c.mark[index] === MARK.duplicate) {
    const original = c.repeats.get(index) - 1;
    const afterMs = original < 0 ? 0 : trace.timeMs(index) - (arrivedMs({ trace }, original) ?? trace.timeMs(original));
    if (afterMs < LATE_COPY_MS) return 'network';
    return (c.epoch[index] ?? 0) > 0 ? 'replay' : null;
  }
  return DUPLICATE_ORIGINS[trace.records.columns.duplicateOrigin.get(index) - 1] ?? null;
}

/** What was written under its number for the first time, and is whole: what says something about order. */
export function isNumbered(r: RecordFact): boolean {
  return (
    r.sequenceNumber !== null &&
    r.mark !== 'duplicate' &&
    r.state !== 'malformed' &&
    r.reason !== 'authentication-failed'
  );
}

export interface GoesOnCounting {
  /** The first record of the epoch, with a number that goes on from the epoch before. */
  readonly first: RecordFact;
  /** A later one, from a counter of its own. */
  readonly next: RecordFact;
}

/**
 * The first record of an epoch goes on with the numbers of the epoch before, and the next begins at zero or one: its
 * sender keeps two counters (RFC 6347 §4.1 wants each epoch to start at zero). Looks like reordering, and is none.
 */
export function goesOnCounting(subject: Subject, side: Side, epoch: number): GoesOnCounting | null {
  if (subject.is13 || epoch < 1) return null;
  const { sorted } = subject;
  const start = sorted.stream(side, epoch)?.firstNumbered ?? null;
  if (start === null) return null;
  const first = subject.fact(start);
  if (first.sequenceNumber === null || first.sequenceNumber === 0) return null;
  let highestBefore = -1;
  for (const index of sorted.stream(side, epoch - 1)?.records ?? []) {
    if (index > start) break;
    const before = subject.fact(index);
    if (isNumbered(before)) highestBefore = Math.max(highestBefore, before.sequenceNumber ?? -1);
  }
  if (first.sequenceNumber !== highestBefore + 1) return null;
  for (const index of sorted.stream(side, epoch)?.records ?? []) {
    const next = subject.fact(index);
    if (index <= start || !isNumbered(next) || next.sequenceNumber === null) continue;
    if (next.sequenceNumber < first.sequenceNumber) return next.sequenceNumber <= 1 ? { first, next } : null;
  }
  return null;
}

/** SCTP and TCP put their pieces in order and drop copies: what is out of order there is not so for DTLS. */
export const inOrderedCarrier = ({ a }: Subject): boolean => a.carriers.some((name) => /SCTP|TCP/.test(name));
