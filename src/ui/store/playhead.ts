/** Where the playhead is: on the selected record, or between two while time runs or it is dragged. */
import type { RecordView } from '../../analysis/trace.ts';
import { timelineOf, timeOfRecord } from '../../present/timeline.ts';
import type { State } from './store.ts';

/** Null where no association is shown. */
export function playheadOf({ detail, record, playheadMs }: State): number | null {
  if (!detail) return null;
  return playheadMs ?? timeOfRecord(timelineOf(detail), record) ?? detail.association.startMs;
}

export function selectedRecord({ detail, record }: State): RecordView | null {
  if (!detail || record === null) return null;
  const { records, placeOf } = timelineOf(detail);
  return records[placeOf.get(record) ?? -1] ?? null;
}
