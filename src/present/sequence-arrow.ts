/** One row of the sequence diagram, placed: its line, heads, labels and numbers. */

import {
  attemptLabel,
  bytesText,
  type Columns,
  type Face,
  innerEnds,
  LIFELINE_AIR,
  type Measure,
  packetsText,
  timeText,
} from './sequence-columns.ts';
import { crossingWords, delayText, fallRoom } from './sequence-delays.ts';
import { placeLabels } from './sequence-labels.ts';
import { pathOf } from './sequence-path.ts';
import type { Sign } from './sequence-segments.ts';
import type { BurstRow, Fate, SequenceRow } from './sequence-types.ts';

/** What a line means; each has a shape of its own beside its colour. */
export type Tone = 'client' | 'server' | 'retransmitted' | 'lost' | 'undecryptable' | 'failure' | 'application';
export type Stroke = 'single' | 'double' | 'thin' | 'heavy' | 'dashed' | 'dotted';
/** Direction on the drawing: 1 to the right, from client to server. */
export type Side = 1 | -1;

export interface TextMark {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly text: string;
  readonly sizePx: number;
  readonly weight: 400 | 500 | 600;
  readonly face: Face;
  readonly muted: boolean;
  /** The letters are drawn closer, to this width. */
  readonly squeezedPx?: number;
}

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Band extends Frame {
  readonly epoch: number;
}

/** A stretch along the arrow that stands for one record. */
export interface Part {
  readonly record: number;
  readonly x1: number;
  readonly x2: number;
  /** Where what is written there ends. */
  readonly end: number;
}

export interface Piece extends Part {
  readonly fate: Fate;
}

export interface SignMark {
  readonly sign: Sign | 'folded' | 'unfolded';
  /** Centre. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedRow {
  readonly row: SequenceRow;
  readonly index: number;
  readonly y: number;
  readonly height: number;
}

export interface RowLayout extends PlacedRow {
  /** At the sender's end; at the receiver's end the line is at `endY`. */
  readonly lineY: number;
  /** The sender's and the receiver's end. */
  readonly x1: number;
  readonly x2: number;
  /** The same as `lineY` with one capture point: nothing is known of delays. */
  readonly endY: number;
  /** Outside two capture points: dotted and level, since nothing was measured there. */
  readonly stubs: readonly { readonly x1: number; readonly x2: number; readonly y: number }[];
  /** Where the line begins although its sender's point does not have it; null for others. */
  readonly origin: { readonly x: number; readonly y: number } | null;
  readonly tone: Tone;
  readonly stroke: Stroke;
  /** Where something lost ends: the line, or runs of its pieces. */
  readonly crosses: readonly { readonly x: number; readonly y: number }[];
  readonly heads: readonly { readonly x: number; readonly side: Side; readonly open: boolean }[];
  /** A message in fragments is a line cut at its offsets; null for a whole line. */
  readonly pieces: readonly Piece[] | null;
  readonly parts: readonly Part[];
  readonly bands: readonly Band[];
  readonly chips: readonly Frame[];
  readonly ticks: readonly number[];
  readonly signs: readonly SignMark[];
  readonly texts: readonly TextMark[];
}

export interface Place {
  readonly at: PlacedRow;
  readonly columns: Columns;
  readonly originMs: number;
  readonly narrow: boolean;
  readonly measure: Measure;
}

const HEAD_PX = 9;
const LINE_ABOVE_BOTTOM_PX = 6;
/** With two capture points a line falls below its beginning. */
const FALLING_ABOVE_BOTTOM_PX = 9;
const NARROW_LINE_PX = 24;

