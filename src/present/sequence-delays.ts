/** How a crossing between two capture points reads and looks: the column of delays, and how far its line falls. */
import type { Crossing } from './sequence-types.ts';
import { milliseconds } from './time-scale.ts';

/** The column of delays: "0.367", "lost", "B only". */
export function delayText(crossing: Crossing): string {
  switch (crossing.kind) {
    case 'crossed':
      return crossing.delayMs ? milliseconds(crossing.delayMs.shown) : '';
    case 'lost':
    case 'never-captured':
      return 'lost';
    case 'arrived-only':
      return `${crossing.to} only`;
    case 'sent-only':
      return '—';
  }
}

/** A sentence for those who ask. */
export function crossingWords({ kind, from, to, delayMs }: Crossing): string | null {
  switch (kind) {
    case 'crossed': {
      if (!delayMs) return null;
      const { shown, least, greatest } = delayMs;
      const took = least === greatest ? milliseconds(shown) : `${milliseconds(least)} to ${milliseconds(greatest)}`;
      return `arrived ${to === null ? 'at the other point' : `at ${to}`} after ${took} ms`;
    }
    case 'lost':
      return `captured at ${from}, never at ${to}`;
    case 'never-captured':
      return 'captured at neither point';
    case 'arrived-only':
      return `captured at ${to} only`;
    case 'sent-only':
      return from === null ? null : `captured at ${from}; ${to} tells nothing of it`;
  }
}

const BASE_PX = 4;
const PX_PER_MS = 10;
const STEEPEST_PX = 14;
/** What was lost has no delay: its line falls like a usual one. */
const LOST_PX = 8;
/** A line may fall this far without coming near the next row. */
const FREE_PX = 7;

/** How far the line of a row falls from one point to the other. The number in the column is the truth. */
export function fallOf(crossing: Crossing | null): number {
  if (crossing?.kind === 'lost') return LOST_PX;
  if (crossing?.kind !== 'crossed' || !crossing.delayMs) return 0;
  return Math.min(STEEPEST_PX, BASE_PX + PX_PER_MS * crossing.delayMs.shown);
}

/** What a falling line adds to the height of its row, so that it touches nothing of the next one. */
export function fallRoom(crossing: Crossing | null): number {
  return Math.max(0, fallOf(crossing) - FREE_PX);
}
