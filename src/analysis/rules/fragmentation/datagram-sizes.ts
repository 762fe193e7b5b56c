/** Datagrams that got through and that did not, by their size. */
import type { RecordList } from '../../record-list.ts';
import type { Side } from '../../record-table.ts';
import type { Transmission } from '../../transmissions.ts';
import type { Subject } from '../subject.ts';

/** One datagram, named by its first record (0-based). `bytes` is what UDP carried. */
export interface Sized {
  readonly record: number;
  readonly bytes: number;
}

/** Something of this size or larger was lost. */
export interface LostSize {
  /** Of the datagram; of the largest of the transmission; or at least so much, by what is missing. */
  readonly bytes: number;
  readonly how: 'this' | 'one-of' | 'at-least';
  /** For 'one-of': how many datagrams any of which may be the lost one. */
  readonly among: number;
  /** Messages of unknown size that were lost with it. */
  readonly and?: readonly string[];
  /** Null outside flights. */
  readonly transmission: Transmission | null;
  /** A record that shows it. */
  readonly record: number;
}

/** Messages of which no transmission has anything, while the rest of each came. */
export interface NeverSeen {
  /** The last of them may be MORE. */
  readonly messages: readonly string[];
  /** Of each transmission that lacks it, the record after the gap. */
  readonly records: readonly number[];
  /** Datagrams of the same transmissions. */
  readonly passed: readonly Sized[];
  /** Other gaps in the numbers of the same side, whatever they held. */
  readonly otherGaps: number;
}

export interface Stretch {
  readonly side: Side;
  readonly where: 'before' | 'after' | 'between';
  readonly passed: readonly Sized[];
  readonly lost: readonly LostSize[];
  /** Before the capture point: what was lost is certainly no larger than this; null where no such loss is known. */
  readonly smallestLost: number | null;
  readonly neverSeen: NeverSeen | null;
}

/** More records are missing than messages are known to be. */
export const MORE = 'more';

export function sizeOf(subject: Subject, record: number): number {
  const { payload, missing } = subject.datagram(record);
  return payload.length + missing;
}

/** Datagrams of these records, each once. */
export function datagramsOf(subject: Subject, records: RecordList): readonly Sized[] {
  const { datagram } = subject.trace.records.columns;
  const found = new Map<number, Sized>();
  for (const record of records) {
    const index = datagram.get(record);
    if (!found.has(index)) found.set(index, { record, bytes: sizeOf(subject, record) });
  }
  return [...found.values()];
}

export const largest = (sized: readonly Sized[]): number => sized.reduce((max, { bytes }) => Math.max(max, bytes), 0);
