/**
 * The states of both endpoints along one time axis. The axis is cut as the diagram is: each burst of records is a lens,
 * magnified; the silences share the rest to scale among themselves, so that a doubling timer looks like doubling.
 */
import type { MachineStateName, MachineStepView } from '../analysis/story.ts';
import type { AssociationDetail, Sender } from '../analysis/trace.ts';

export interface AxisPiece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly x: number;
  readonly width: number;
  readonly lens: boolean;
}

export interface Interval {
  readonly state: MachineStateName;
  readonly inferred: boolean;
  readonly x: number;
  readonly width: number;
  /** Where its name has room; null where it has none. */
  readonly labelX: number | null;
}

export interface Ribbon {
  readonly sender: Sender;
  readonly intervals: readonly Interval[];
}

export interface Ribbons {
  readonly pieces: readonly AxisPiece[];
  readonly ribbons: readonly Ribbon[];
  /** Place of a time on the axis. */
  readonly xOf: (timeMs: number) => number;
  /** Time of a place on the axis. */
  readonly timeAt: (x: number) => number;
}

const SILENCE_MS = 250;
const LENS_PX = 44;
const SHORTEST_PX = 3;
const LABEL_PX = 74;
/** More bursts than this would leave no room: then the axis is plain. */
const MAX_LENSES = 9;

export function stateRibbons(detail: AssociationDetail, x0: number, x1: number): Ribbons {
  const { association, records, machines } = detail;
  const pieces = axis(
    records.map((r) => r.timeMs),
    Math.max(association.endMs, ...lastTimes(machines)),
    x0,
    x1,
  );
  const xOf = (timeMs: number): number => {
    const piece = pieces.find((p) => timeMs <= p.toMs) ?? pieces.at(-1);
    if (!piece) return x0;
    const span = piece.toMs - piece.fromMs;
    return piece.x + piece.width * (span <= 0 ? 0 : Math.min(1, Math.max(0, (timeMs - piece.fromMs) / span)));
  };
  const timeAt = (x: number): number => {
    const piece = pieces.find((p) => x <= p.x + p.width) ?? pieces.at(-1);
    if (!piece) return 0;
    const part = piece.width <= 0 ? 0 : Math.min(1, Math.max(0, (x - piece.x) / piece.width));
    return piece.fromMs + part * (piece.toMs - piece.fromMs);
  };
  const ribbons = (['client', 'server'] as const).map((sender) => ({
    sender,
    intervals: intervalsOf(machines[sender], xOf, x1, pieces),
  }));
  return { pieces, ribbons, xOf, timeAt };
}

function lastTimes({ client, server }: AssociationDetail['machines']): number[] {
  return [client, server].flatMap((steps) => steps.at(-1)?.timeMs ?? []);
}

function axis(times: readonly number[], endMs: number, x0: number, x1: number): AxisPiece[] {
  const bursts: { fromMs: number; toMs: number }[] = [];
  for (const time of times) {
    const burst = bursts.at(-1);
    if (burst && time - burst.toMs <= SILENCE_MS) burst.toMs = Math.max(burst.toMs, time);
    else bursts.push({ fromMs: time, toMs: time });
  }
  const [first, last] = [bursts[0], bursts.at(-1)];
  if (!first || !last) return [];
  const silentMs = endMs - first.fromMs - bursts.reduce((sum, b) => sum + (b.toMs - b.fromMs), 0);
  if (bursts.length > MAX_LENSES || silentMs <= 0)
    return [{ fromMs: first.fromMs, toMs: Math.max(endMs, first.fromMs + 1e-3), x: x0, width: x1 - x0, lens: false }];
  const pxPerMs = (x1 - x0 - bursts.length * LENS_PX) / silentMs;
  const pieces: AxisPiece[] = [];
  let x = x0;
  for (const [i, burst] of bursts.entries()) {
    pieces.push({ ...burst, x, width: LENS_PX, lens: true });
    x += LENS_PX;
    const until = bursts[i + 1]?.fromMs ?? endMs;
    const width = Math.max(0, (until - burst.toMs) * pxPerMs);
    if (until > burst.toMs) pieces.push({ fromMs: burst.toMs, toMs: until, x, width, lens: false });
    x += width;
  }
  return pieces;
}

function intervalsOf(
  steps: readonly MachineStepView[],
  xOf: (timeMs: number) => number,
  x1: number,
  pieces: readonly AxisPiece[],
): Interval[] {
  return steps.map(({ state, inferred, timeMs }, i) => {
    const next = steps[i + 1];
    const from = xOf(timeMs);
    const to = Math.max(from + (state === 'SENDING' ? SHORTEST_PX : 0), next ? xOf(next.timeMs) : x1);
    return { state, inferred, x: from, width: to - from, labelX: labelPlace(from, to, pieces) };
  });
}

/** In the longest silence of the interval. */
function labelPlace(from: number, to: number, pieces: readonly AxisPiece[]): number | null {
  if (to - from < LABEL_PX) return null;
  const silence = pieces
    .filter((p) => !p.lens && p.x >= from - 1 && p.x + p.width <= to + 1)
    .reduce<AxisPiece | null>((best, p) => (best && best.width >= p.width ? best : p), null);
  return silence && silence.width >= LABEL_PX ? silence.x + silence.width / 2 : (from + to) / 2;
}
