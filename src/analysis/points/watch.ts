/** Whether a point was recording at a time, so that a datagram which it lacks was really not there. */
import { countUpTo } from '../extremes.ts';

/** `perhaps`: it may have ended before, or begun after, or lost packets just then. `not`: it surely did not record. */
export type Watching = 'recording' | 'perhaps' | 'not';

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Between a file and the next of a ring. */
const BETWEEN_FILES_MS = 200;

export class Watch {
  readonly #windows: readonly Window[];
  readonly #seen: readonly number[];
  readonly #missed: readonly number[];
  readonly #error: number;

  /**
   * All times in ms on one clock, ascending.
   * @param windows first and last packet of each file of the point,
   * @param seen when it saw datagrams,
   * @param missed when datagrams were sent past it that it does not have, as their arrival at the other point shows,
   * @param error of the clocks.
   */
  constructor(windows: readonly Window[], seen: readonly number[], missed: readonly number[], error: number) {
    this.#error = error;
    this.#windows = joined(windows, Math.max(BETWEEN_FILES_MS, longestSilence(windows, seen)));
    this.#seen = seen;
    this.#missed = missed;
  }

  /**
   * @param earliest and latest that it may have come by here, in ms.
   * @param between something sent before and something sent after it was seen here: then it came by between the two.
   * Else the error of the clocks counts at the ends of a file, which may cut a burst in two.
   */
  at(earliest: number, latest: number, between: boolean): Watching {
    const before = countUpTo(this.#seen, earliest);
    const from = this.#seen[before - 1] ?? Number.NEGATIVE_INFINITY;
    const to = this.#seen[before] ?? Number.POSITIVE_INFINITY;
    const next = this.#missed[countUpTo(this.#missed, from)];
    const missedSome = next !== undefined && next < to;
    const margin = between ? this.#error : -this.#error;
    const last = between ? earliest : latest;
    const open = this.#windows.some((w) => earliest >= w.from - margin && last <= w.to + margin);
    if (open) return missedSome ? 'perhaps' : 'recording';
    return missedSome ? 'not' : 'perhaps';
  }
}

/** The longest time without a datagram within one file. */
function longestSilence(windows: readonly Window[], seen: readonly number[]): number {
  const within = (time: number) => windows.findIndex((w) => time >= w.from && time <= w.to);
  let longest = 0;
  let before = { time: 0, file: -1 };
  for (const time of seen) {
    const file = before.file >= 0 && isIn(windows[before.file], time) ? before.file : within(time);
    if (file >= 0 && file === before.file) longest = Math.max(longest, time - before.time);
    before = { time, file };
  }
  return longest;
}

const isIn = (window: Window | undefined, time: number): boolean =>
  window !== undefined && time >= window.from && time <= window.to;

/** Files that follow each other so closely that none can be missing between them are one. */
function joined(windows: readonly Window[], gap: number): Window[] {
  const ascending = windows.toSorted((a, b) => a.from - b.from);
  const whole: Window[] = [];
  for (const window of ascending) {
    const last = whole.at(-1);
    if (last && window.from - last.to <= gap)
      whole[whole.length - 1] = { from: last.from, to: Math.max(last.to, window.to) };
    else whole.push(window);
  }
  return whole;
}
