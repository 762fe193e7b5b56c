/** One-way delays between two capture points as two strips on one axis: a tick per record, the median, the clocks' error. */
import type { PointsView } from '../analysis/story.ts';
import type { AssociationDetail, RecordView, Sender } from '../analysis/trace.ts';
import { counted } from './association-row.ts';
import type { PointName, SeenTwice } from './capture-points.ts';

/** Records whose delays fall on the same px. */
export interface DelayTick {
  readonly x: number;
  /** Ascending numbers of the trace. */
  readonly records: readonly [number, ...number[]];
}

export interface DelayStrip {
  readonly sender: Sender;
  readonly from: PointName;
  readonly to: PointName;
  readonly medianMs: number;
  readonly medianX: number;
  /** How far the median may be off, because the clocks are: from, to. */
  readonly errorX: readonly [number, number];
  readonly ticks: readonly DelayTick[];
}

export interface DelayStrips {
  /** Client first; one that has no delay is left out. */
  readonly strips: readonly DelayStrip[];
  readonly axis: readonly { readonly x: number; readonly label: string }[];
  /** Delays differ so much that equal steps are equal factors. */
  readonly logarithmic: boolean;
  readonly errorMs: number;
  readonly records: number;
  /** The whole picture in a sentence. */
  readonly says: string;
}

/** Beyond this factor between the usual and the longest delay the usual ones would be one line. */
const FAR_APART = 40;
const SHORTEST_MS = 0.001;

export function delayStrips(
  detail: AssociationDetail,
  twice: SeenTwice,
  { offsetErrorMs }: PointsView,
  { x0, x1 }: { readonly x0: number; readonly x1: number },
): DelayStrips | null {
  const both = (['client', 'server'] as const).map((sender) => ({
    sender,
    from: twice.near[sender],
    to: twice.near[sender === 'client' ? 'server' : 'client'],
    delays: delaysOf(detail.records, sender),
  }));
  const all = both.flatMap(({ delays }) => delays.map(({ ms }) => ms)).sort((a, b) => a - b);
  const [least, usual, greatest] = [all[0], all[all.length >> 1], all.at(-1)];
  if (least === undefined || usual === undefined || greatest === undefined) return null;
  const logarithmic = greatest > FAR_APART * Math.max(usual, SHORTEST_MS);
  const axis = logarithmic ? factors(Math.max(least, SHORTEST_MS), greatest) : steps(greatest);
  const x = placing(axis, logarithmic, x0, x1);
  const strips = both.flatMap(({ delays, ...strip }) => {
    const medianMs = delays[delays.length >> 1]?.ms;
    if (medianMs === undefined) return [];
    const errorX = [x(medianMs - offsetErrorMs), x(medianMs + offsetErrorMs)] as const;
    return [{ ...strip, medianMs, medianX: x(medianMs), errorX, ticks: ticksOf(delays, x) }];
  });
  return {
    strips,
    axis: axis.map((ms) => ({ x: x(ms), label: axisLabel(ms, axis) })),
    logarithmic,
    errorMs: offsetErrorMs,
    records: all.length,
    says: `${strips.map(stripSays).join('; ')}. The clocks may be wrong by ${delayMs(offsetErrorMs)} ms.`,
  };
}

/** In ms, as exact as it is small. */
export function delayMs(ms: number): string {
  return ms.toFixed(ms < 100 ? 3 : 1);
}

function stripSays({ sender, from, to, medianMs, ticks }: DelayStrip): string {
  const count = ticks.reduce((sum, { records }) => sum + records.length, 0);
  return `${counted(count, 'record')} of the ${sender}, ${from} to ${to}: median ${delayMs(medianMs)} ms`;
}

interface Delay {
  readonly record: number;
  readonly ms: number;
}

function delaysOf(records: readonly RecordView[], sender: Sender): Delay[] {
  return records
    .flatMap(({ record, timeMs, arrival, sender: own }) =>
      own === sender && arrival ? [{ record, ms: Math.max(0, arrival.timeMs - timeMs) }] : [],
    )
    .sort((a, b) => a.ms - b.ms || a.record - b.record);
}

function ticksOf(delays: readonly Delay[], x: (ms: number) => number): DelayTick[] {
  const byPx = new Map<number, [number, ...number[]]>();
  for (const { record, ms } of delays) {
    const px = Math.round(x(ms));
    const there = byPx.get(px);
    if (there) there.push(record);
    else byPx.set(px, [record]);
  }
  return [...byPx].map(([px, records]) => ({ x: px, records }));
}

/** The tick nearest to a place, no further off than a finger errs. */
export function tickNear(ticks: readonly DelayTick[], x: number, within: number): DelayTick | null {
  const nearest = ticks.reduce<DelayTick | null>(
    (best, tick) => (best && Math.abs(best.x - x) <= Math.abs(tick.x - x) ? best : tick),
    null,
  );
  return nearest && Math.abs(nearest.x - x) <= within ? nearest : null;
}

function placing(axis: readonly number[], logarithmic: boolean, x0: number, x1: number): (ms: number) => number {
  const [from, to] = [axis[0] ?? 0, axis.at(-1) ?? 1];
  const share = logarithmic
    ? (ms: number) => Math.log(Math.max(ms, from) / from) / Math.log(to / from)
    : (ms: number) => (ms - from) / (to - from);
  return (ms) => x0 + (x1 - x0) * Math.min(1, Math.max(0, share(ms)));
}

/** From 0 in three to six round steps to what holds the longest. */
function steps(greatest: number): number[] {
  const longest = Math.max(greatest, SHORTEST_MS);
  const decade = 10 ** Math.floor(Math.log10(longest));
  const step = [0.1, 0.2, 0.5, 1, 2].map((n) => n * decade).find((n) => longest / n <= 5) ?? 2 * decade;
  return Array.from({ length: Math.ceil(longest / step - 1e-9) + 1 }, (_, i) => i * step);
}

/** Powers of ten around all of them. */
function factors(least: number, greatest: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(greatest))];
  return Array.from({ length: Math.max(1, to - from) + 1 }, (_, i) => 10 ** (from + i));
}

/** As many digits as tell the marks apart. */
function axisLabel(ms: number, [first = 0, second = 1]: readonly number[]): string {
  if (first > 0) return String(Number(ms.toPrecision(1)));
  return ms.toFixed(Math.min(3, Math.max(0, Math.ceil(-Math.log10(second) - 1e-9))));
}
