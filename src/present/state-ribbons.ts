/** The states of both endpoints along one time axis. */
import type { MachineStateName, MachineStepView } from '../analysis/story.ts';
import type { AssociationDetail, Sender } from '../analysis/trace.ts';
import { type AxisPiece, type TimeAxis, timeAxis } from './axis-pieces.ts';
import { timelineOf } from './timeline.ts';

export interface Interval {
  readonly state: MachineStateName;
  readonly inferred: boolean;
  readonly fromMs: number;
  /** Null for the last one. */
  readonly toMs: number | null;
  readonly x: number;
  readonly width: number;
  /** Where its name has room; null where it has none, or where another one says it. */
  readonly labelX: number | null;
  /** A side that is done sends its last flight again: a block on its bar. */
  readonly resend: boolean;
  /** More than one where several are too short to be told apart: then `state` is the one that lasted longest. */
  readonly changes: number;
  readonly step: MachineStepView;
}

export interface Ribbon {
  readonly sender: Sender;
  readonly intervals: readonly Interval[];
}

export interface Ribbons extends TimeAxis {
  readonly ribbons: readonly Ribbon[];
}

const SHORTEST_PX = 3;
const LABEL_PX = 74;
/** More of them are drawn as what lasted longest in each piece of the axis. */
const MOST_INTERVALS = 400;
const MERGED_PX = 3;

export function stateRibbons(
  detail: AssociationDetail,
  x0: number,
  x1: number,
  kind: 'magnified' | 'linear' = 'magnified',
): Ribbons {
  const { association, machines } = detail;
  const endMs = Math.max(association.endMs, ...lastTimes(machines));
  const axis = timeAxis(timelineOf(detail).times, endMs, { x0, x1, kind });
  const ribbons = (['client', 'server'] as const).map((sender) => ({
    sender,
    intervals: intervalsOf(machines[sender], axis, x1),
  }));
  return { ...axis, ribbons };
}

function lastTimes({ client, server }: AssociationDetail['machines']): number[] {
  return [client, server].flatMap((steps) => steps.at(-1)?.timeMs ?? []);
}

function intervalsOf(steps: readonly MachineStepView[], { xOf, pieces }: TimeAxis, x1: number): Interval[] {
  const placed = steps.map((step, i) => {
    const next = steps[i + 1];
    const x = xOf(step.timeMs);
    const resend = step.state === 'SENDING' && steps[i - 1]?.state === 'FINISHED' && next?.state === 'FINISHED';
    const least = resend ? SHORTEST_PX + 1 : step.state === 'SENDING' ? SHORTEST_PX : 0;
    const to = Math.max(x + least, next ? xOf(next.timeMs) : x1);
    const { state, inferred, timeMs: fromMs } = step;
    return { state, inferred, fromMs, toMs: next?.timeMs ?? null, x, width: to - x, resend, changes: 1, step };
  });
  if (placed.length > MOST_INTERVALS) return merged(placed);
  // A bar with blocks on it is one thing, and has one name.
  const names = new Map<number, number>();
  for (let i = 0; i < placed.length; ) {
    let last = i;
    while (placed[last + 1]?.resend && placed[last + 2]) last += 2;
    const [from, to] = [placed[i], placed[last]];
    const x = from && to ? labelPlace(from.x, to.x + to.width, pieces, last > i) : null;
    if (x !== null) names.set(i, x);
    i = last + 1;
  }
  return placed.map((one, i) => ({ ...one, labelX: names.get(i) ?? null }));
}

type Placed = Omit<Interval, 'labelX'>;

function merged(placed: readonly Placed[]): Interval[] {
  const whole: Interval[] = [];
  for (let from = 0; from < placed.length; ) {
    const x = placed[from]?.x ?? 0;
    let to = from + 1;
    while (to < placed.length && (placed[to]?.x ?? 0) - x < MERGED_PX) to++;
    const run = placed.slice(from, to);
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) break;
    // One that outlasts the run is what is seen of it.
    const longest = run.reduce((best, one) => (lasts(one) > lasts(best) ? one : best), first);
    const end = placed[to]?.x ?? last.x + last.width;
    const { fromMs } = first;
    whole.push({ ...longest, x, width: end - x, fromMs, toMs: last.toMs, changes: run.length, labelX: null });
    from = to;
  }
  return whole;
}

function lasts({ fromMs, toMs }: Placed): number {
  return (toMs ?? Number.POSITIVE_INFINITY) - fromMs;
}

/** In the longest silence of the interval. */
function labelPlace(from: number, to: number, pieces: readonly AxisPiece[], inSilence: boolean): number | null {
  if (to - from < LABEL_PX) return null;
  const silence = pieces
    .filter((p) => !p.lens && p.x >= from - 1 && p.x + p.width <= to + 1)
    .reduce<AxisPiece | null>((best, p) => (best && best.width >= p.width ? best : p), null);
  if (silence && silence.width >= LABEL_PX) return silence.x + silence.width / 2;
  return inSilence ? null : (from + to) / 2;
}
