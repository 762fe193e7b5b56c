/** Where the playhead is, for eyes and for ears. */
import type { AssociationDetail, RecordView, Sender } from '../analysis/trace.ts';
import { machinesAt } from './machine-at.ts';
import { placeInAll, recordsInAll } from './summed-records.ts';
import { milliseconds } from './time-scale.ts';

/** "3 013.379 ms", since the association began. */
export function playheadTime({ association }: AssociationDetail, timeMs: number): string {
  return `${milliseconds(timeMs - association.startMs)} ms`;
}

/** "packet 15 · record 20 of 30", with two capture points "packet B 18". Where the trace has more associations, its own number of the record goes before. */
export function placeText(detail: AssociationDetail, record: RecordView, point: string | null = null): string {
  const place = placeInAll(detail, record.record);
  const total = recordsInAll(detail);
  const which =
    place === record.record ? `record ${record.record} of ${total}` : `record ${record.record}, ${place} of ${total}`;
  return `packet ${point === null ? '' : `${point} `}${record.packet} · ${which}`;
}

/** "20 of 30" */
export function shortPlace(detail: AssociationDetail, record: RecordView): string {
  return `${placeInAll(detail, record.record)} of ${recordsInAll(detail)}`;
}

/** Time, place and both states, as one sentence. */
export function playheadSentence(
  detail: AssociationDetail,
  timeMs: number,
  record: RecordView | null,
  names: Readonly<Record<Sender, string>>,
): string {
  const states = machinesAt(detail, timeMs, names, record?.record)
    .filter(({ state }) => state !== null)
    .map(({ says, timer }) => (timer ? `${says}, ${timer.left}` : says));
  const place = record ? [placeText(detail, record).replace(' · ', ', ')] : [];
  return [playheadTime(detail, timeMs), ...place, ...states].join('; ');
}
