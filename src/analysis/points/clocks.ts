/**
 * How two clocks relate, from datagrams that both points have. A datagram takes time, never less than none: so what
 * the second clock is ahead of the first is at most what a datagram to the second point shows, and at least what one
 * from it shows. Over time these bounds leave a corridor, and every straight line within it is a possible truth.
 */

import { greatest, least } from '../extremes.ts';

/** What one datagram shows: at `x` on the first clock, the second clock was `ahead` of it, give or take its delay. */
export interface Bound {
  readonly x: number;
  readonly ahead: number;
}

/** In ms; `drift` is a ratio. Second clock = first clock + `aheadMs` + `drift` × (first clock − origin). */
export interface ClockLine {
  /** The time on the first clock for which `aheadMs` holds. */
  readonly origin: number;
  readonly aheadMs: number;
  readonly aheadErrorMs: number;
  readonly drift: number;
  readonly driftError: number;
  /** How far wrong a time may be that is taken from one clock to the other, anywhere between the bounds. */
  readonly errorMs: number;
  /** False where only datagrams of one direction tell, so that the errors are but what paths are like. */
  readonly bounded: boolean;
  /** How far outside the corridor the line has to run: not zero where the clocks did not run evenly. */
  readonly slackMs: number;
}

/** Clocks of computers run apart by less than this; those that something is wrong with, by less than the second. */
const DRIFTS = [200e-6, 1000e-6] as const;
/** With datagrams in one direction only nothing bounds the other side: no path is slower than this. */
const ONE_SIDED_ERROR_MS = 1000;

/**
 * @param above bounds that the line may not be above, @param below those that it may not be below.
 * @param origin where the offset is wanted, @param resolution of the two clocks together, all in ms.
 */
export function alignClocks(
  above: readonly Bound[],
  below: readonly Bound[],
  origin: number,
  resolution: number,
): ClockLine | null {
  const shifted = (bounds: readonly Bound[]) => bounds.map(({ x, ahead }) => ({ x: x - origin, ahead }));
  const upper = hull(shifted(above), 1);
  const lower = hull(shifted(below), -1);
  if (upper.length === 0 && lower.length === 0) return null;
  if (upper.length === 0 || lower.length === 0) return oneSided(upper, lower, origin);
  const jitter = jitterOf(above) + jitterOf(below);
  for (const drift of DRIFTS) {
    const corridor = new Corridor(upper, lower, resolution, drift);
    if (corridor.width >= 0) return lineIn(corridor, origin, jitter, 0);
  }
  // No line fits: the one that misses the least, and the error as if twice as much were allowed.
  const { width } = new Corridor(upper, lower, resolution, DRIFTS[0]);
  const slack = -width / 2;
  return lineIn(new Corridor(upper, lower, resolution + 2 * slack, DRIFTS[0]), origin, jitter, slack);
}

/** How far the corridor is open where it is widest, in ms; negative where no line fits. */
export function corridorWidth(above: readonly Bound[], below: readonly Bound[]): number {
  const upper = hull([...above], 1);
  const lower = hull([...below], -1);
  if (upper.length === 0 || lower.length === 0) return Number.POSITIVE_INFINITY;
  return new Corridor(upper, lower, 0, DRIFTS[0]).width;
}

/** The line at a time of the first clock: what the second is ahead. */
export const aheadAt = ({ origin, aheadMs, drift }: ClockLine, x: number): number => aheadMs + drift * (x - origin);

/** A time of the second clock, on the first. */
export function onFirstClock({ origin, aheadMs, drift }: ClockLine, y: number): number {
  return origin + (y - origin - aheadMs) / (1 + drift);
}

function oneSided(upper: readonly Bound[], lower: readonly Bound[], origin: number): ClockLine {
  const ahead = [...upper, ...lower].map((b) => b.ahead);
  const aheadMs = upper.length > 0 ? least(ahead) : greatest(ahead);
  const errorMs = ONE_SIDED_ERROR_MS;
  return {
    origin,
    aheadMs,
    aheadErrorMs: errorMs,
    drift: 0,
    driftError: DRIFTS[0],
    errorMs,
    bounded: false,
    slackMs: 0,
  };
}

/** How much the differences of one direction vary: the middle one against the least varied neighbour in time. */
function jitterOf(bounds: readonly Bound[]): number {
  const inOrder = bounds.toSorted((a, b) => a.x - b.x);
  const steps = inOrder.slice(1).map((b, i) => Math.abs(b.ahead - (inOrder[i]?.ahead ?? b.ahead)));
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? Number.POSITIVE_INFINITY;
}

