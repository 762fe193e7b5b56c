/** Whether a wait looks like that of a retransmission timer: the schedules of real stacks, with their slack. */

/** The shortest timers in use start at 50 ms. */
export const SHORTEST_TIMER_MS = 40;

/** An expired timer may be found a little early, by whoever something else woke; and it is often found late. */
const EARLY_MS = 15;
const LATE_MS = 30;
const LATE_SHARE = 0.04;

/** What stacks start with, in milliseconds. */
const FIRST_WAITS = [50, 100, 200, 250, 300, 400, 500, 1000, 2000, 3000, 8000, 9000, 25_000];
/** Doublings that a capture may have missed: what was sent in between was lost before it. */
const MISSED_DOUBLINGS = [1, 2, 4, 8, 16, 32];
/** Double, as RFC 6347 §4.2.4.1 says; three times where a stack waits with the old value first. */
const BACK_OFFS = [2, 3];
/** Past the greatest timeout the waits stay as they are. */
const LONGEST_WAIT_MS = 9_000;

/**
 * @param initial first waits of this sender that nothing but a timer explains; empty where none was seen.
 * @param expired how long the timer of this flight ran when it last expired; null where it has not.
 */
export function fitsTimer(waitedMs: number, initial: readonly number[], expired: number | null): boolean {
  if (expired !== null) {
    const capped = expired >= LONGEST_WAIT_MS && fits(waitedMs, setFrom(expired), 1);
    return capped || BACK_OFFS.some((factor) => fits(waitedMs, setFrom(expired), factor));
  }
  const starts = initial.length > 0 ? initial.map(setFrom) : FIRST_WAITS.map((ms): Timeout => [ms, ms]);
  return starts.some((start) => MISSED_DOUBLINGS.some((factor) => fits(waitedMs, start, factor)));
}

/** Least and greatest value that a timer may have been set to. */
type Timeout = readonly [number, number];

const late = (ms: number): number => Math.max(LATE_MS, LATE_SHARE * ms);

/** What the timer was set to, when it was seen to expire after so long. */
const setFrom = (waitedMs: number): Timeout => [waitedMs - late(waitedMs), waitedMs + EARLY_MS];

function fits(waitedMs: number, [least, greatest]: Timeout, factor: number): boolean {
  return waitedMs >= factor * least - EARLY_MS && waitedMs <= factor * greatest + late(factor * greatest);
}
