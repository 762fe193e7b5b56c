/** Where the playhead is in the diagram, and what lies before it. */
import type { PlacedRow } from './sequence-arrow.ts';

/** Index of the last row that has begun at that time; -1 before the first. Rows are in order of their starts. */
export function rowAtTime(rows: readonly PlacedRow[], timeMs: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.row.startMs ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The bottom of the row that has come, and on the way from there to the next one what part of the wait is over. */
export function heightOfTime(rows: readonly PlacedRow[], timeMs: number): number {
  const index = rowAtTime(rows, timeMs);
  const [here, next] = [rows[index], rows[index + 1]];
  if (!here) return rows[0]?.y ?? 0;
  const bottom = here.y + here.height;
  if (!next) return bottom;
  const from = here.row.startMs;
  const whole = next.row.startMs - from;
  const part = whole > 0 ? Math.min(1, Math.max(0, (timeMs - from) / whole)) : 0;
  // Not into the next row before its time: until then it is still to come.
  return bottom + part * Math.max(0, next.y - bottom);
}
