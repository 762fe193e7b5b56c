/** The retransmission timer of one endpoint while it waits: how long it was set for, and what is left of it. */
import type { Certainty, MachineStepView, TimerView } from '../analysis/story.ts';
import { milliseconds } from './time-scale.ts';

export interface TimerAt {
  /** As it was presumably set: 1001 ms that were seen are a timer of 1 000. */
  readonly totalMs: number;
  readonly leftMs: number;
  /** Inferred where it did not expire in this capture, so that only the schedule of the others tells. */
  readonly certainty: Certainty;
  /** "timer 4 000 ms" */
  readonly says: string;
  /** "1 230 ms left", "expired", "overdue by 12 ms" */
  readonly left: string;
}

/** Null where none is armed, or nothing tells for how long. */
export function timerAt(
  step: MachineStepView,
  next: MachineStepView | undefined,
  schedule: TimerView | null,
  timeMs: number,
): TimerAt | null {
  if (step.state !== 'WAITING' || step.stateless || step.flight === 0) return null;
  const expired = next && isRepeat(step, next) && next.cause === 'timer expired' ? next : null;
  const foreseen = expired ? expired.timeMs - step.timeMs : scheduled(schedule, step.attempt);
  if (foreseen === null) return null;
  const totalMs = presumablySet(foreseen, (schedule?.consistentWith.length ?? 0) > 0);
  const elapsed = timeMs - step.timeMs;
  const leftMs = Math.max(0, totalMs - elapsed);
  const overdue = !expired && elapsed > totalMs;
  return {
    totalMs,
    leftMs,
    certainty: expired ? expired.certainty : 'inferred',
    says: `timer ${whole(totalMs)}`,
    left: overdue ? `overdue by ${whole(elapsed - totalMs)}` : leftMs === 0 ? 'expired' : `${whole(leftMs)} left`,
  };
}

export function isRepeat(step: MachineStepView, next: MachineStepView): boolean {
  return next.state === 'SENDING' && next.flight === step.flight && next.handshake === step.handshake;
}

export function whole(ms: number): string {
  return `${milliseconds(Math.round(ms)).replace(/\.\d+$/, '')} ms`;
}

function scheduled(timer: TimerView | null, attempt: number): number | null {
  if (!timer || attempt < 1) return null;
  const seen = timer.samples[attempt - 1];
  if (seen !== undefined) return seen * 1000;
  // With one sample nothing tells how the timer grows.
  if (timer.factor === null) return attempt === 1 ? timer.initial * 1000 : null;
  return timer.initial * 1000 * timer.factor ** (attempt - 1);
}

const ROUND_MS = 50;

/** A round number where what was seen is that plus what it takes to wake up; more where a known stack has the schedule. */
function presumablySet(ms: number, known: boolean): number {
  const round = Math.round(ms / ROUND_MS) * ROUND_MS;
  return round > 0 && Math.abs(ms - round) <= 5 + ms * (known ? 0.015 : 0.005) ? round : Math.round(ms);
}
