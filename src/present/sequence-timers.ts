/** What a retransmission timer was set to, where a repeat came as its schedule has it. */
import type { TimerView } from '../analysis/story.ts';

/** A repeat may come this much later than its timer, or earlier by the grain of clocks. */
const LATE = 0.12;
const EARLY = 0.02;

/** In ms; null where the gap fits no step of the schedule. */
export function timerOf(timer: TimerView | null, gapMs: number | null): number | null {
  if (!timer || gapMs === null) return null;
  const factor = timer.factor === null ? 1 : Math.round(timer.factor * 10) / 10;
  let ms = rounded(timer.initial * 1000);
  for (let step = 0; step < 12; step++, ms *= factor) {
    if (gapMs >= ms * (1 - EARLY) && gapMs <= ms * (1 + LATE)) return Math.round(ms);
    if (factor <= 1) break;
  }
  return null;
}

/** Timers are set to round numbers; what was measured has some delay on top. */
function rounded(ms: number): number {
  const grain = ms >= 400 ? 50 : ms >= 80 ? 10 : 1;
  return Math.max(grain, Math.round(ms / grain) * grain);
}
