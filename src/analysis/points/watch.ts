/** Whether a point was recording at a time, so that a datagram which it lacks was really not there. */
import { countUpTo } from '../extremes.ts';

/** `perhaps`: it may have ended before, or begun after, or lost packets just then. `not`: it surely did not record. */
export type Watching = 'recording' | 'perhaps' | 'not';

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Nobody stops a capture by chance so soon after its last packet. */
const MARGIN_MS = 100;

export class Watch {
  readonly #windows: readonly Window[];
  readonly #seen: readonly number[];
  readonly #missed: readonly number[];
  readonly #margin: number;

  /**
   * All times in ms on one clock, ascending.
   * @param windows first and last packet of each file of the point,
   * @param seen when it saw datagrams,
   * @param missed when datagrams were sent past it that it does not have, as their arrival at the other point shows,
   * @param error of the clocks.
   */
  constructor(windows: readonly Window[], seen: readonly number[], missed: readonly number[], error: number) {
    this.#margin = MARGIN_MS + error;
    this.#windows = joined(windows, this.#margin, longestSilence(windows, seen));
    this.#seen = seen;
    this.#missed = missed;
  }

  at(timeMs: number): Watching {
    const before = countUpTo(this.#seen, timeMs);
    const from = this.#seen[before - 1] ?? Number.NEGATIVE_INFINITY;
    const to = this.#seen[before] ?? Number.POSITIVE_INFINITY;
    const next = this.#missed[countUpTo(this.#missed, from)];
    const missedSome = next !== undefined && next < to;
    const open = this.#windows.some((w) => timeMs >= w.from - this.#margin && timeMs <= w.to + this.#margin);
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
function joined(windows: readonly Window[], margin: number, silence: number): Window[] {
  const ascending = windows.toSorted((a, b) => a.from - b.from);
  const whole: Window[] = [];
  for (const window of ascending) {
    const last = whole.at(-1);
    if (last && window.from - last.to <= Math.max(2 * margin, silence))
      whole[whole.length - 1] = { from: last.from, to: Math.max(last.to, window.to) };
    else whole.push(window);
  }
  return whole;
}