export function placeBurst(row: BurstRow, headed: boolean, place: Place): RowLayout {
  const { at, columns, narrow } = place;
  const side: Side = row.sender === 'client' ? 1 : -1;
  const ends = innerEnds(columns);
  const [x1, x2] = side === 1 ? [ends.client, ends.server] : [ends.server, ends.client];
  const lineY = lineOf(place);
  const time = row.records.length === 0 ? '—' : timeText(row.startMs, { startMs: place.originMs });
  const labels = placeLabels(row, {
    x1: columns.points ? x1 + side * LIFELINE_AIR : x1,
    x2,
    side,
    lineY,
    remark: narrow ? time : row.note,
    remarkFace: narrow ? 'mono' : 'ui',
    underneath: narrow ? underneath(row, headed) : null,
    measure: place.measure,
  });
  const acknowledges = row.segments.every((segment) => segment.ack);
  const pieces = row.fragments ? cutLine(row.fragments, x1, x2, side) : null;
  const path = pathOf(row, { x1, x2, side, lineY, narrow, columns, parts: labels.parts, pieces });
  const head = { x: x2, side, open: acknowledges };
  const second = { ...head, x: x2 - side * (HEAD_PX + 2) };
  return {
    ...at,
    ...path,
    lineY,
    tone: toneOf(row),
    stroke: strokeOf(row, acknowledges),
    heads: path.arrives ? (row.mark === 'duplicate' ? [head, second] : [head]) : [],
    pieces,
    parts: pieces ?? labels.parts,
    bands: labels.bands,
    chips: labels.chips,
    ticks: labels.ticks,
    signs: labels.signs,
    texts: narrow ? labels.texts : [...numbers(row, lineY, place), ...labels.texts],
  };
}

export function lineOf({ at, narrow, columns }: Place): number {
  if (narrow) return at.y + NARROW_LINE_PX;
  if (!columns.points) return at.y + at.height - LINE_ABOVE_BOTTOM_PX;
  const falls = at.row.kind === 'burst' ? fallRoom(at.row.crossing) : 0;
  return at.y + at.height - falls - FALLING_ABOVE_BOTTOM_PX;
}

function toneOf(row: BurstRow): Tone {
  if (row.fate !== 'delivered') return 'lost';
  if (row.segments.some((segment) => segment.fatal || segment.sign === 'malformed')) return 'failure';
  if (row.mark === 'retransmission') return 'retransmitted';
  if (row.segments.every((segment) => segment.sign === 'lock' || segment.sign === 'barred')) return 'undecryptable';
  return row.sender;
}

function strokeOf(row: BurstRow, acknowledges: boolean): Stroke {
  if (row.fate === 'lost') return 'dashed';
  if (row.crossing?.kind === 'sent-only') return 'dotted';
  if (row.segments.some((segment) => segment.fatal)) return 'heavy';
  if (row.fate === 'lost-proven' && !row.fragments) return 'single';
  if (row.mark === 'retransmission') return 'double';
  return acknowledges ? 'thin' : 'single';
}

/** The line is the message from its first byte at the sender to its last one; what was not sent stays empty. */
function cutLine(fragments: NonNullable<BurstRow['fragments']>, x1: number, x2: number, side: Side): Piece[] {
  const end = x2 - side * (HEAD_PX + 1);
  const length = Math.max(1, fragments.messageLength);
  const place = (offset: number) => x1 + ((end - x1) * Math.min(offset, length)) / length;
  return fragments.pieces.map(({ record, from, to, fate }) => {
    const [a, b] = [place(from), place(to)];
    // the cut is 4 px wide, but a short piece keeps at least half of its length
    const cut = Math.min(2, Math.abs(b - a) / 4);
    return { record, x1: a + side * cut, x2: b - side * cut, end: b - side * cut, fate };
  });
}

/** What the narrow layout has no columns for. */
function underneath(row: BurstRow, headed: boolean): string {
  const label = row.attempt && headed ? attemptLabel(row.attempt) : null;
  const [only, another] = row.segments;
  const detail = another ? null : (only?.detail ?? null);
  const crossed = row.crossing && crossingWords(row.crossing);
  const parts = [label ? [label.flight, label.count].filter(Boolean).join(' ') : null, crossed, detail, row.note];
  return parts.filter((part) => part !== null).join(' · ');
}

export function numbers(row: SequenceRow, lineY: number, { columns, originMs }: Place): TextMark[] {
  const neverSeen = row.kind === 'burst' && row.records.length === 0;
  const number = (x: number | null, text: string, muted: boolean, weight: 400 | 600 = 400): TextMark[] =>
    x === null ? [] : [{ x, y: lineY - 1, anchor: 'end', text, sizePx: 11, weight, face: 'mono', muted }];
  const last = columns.points && row.crossing ? delayText(row.crossing) : neverSeen ? '' : bytesText(row);
  const lost = row.crossing?.kind === 'lost';
  return [
    ...number(columns.packetEdge, neverSeen ? '' : packetsText(row), true),
    ...number(columns.timeEdge, neverSeen ? '—' : timeText(row.startMs, { startMs: originMs }), false),
    ...number(columns.bytesEdge, last, !lost, lost ? 600 : 400),
  ];
}
