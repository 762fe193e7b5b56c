/**
 * The time axis under the diagram. Magnified, it is cut as the diagram is: each burst of records is a lens, and the
 * silences share the rest to scale among themselves, so that a doubling timer looks like doubling. To scale it is one
 * piece.
 */
import { milliseconds } from './time-scale.ts';

export interface AxisPiece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly x: number;
  readonly width: number;
  readonly lens: boolean;
}

export interface AxisMark {
  readonly x: number;
  readonly text: string;
}

export interface TimeAxis {
  readonly pieces: readonly AxisPiece[];
  /** Place of a time. */
  readonly xOf: (timeMs: number) => number;
  /** Time of a place. */
  readonly timeAt: (x: number) => number;
}

const SILENCE_MS = 250;
/** A lens is as wide as its moments need, between these, and all of them leave the silences some room. */
const LENS_PX = { least: 40, moment: 9, most: 150 };
const LENSES_PART = 0.55;
/** More bursts than this would leave no room: then the axis is to scale. */
const MAX_LENSES = 9;
const MARK_PX = 84;
const END_PX = 24;

/** `times` ascending. */
export function timeAxis(
  times: readonly number[],
  endMs: number,
  at: { readonly x0: number; readonly x1: number; readonly kind: 'magnified' | 'linear' },
): TimeAxis {
  const pieces = cut(times, endMs, at);
  const xOf = (timeMs: number): number => {
    const piece = pieces.find((p) => timeMs <= p.toMs) ?? pieces.at(-1);
    if (!piece) return at.x0;
    const span = piece.toMs - piece.fromMs;
    return piece.x + piece.width * (span <= 0 ? 0 : Math.min(1, Math.max(0, (timeMs - piece.fromMs) / span)));
  };
  const timeAt = (x: number): number => {
    const piece = pieces.find((p) => x <= p.x + p.width) ?? pieces.at(-1);
    if (!piece) return 0;
    const part = piece.width <= 0 ? 0 : Math.min(1, Math.max(0, (x - piece.x) / piece.width));
    return piece.fromMs + part * (piece.toMs - piece.fromMs);
  };
  return { pieces, xOf, timeAt };
}

/** Where a lens begins; along an axis without lenses, round numbers. */
export function axisMarks({ pieces, xOf }: TimeAxis, startMs: number): AxisMark[] {
  const lenses = pieces.filter((piece) => piece.lens);
  if (lenses.length > 0) {
    return lenses.map(({ x, fromMs }) => ({ x, text: whole(fromMs - startMs, 1) }));
  }
  const [piece] = pieces;
  if (!piece) return [];
  const spanMs = piece.toMs - piece.fromMs;
  const stepMs = roundStep((spanMs * MARK_PX) / Math.max(1, piece.width));
  const marks: AxisMark[] = [];
  for (let ms = 0; ms <= spanMs; ms += stepMs) marks.push({ x: xOf(startMs + ms), text: whole(ms, stepMs) });
  // A number at the very end would be cut off.
  return marks.filter(({ x }, i) => i === 0 || x <= piece.x + piece.width - END_PX);
}

function whole(ms: number, stepMs: number): string {
  if (ms === 0) return '0 ms';
  const digits = Math.max(0, Math.min(3, Math.ceil(-Math.log10(stepMs))));
  const [integer = '', fraction = ''] = milliseconds(ms).split('.');
  return digits === 0 ? integer : `${integer}.${fraction.slice(0, digits)}`;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1e-3, least)));
  return (([1, 2, 5] as const).find((n) => n * power >= least) ?? 10) * power;
}

function cut(
  times: readonly number[],
  endMs: number,
  { x0, x1, kind }: { readonly x0: number; readonly x1: number; readonly kind: 'magnified' | 'linear' },
): AxisPiece[] {
  const bursts = burstsOf(times, endMs);
  const [first, last] = [bursts[0], bursts.at(-1)];
  if (!first || !last) return [];
  const end = Math.max(endMs, last.toMs);
  const silentMs = end - first.fromMs - bursts.reduce((sum, b) => sum + (b.toMs - b.fromMs), 0);
  if (kind === 'linear' || bursts.length > MAX_LENSES || silentMs <= 0)
    return [{ fromMs: first.fromMs, toMs: Math.max(end, first.fromMs + 1e-3), x: x0, width: x1 - x0, lens: false }];
  const wanted = bursts.map((b) => Math.min(LENS_PX.most, Math.max(LENS_PX.least, 12 + LENS_PX.moment * b.moments)));
  const shrink = Math.min(1, ((x1 - x0) * LENSES_PART) / wanted.reduce((sum, w) => sum + w, 0));
  const lensPx = wanted.map((w) => w * shrink);
  const pxPerMs = (x1 - x0 - lensPx.reduce((sum, w) => sum + w, 0)) / silentMs;
  const pieces: AxisPiece[] = [];
  let x = x0;
  for (const [i, { fromMs, toMs }] of bursts.entries()) {
    const width = lensPx[i] ?? 0;
    pieces.push({ fromMs, toMs, x, width, lens: true });
    x += width;
    const until = bursts[i + 1]?.fromMs ?? end;
    const silent = (until - toMs) * pxPerMs;
    if (until > toMs) pieces.push({ fromMs: toMs, toMs: until, x, width: silent, lens: false });
    x += silent;
  }
  return pieces;
}

/** What comes so soon after the last one that it is no silence belongs to it: the end, when a last datagram arrives. */
function burstsOf(times: readonly number[], endMs: number) {
  const bursts: { fromMs: number; toMs: number; moments: number }[] = [];
  for (const time of times) {
    const burst = bursts.at(-1);
    if (!burst || time - burst.toMs > SILENCE_MS) bursts.push({ fromMs: time, toMs: time, moments: 1 });
    else if (time > burst.toMs) {
      burst.toMs = time;
      burst.moments++;
    }
  }
  const last = bursts.at(-1);
  if (last && endMs > last.toMs && endMs - last.toMs <= SILENCE_MS) last.toMs = endMs;
  return bursts;
}
