/** The labels of one arrow, laid out from the sender's end; what does not fit is shortened, never overlapped. */
import type { Band, Frame, Part, Side, SignMark, TextMark } from './sequence-arrow.ts';
import type { Face, Measure } from './sequence-columns.ts';
import {
  bandPx,
  FRAME_PX,
  fitOf,
  SIGN_PX,
  segmentPx,
  squeezed,
  type Word,
  wordPx,
  words,
} from './sequence-label-fit.ts';
import type { BurstRow } from './sequence-types.ts';

export interface LabelPlace {
  readonly x1: number;
  readonly x2: number;
  readonly side: Side;
  readonly lineY: number;
  /** Muted, at the receiver's end. */
  readonly remark: string | null;
  readonly remarkFace: Face;
  /** Muted, under the line at the sender's end; null where there is no room for it. */
  readonly underneath: string | null;
  readonly measure: Measure;
}

export interface Labels {
  readonly parts: readonly Part[];
  readonly bands: readonly Band[];
  /** Frames around the names of protocols. */
  readonly chips: readonly Frame[];
  readonly ticks: readonly number[];
  readonly signs: readonly SignMark[];
  readonly texts: readonly TextMark[];
}

const BAND_HEIGHT_PX = 13;
/** From the receiver's end: clear of the head. */
const REMARK_PX = 13;
const BARRED_PX = 16;
const SECOND_HEAD_PX = 11;
/** The time of the narrow layout: clear of the head, which it would touch. */
const NARROW_TIME_PX = 12;
/** End ticks of fragments rise into the space of ordinary labels. */
const TEXT_ABOVE_PX = 5;
const TEXT_ABOVE_PIECES_PX = 7;
const SHORTEST_REMARK_PX = 34;
const CUTTABLE_LETTERS = 24;
/** Longer remarks are sentences, whose commas part nothing. */
const LISTED_LETTERS = 44;
const REMARK_SQUEEZE = 0.88;

export function placeLabels(row: BurstRow, place: LabelPlace): Labels {
  const { x1, x2, side, lineY, measure } = place;
  const room = Math.abs(x2 - x1);
  const reserved = place.remarkFace === 'mono' && place.remark ? measure(place.remark, 11, 400, 'mono') + 20 : 0;
  const textY = lineY - (row.fragments ? TEXT_ABOVE_PIECES_PX : TEXT_ABOVE_PX);
  const fit = fitOf(row, room - reserved, measure);
  const parts: Part[] = [];
  const bands: Band[] = [];
  const chips: Frame[] = [];
  const ticks: number[] = [];
  const signs: SignMark[] = [];
  const texts: TextMark[] = [];
  const write = (word: Word & { readonly squeezedPx?: number }, at: number, face: Face = 'ui') =>
    texts.push({ ...word, face, x: x1 + side * at, y: textY, anchor: side === 1 ? 'start' : 'end' });

  const narrow = place.underneath !== null;
  let at = 0;
  for (const [index, segment] of row.segments.entries()) {
    const detailed = !narrow && (segment.ack || at + segmentPx(row, index, true, fit, measure) + reserved <= room);
    const left = row.segments.length - index;
    const rest = left > 1 ? measure(`+${left}`, 11, 400) + fit.tickPx + fit.gapPx : 0;
    if (
      index > 0 &&
      at + fit.tickPx + segmentPx(row, index, false, fit, measure) + (left > 1 ? rest : 0) + reserved > room
    ) {
      ticks.push(x1 + side * (at + 1));
      write({ text: `+${left}`, sizePx: 11, weight: 400, muted: true }, at + fit.tickPx);
      parts.push({ record: segment.record, x1: x1 + side * (at + 1), x2, end: x2 });
      at += fit.tickPx + measure(`+${left}`, 11, 400) + fit.gapPx;
      break;
    }
    if (index > 0) {
      ticks.push(x1 + side * (at + 1));
      at += fit.tickPx;
    }
    const from = at;
    if (segment.epoch !== row.segments[index - 1]?.epoch) {
      const width = bandPx(segment.epoch, measure);
      const x = side === 1 ? x1 + at : x1 - at - width;
      bands.push({ x, y: textY - 10, width, height: BAND_HEIGHT_PX, epoch: segment.epoch });
      at += width + fit.gapPx;
    }
    if (segment.sign && segment.sign !== 'barred') {
      signs.push({ sign: segment.sign, x: x1 + side * (at + 6), y: textY - 3.5 });
      at += SIGN_PX;
    }
    for (const word of words(row, segment, index, detailed, fit)) {
      const text = fitted(
        word.text,
        room - at - reserved,
        (cut) => measure(cut, word.sizePx, word.weight) * fit.squeeze,
      );
      if (text === null) continue;
      const width = wordPx({ ...word, text }, fit, measure);
      if (word.framed)
        chips.push({ x: side === 1 ? x1 + at : x1 - at - width, y: textY - 10, width, height: BAND_HEIGHT_PX });
      write(squeezed({ ...word, text }, fit, measure), word.framed ? at + FRAME_PX : at);
      at += width + fit.gapPx;
    }
    parts.push({
      record: segment.record,
      x1: x1 + side * from,
      x2: x1 + side * at,
      end: x1 + side * (at - fit.gapPx + 2),
    });
  }

  let inset = row.mark === 'duplicate' ? REMARK_PX + SECOND_HEAD_PX : REMARK_PX;
  if (row.segments.some((segment) => segment.sign === 'barred')) {
    signs.push({ sign: 'barred', x: x2 - side * (inset + 6), y: lineY });
    inset += BARRED_PX;
  }
  const remark = remarkAt(place, row.segments.length, room - at - inset - 8);
  if (remark) texts.push({ ...remark, x: x2 - side * (narrow ? NARROW_TIME_PX : inset), y: textY });
  if (place.underneath) {
    const text = fitted(place.underneath, room - 8, (cut) => measure(cut, 11, 400));
    if (text !== null)
      texts.push({
        text,
        x: x1 + side * 4,
        y: lineY + (row.fragments ? 15 : 13),
        anchor: side === 1 ? 'start' : 'end',
        sizePx: 11,
        weight: 400,
        face: 'ui',
        muted: true,
      });
  }
  return { parts: stretched(parts, x2), bands, chips, ticks, signs, texts };
}

