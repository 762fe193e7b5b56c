/** Times from below a millisecond to minutes, sorted into bins that grow as 1, 2, 5, or more coarsely where they are many. */
import { thousands } from './time-scale.ts';

export interface Bin {
  /** Inclusive, in ms. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly label: string;
  readonly count: number;
}

export interface Histogram {
  readonly bins: readonly Bin[];
  readonly values: number;
  readonly median: number;
  /** Nine of ten are no longer. */
  readonly p90: number;
  readonly max: number;
}

/** Shorter ones are all in the first bin. */
const SHORTEST_MS = 0.1;

/** Null where there are no values. */
export function histogramOf(values: readonly number[]): Histogram | null {
  const sorted = Float64Array.from(values).sort();
  const [least, max] = [sorted[0], sorted.at(-1)];
  if (least === undefined || max === undefined) return null;
  const edges = edgesAround(Math.max(SHORTEST_MS, least), Math.max(SHORTEST_MS, max));
  const counts = new Array<number>(edges.length - 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < counts.length - 1 && value >= (edges[bin + 1] ?? Number.POSITIVE_INFINITY)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    bins: counts.map((count, i) => {
      const edge = edges[i] ?? 0;
      const from = i === 0 && least < edge ? 0 : edge;
      const to = edges[i + 1] ?? edge;
      return { from, to, count, label: `${shortTime(from)} to ${shortTime(to)}` };
    }),
    values: sorted.length,
    median: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    max,
  };
}

/** The least value that this share of all does not exceed. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** More columns than this cannot be hit with a finger. */
const MOST_BINS = 12;
const STEPS = [[1, 2, 5], [1, 3], [1]] as const;

function edgesAround(least: number, most: number): readonly number[] {
  const tried = STEPS.map((steps) => edgesBy(steps, least, most));
  return tried.find((edges) => edges.length <= MOST_BINS + 1) ?? tried.at(-1) ?? [];
}

/** From the last edge not above `least` to the first one above `most`. */
function edgesBy(steps: readonly number[], least: number, most: number): readonly number[] {
  const edges: number[] = [];
  for (let decade = Math.floor(Math.log10(least)); ; decade++)
    for (const step of steps) {
      const edge = decade < 0 ? step / 10 ** -decade : step * 10 ** decade;
      if (edge <= least) edges[0] = edge;
      else edges.push(edge);
      if (edge > most) return edges;
    }
}

/** "0.5 ms", "20 ms", "2 s", "100 s". */
export function shortTime(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? Number(ms.toPrecision(2)) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return `${thousands(seconds < 10 ? Number(seconds.toPrecision(2)) : Math.round(seconds))} s`;
}

/** Where a time stands between the first and the last edge, from 0 to 1. */
export function placeOnAxis({ bins }: Histogram, ms: number): number {
  const first = bins[0];
  const last = bins.at(-1);
  if (!first || !last) return 0;
  // The first edge may be 0, which a logarithm does not have.
  const low = Math.log(first.from > 0 ? first.from : SHORTEST_MS);
  const high = Math.log(last.to);
  return Math.min(1, Math.max(0, (Math.log(Math.max(ms, SHORTEST_MS)) - low) / (high - low)));
}
