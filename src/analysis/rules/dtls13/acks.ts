/** The ACKs of an association (RFC 9147 §7) as its rules ask for them: what each names, and what it is named by. */
import { acksOf } from '../../acknowledged.ts';
import { surroundingsOf } from '../../flight-setting.ts';
import type { Gap } from '../../gaps.ts';
import { missedAcks } from '../../missed-acks.ts';
import type { Side } from '../../record-table.ts';
import type { Subject } from '../subject.ts';

export interface Ack {
  /** 0-based. */
  readonly record: number;
  readonly side: Side;
  readonly timeMs: number;
  readonly epoch: number;
  /** Record numbers that it names. */
  readonly names: readonly { readonly epoch: number; readonly sequenceNumber: number }[];
}

/** ACKs that could be read, of one side, in order of time. */
export function acksFrom(subject: Subject, side: Side): readonly Ack[] {
  const { records, timesMs } = acksOf(subject.trace, subject.analysed)[side];
  const { epoch } = subject.trace.records.columns;
  return records.flatMap((record, i) =>
    subject
      .carried(record)
      .flatMap((item) =>
        item.kind === 'ack'
          ? [{ record, side, timeMs: timesMs[i] ?? 0, epoch: epoch[record] ?? 0, names: item.recordNumbers }]
          : [],
      ),
  );
}

/** The captured records that an ACK names, 0-based. */
export function namedBy({ analysed }: Subject, ack: Ack): readonly number[] {
  return ack.names.flatMap((number) => {
    const record = analysed.state.recordWithNumber(ack.record, number);
    return record === null ? [] : [record - 1];
  });
}

/** ACKs of a side that were captured and did not arrive: what they name was sent again. */
export function lostAcks({ trace, analysed }: Subject, side: Side): ReadonlySet<number> {
  return new Set(missedAcks(trace, analysed, side).map((m) => m.record));
}

/** Numbers of a side in epochs after the hellos that this capture does not have, sent at some time between the two. */
export function gapBetween({ trace, analysed }: Subject, side: Side, fromMs: number, toMs: number): Gap | undefined {
  return surroundingsOf(trace, analysed).gaps.find(
    (gap) =>
      gap.side === side &&
      gap.epoch >= 2 &&
      trace.timeMs(gap.after) > fromMs &&
      (gap.before === null || trace.timeMs(gap.before) < toMs),
  );
}
