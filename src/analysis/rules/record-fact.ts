/** One record as rules look at it. */
import type { AnalysedTrace } from '../analyse.ts';
import { HIDDEN_TYPE, MARKS, REASONS, SENDERS, type Side, STATES } from '../record-table.ts';
import type { ClosedReason, Mark, RecordState, Sender } from '../trace.ts';

/** One record in short. `index` is its 0-based place in the trace: what evidence names it by. */
export interface RecordFact {
  readonly index: number;
  readonly timeMs: number;
  readonly side: Side;
  readonly sender: Sender;
  readonly epoch: number;
  /** Null where record number encryption hides it. */
  readonly sequenceNumber: number | null;
  /** Null where it is encrypted (DTLS 1.3 without keys). */
  readonly contentType: number | null;
  /** With its header, in bytes. */
  readonly length: number;
  readonly state: RecordState;
  readonly reason: ClosedReason | null;
  readonly mark: Mark;
  /** 0 outside flights. */
  readonly handshake: number;
  readonly flight: number;
  readonly transmission: number;
}

export function recordFact(trace: Pick<AnalysedTrace, 'records' | 'timeMs'>, index: number): RecordFact {
  const c = trace.records.columns;
  const side: Side = c.side[index] === 1 ? 1 : 0;
  const sequenceNumber = c.sequenceNumber.get(index);
  const contentType = c.contentType[index] ?? HIDDEN_TYPE;
  const { handshake, flight, transmission } = c.place.get(index);
  return {
    index,
    timeMs: trace.timeMs(index),
    side,
    sender: SENDERS[side] ?? 'client',
    epoch: c.epoch[index] ?? 0,
    sequenceNumber: Number.isNaN(sequenceNumber) ? null : sequenceNumber,
    contentType: contentType === HIDDEN_TYPE ? null : contentType,
    length: c.length.get(index),
    state: STATES[c.state[index] ?? 0] ?? 'plaintext',
    reason: REASONS[(c.reason[index] ?? 0) - 1] ?? null,
    mark: MARKS[c.mark[index] ?? 0] ?? 'original',
    handshake,
    flight,
    transmission,
  };
}
