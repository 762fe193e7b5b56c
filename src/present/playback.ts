/** Time that runs: where the playhead is after a while, and which record it has come to. */
import { recordAtTime, type Timeline } from './timeline.ts';

/** Times real time, or one record per beat. */
export type Rate = 1 | 10 | 100 | 'records';

export interface Played {
  readonly timeMs: number;
  readonly record: number | null;
  /** The last record has been reached. */
  readonly ended: boolean;
}

/** Between two records where each gets a beat. */
export const BEAT_MS = 500;

/** Where real time, or a multiple of it, leads. */
export function playOn(timeline: Timeline, fromMs: number, elapsedMs: number, rate: Exclude<Rate, 'records'>): Played {
  const lastMs = timeline.times.at(-1) ?? fromMs;
  const timeMs = Math.min(lastMs, fromMs + elapsedMs * rate);
  return { timeMs, record: recordAtTime(timeline, timeMs)?.record ?? null, ended: timeMs >= lastMs };
}

/** One record further. */
export function beatOn({ records, placeOf }: Timeline, record: number | null): Played {
  const place = record === null ? 0 : (placeOf.get(record) ?? -1) + 1;
  const next = records[Math.min(place, records.length - 1)];
  return { timeMs: next?.timeMs ?? 0, record: next?.record ?? null, ended: place >= records.length - 1 };
}

/** Nothing is left to play from here. */
export function isAtEnd({ records }: Timeline, record: number | null): boolean {
  return records.at(-1)?.record === record;
}
