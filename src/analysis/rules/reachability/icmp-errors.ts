/** ICMP errors about the datagrams of an association, and which of its records each of them quotes. */
import type { IcmpFacts, IcmpKind } from '../../surrounding-facts.ts';
import { icmpOf } from '../around.ts';
import type { RecordFact, Subject } from '../subject.ts';

export interface Undelivered {
  readonly error: IcmpFacts;
  /** The datagram's first record; null where nothing that was captured fits the quotation. */
  readonly record: RecordFact | null;
}

/** Errors that say: there is no way, or nobody there. What is said of sizes is another matter. */
const NOT_THERE: ReadonlySet<IcmpKind> = new Set([
  'port-unreachable',
  'protocol-unreachable',
  'host-unreachable',
  'net-unreachable',
  'administratively-prohibited',
  'time-exceeded',
]);

/** RFC 4443 §2.4 and RFC 1812 §4.3.2.8 limit their rate, not their delay: hosts send them at once. */
const QUOTED_WITHIN_MS = 5000;
const MAX_ERRORS = 32;

/** In order of time. Other associations on the same endpoints have their own. */
export function undelivered(subject: Subject, side: 0 | 1): readonly Undelivered[] {
  const errors = icmpOf(subject);
  if (errors.length === 0) return [];
  const { startMs, endMs } = subject.a;
  const next = subject.analysed.state.replacedBy?.records[0];
  const nextMs = next === undefined ? Number.POSITIVE_INFINITY : subject.trace.timeMs(next);
  const untilMs = Math.min(endMs + QUOTED_WITHIN_MS, nextMs);
  return errors
    .filter(
      (e) => e.side === side && !e.ofCarrier && NOT_THERE.has(e.kind) && e.timeMs >= startMs && e.timeMs <= untilMs,
    )
    .slice(0, MAX_ERRORS)
    .map((error) => ({ error, record: quotedRecord(subject, error) }));
}

const UDP_HEADER = 8;

function quotedRecord(subject: Subject, error: IcmpFacts): RecordFact | null {
  return (
    subject.records.findLast((r) => {
      if (r.side !== error.side || r.timeMs > error.timeMs || r.timeMs < error.timeMs - QUOTED_WITHIN_MS) return false;
      if (error.record) return r.epoch === error.record.epoch && r.sequenceNumber === error.record.sequenceNumber;
      const { payload, missing } = subject.datagram(r.index);
      return payload.length + missing + UDP_HEADER === error.udpLength;
    }) ?? null
  );
}