/** Those of the points that a line below all of them (`side` 1) or above all of them (-1) can touch, by ascending x. */
function hull(points: Bound[], side: 1 | -1): readonly Bound[] {
  points.sort((a, b) => a.x - b.x || side * (a.ahead - b.ahead));
  const kept: Bound[] = [];
  for (const point of points) {
    if (kept.at(-1)?.x === point.x) continue;
    for (;;) {
      const [a, b] = [kept.at(-2), kept.at(-1)];
      if (!a || !b) break;
      const turn = (b.x - a.x) * (point.ahead - a.ahead) - (b.ahead - a.ahead) * (point.x - a.x);
      if (side * turn > 0) break;
      kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

function slopes(points: readonly Bound[]): number[] {
  return points.slice(1).map((point, i) => {
    const before = points[i] ?? point;
    return (point.ahead - before.ahead) / (point.x - before.x);
  });
}

/** Of the lines that fit, one that leaves most room on both sides; of those, the one with the least drift. */
function lineIn(corridor: Corridor, origin: number, jitter: number, slackMs: number): ClockLine {
  const { drifts, ahead } = corridor.extremes(0);
  const drift = corridor.roomiest(jitter);
  const { from, to } = corridor.at(drift);
  const aheadMs = (from + to) / 2;
  const errorAt = (x: number) => {
    const [low, high] = corridor.extremes(x).ahead;
    return Math.max(high - aheadMs - drift * x, aheadMs + drift * x - low);
  };
  return {
    origin,
    aheadMs,
    aheadErrorMs: Math.max(ahead[1] - aheadMs, aheadMs - ahead[0]),
    drift,
    driftError: Math.max(drifts[1] - drift, drift - drifts[0]),
    errorMs: Math.max(errorAt(0), ...corridor.ends.map(errorAt)),
    bounded: true,
    slackMs,
  };
}

/** The offsets `from` … `to` that a drift leaves. */
interface Corner {
  readonly drift: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The lines between the hulls, as a polygon over (drift, offset): for each drift, offsets `from` … `to`. Its width is
 * concave in the drift, with corners where the line turns round a corner of a hull.
 */
class Corridor {
  readonly width: number;
  readonly #upper: readonly Bound[];
  readonly #lower: readonly Bound[];
  readonly #slack: number;
  /** Ascending. */
  readonly #corners: readonly Corner[];

  constructor(upper: readonly Bound[], lower: readonly Bound[], slack: number, maxDrift: number) {
    this.#upper = upper;
    this.#lower = lower;
    this.#slack = slack;
    const drifts = [...slopes(upper), ...slopes(lower)].filter((b) => Math.abs(b) < maxDrift);
    this.#corners = [-maxDrift, ...drifts.sort((a, b) => a - b), maxDrift].map((drift) => ({
      drift,
      ...this.at(drift),
    }));
    this.width = this.#corners.reduce((most, { from, to }) => Math.max(most, to - from), Number.NEGATIVE_INFINITY);
  }

  /** The offsets that a drift leaves. */
  at(drift: number): { readonly from: number; readonly to: number } {
    const touching = (points: readonly Bound[], side: 1 | -1) => {
      // The first edge that is steeper (of an upper hull: flatter) than the line: the line touches where it begins.
      let [low, high] = [0, points.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        const [a, b] = [points[middle], points[middle + 1]];
        if (a && b && side * (b.ahead - a.ahead - drift * (b.x - a.x)) < 0) low = middle + 1;
        else high = middle;
      }
      const { x, ahead } = points[low] ?? { x: 0, ahead: side * Number.POSITIVE_INFINITY };
      return ahead - drift * x + side * this.#slack;
    };
    return { from: touching(this.#lower, -1), to: touching(this.#upper, 1) };
  }

  /** Where the bounds begin and end. */
  get ends(): readonly number[] {
    return [this.#upper, this.#lower].flatMap((points) => [points[0]?.x ?? 0, points.at(-1)?.x ?? 0]);
  }

  /** The drift nearest to none among those for which the corridor is as wide as anywhere, give or take `tolerance`. */
  roomiest(tolerance: number): number {
    const open = this.#above(Math.max(0, this.width - tolerance));
    const [first, last] = [open[0]?.drift ?? 0, open.at(-1)?.drift ?? 0];
    return Math.min(Math.max(0, first), last);
  }

  /** The least and greatest drift of all lines that fit, and where the lowest and the highest are at `x`. */
  extremes(x: number) {
    const open = this.#above(0);
    return {
      drifts: [open[0]?.drift ?? 0, open.at(-1)?.drift ?? 0] as const,
      ahead: [
        least(open.map(({ drift, from }) => from + drift * x)),
        greatest(open.map(({ drift, to }) => to + drift * x)),
      ] as const,
    };
  }

  /** The corners at which the corridor is at least so wide, and where it becomes or ceases to be so. */
  #above(width: number): readonly Corner[] {
    const inside: Corner[] = [];
    for (const [i, corner] of this.#corners.entries()) {
      const before = this.#corners[i - 1];
      const more = corner.to - corner.from - width;
      const moreBefore = before ? before.to - before.from - width : more;
      if (before && more >= 0 !== moreBefore >= 0) {
        const drift = before.drift + ((corner.drift - before.drift) * moreBefore) / (moreBefore - more);
        inside.push({ drift, ...this.at(drift) });
      }
      if (more >= 0) inside.push(corner);
    }
    // Rounding may leave nothing where the corridor is but a line.
    return inside.length > 0 ? inside : [this.#corners.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a))];
  }
}
