/** Two capture points in words: where they are, what both have, what was lost between them, and how their clocks relate. */
import type { PointsView } from '../analysis/story.ts';
import type { CaptureSummary } from '../analysis/trace.ts';

const LETTERS = ['A', 'B'];

/** "A" or "B" for the captures of two points; "" with one. */
export function pointLetters(points: PointsView | null): (capture: number) => string {
  return (capture) => LETTERS[points?.points.findIndex((p) => p.captures.includes(capture)) ?? -1] ?? '';
}

/** Whole sentences. */
export function pointsSentences(points: PointsView, captures: readonly CaptureSummary[]): string[] {
  const named = points.points.map(({ captures: indexes, near }, i) => {
    const files = indexes.map((index) => captures[index]?.name ?? `capture ${index + 1}`).join(', ');
    return `${LETTERS[i]} ${near === 'unknown' ? '' : `at the ${near} `}(${files})`;
  });
  const { fromFirst, fromSecond } = points.lost;
  const total = fromFirst + fromSecond;
  const lost =
    total === 0
      ? 'none was lost between them'
      : `lost between them: ${fromFirst} from A to B, ${fromSecond} from B to A`;
  const [forth, back] = [points.delayMs.fromFirst, points.delayMs.fromSecond];
  const delays = [forth && `${ms(forth.median)} from A to B`, back && `${ms(back.median)} back`].filter(
    (d) => d !== null,
  );
  return [
    `Two capture points, merged: ${named.join(' and ')}.`,
    `${points.common} datagrams are at both points; ${lost}.`,
    `Clock of B minus clock of A: ${ms(points.offsetMs)} ± ${ms(points.offsetErrorMs)}, drifting by ${points.driftPpm.toFixed(0)} ± ${points.driftErrorPpm.toFixed(0)} ppm.${
      delays.length > 0 ? ` Median delay ${delays.join(', ')}; their sum is certain, the split within the error.` : ''
    }`,
  ];
}

function ms(value: number): string {
  const digits = Math.abs(value) < 100 ? 3 : 1;
  return `${value.toFixed(digits)} ms`;
}
