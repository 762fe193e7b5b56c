/** How close the labels of one arrow stand, so that all of them have room. */
import type { Measure } from './sequence-columns.ts';
import type { Segment } from './sequence-segments.ts';
import type { BurstRow } from './sequence-types.ts';

const BAND_PX = 15;
export const SIGN_PX = 15;
/** Between the name of a protocol and its frame. */
export const FRAME_PX = 4;

export interface Word {
  readonly text: string;
  readonly sizePx: number;
  readonly weight: 400 | 500 | 600;
  readonly muted: boolean;
  readonly framed?: boolean;
}

/** How close labels stand. Names of messages are known words: they bear a little squeezing, which is less than hiding. */
export interface Fit {
  readonly sizePx: number;
  readonly gapPx: number;
  readonly tickPx: number;
  /** Of the width of letters. */
  readonly squeeze: number;
}

const FITS: readonly [Fit, ...Fit[]] = [
  { sizePx: 11, gapPx: 5, tickPx: 6, squeeze: 1 },
  { sizePx: 10.5, gapPx: 4, tickPx: 5, squeeze: 1 },
  { sizePx: 10.5, gapPx: 4, tickPx: 4, squeeze: 0.93 },
  { sizePx: 10, gapPx: 4, tickPx: 4, squeeze: 0.88 },
];
const FEW: Fit = { sizePx: 12, gapPx: 5, tickPx: 6, squeeze: 1 };

/** The loosest that has room; the tightest where none has. Labels of few segments have the larger size. */
export function fitOf(row: BurstRow, room: number, measure: Measure): Fit {
  const fits = row.segments.length > 2 ? FITS : [FEW, ...FITS];
  return fits.find((fit) => labelsPx(row, fit, measure) <= room) ?? (row.segments.length > 1 ? FITS[3] : FEW) ?? FEW;
}

export function words(row: BurstRow, segment: Segment, index: number, withDetail: boolean, fit: Fit): Word[] {
  const small = Math.min(11, fit.sizePx);
  const list: Word[] = [{ text: segment.label, sizePx: fit.sizePx, weight: 500, muted: false }];
  if (segment.chip !== null) list.push({ text: segment.chip, sizePx: 11, weight: 400, muted: false, framed: true });
  const detail: Word[] =
    withDetail && row.segments.length === 1 && segment.detail !== null
      ? [{ text: segment.detail, sizePx: 11, weight: 400, muted: true }]
      : [];
  // the numbers of an ACK may have to be cut short, so they come last
  if (!segment.ack) list.push(...detail);
  if (index > 0) return list;
  const sign = { sizePx: small, weight: 600, muted: false } as const;
  // what was never captured has no number of its own, so that its bracket alone says which attempt it was
  if (row.mark === 'retransmission' && row.records.length > 0)
    list.push({ ...sign, text: `↻${row.attempt?.number ?? ''}` });
  if (row.mark === 'duplicate') list.push({ ...sign, text: '≡', sizePx: 12 });
  if (row.overtaken) list.push({ ...sign, text: '⇅' });
  if (segment.ack) list.push(...detail);
  return list;
}

export function wordPx({ text, sizePx, weight, framed }: Word, { squeeze }: Fit, measure: Measure): number {
  return measure(text, sizePx, weight) * squeeze + (framed ? 2 * FRAME_PX : 0);
}

export function bandPx(epoch: number, measure: Measure): number {
  return Math.max(BAND_PX, Math.ceil(measure(String(epoch), 10.5, 500)) + 8);
}

export function segmentPx(row: BurstRow, index: number, withDetail: boolean, fit: Fit, measure: Measure): number {
  const segment = row.segments[index];
  if (!segment) return 0;
  const band = segment.epoch === row.segments[index - 1]?.epoch ? 0 : bandPx(segment.epoch, measure) + fit.gapPx;
  const sign = segment.sign && segment.sign !== 'barred' ? SIGN_PX : 0;
  const list = words(row, segment, index, withDetail, fit);
  return band + sign + list.reduce((sum, word) => sum + wordPx(word, fit, measure) + fit.gapPx, 0);
}

/** Px that all labels of the row take between its two ends. */
function labelsPx(row: BurstRow, fit: Fit, measure: Measure): number {
  return row.segments.reduce(
    (sum, _, index) => sum + segmentPx(row, index, false, fit, measure) + (index > 0 ? fit.tickPx : 0),
    0,
  );
}

/** Whether all labels have room on an arrow of this length, beside a remark of this width. */
export function labelsFit(row: BurstRow, arrowPx: number, remarkPx: number, measure: Measure): boolean {
  return FITS.some((fit) => labelsPx(row, fit, measure) + remarkPx <= arrowPx);
}

export function squeezed(word: Word, { squeeze }: Fit, measure: Measure): Word & { readonly squeezedPx?: number } {
  return squeeze === 1 ? word : { ...word, squeezedPx: measure(word.text, word.sizePx, word.weight) * squeeze };
}