function remarkAt(place: LabelPlace, segments: number, room: number): Omit<TextMark, 'x' | 'y'> | null {
  const { remark, remarkFace, side, measure } = place;
  if (remark === null || (segments > 1 && remarkFace === 'ui' && room < SHORTEST_REMARK_PX)) return null;
  const measured = (text: string) => measure(text, 11, 400, remarkFace);
  const style = {
    anchor: side === 1 ? 'end' : 'start',
    sizePx: 11,
    weight: 400,
    face: remarkFace,
    muted: true,
  } as const;
  if (remarkFace === 'mono' || measured(remark) <= room) return { ...style, text: remark };
  const squeezedPx = measured(remark) * REMARK_SQUEEZE;
  if (squeezedPx <= room) return { ...style, text: remark, squeezedPx };
  // what comes first matters most; half of a short remark says nothing, half of a plaintext or of a sentence does
  const parts = remark.split(', ');
  for (let kept = parts.length - 1; kept > 0 && remark.length <= LISTED_LETTERS; kept--) {
    const text = parts.slice(0, kept).join(', ');
    if (measured(text) <= room) return { ...style, text };
  }
  const text = remark.length > CUTTABLE_LETTERS ? fitted(remark, room, measured) : null;
  return text === null ? null : { ...style, text };
}

/** The last part reaches to the receiver, so that a click anywhere on the line finds a record. */
function stretched(parts: readonly Part[], x2: number): Part[] {
  return parts.map((part, index) => ({ ...part, x2: parts[index + 1]?.x1 ?? x2 }));
}

/** The text, or as much of it as has room before an ellipsis; null where not even that says anything. */
export function fitted(text: string, room: number, measured: (text: string) => number): string | null {
  if (measured(text) <= room) return text;
  if (room < SHORTEST_REMARK_PX) return null;
  const letters = [...text];
  let [fits, fails] = [0, letters.length];
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    if (measured(`${letters.slice(0, middle).join('').trimEnd()}…`) <= room) fits = middle;
    else fails = middle;
  }
  return fits < 2 ? null : `${letters.slice(0, fits).join('').trimEnd()}…`;
}
