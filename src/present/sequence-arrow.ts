/** One row of the sequence diagram, placed: its line, heads, labels and numbers. */

import {
  attemptLabel,
  bytesText,
  type Columns,
  type Face,
  LIFELINE_AIR,
  type Measure,
  numberRanges,
  timeText,
} from './sequence-columns.ts';
import { placeLabels } from './sequence-labels.ts';
import type { Sign } from './sequence-segments.ts';
import type { BurstRow, FoldRow, SequenceRow } from './sequence-types.ts';
import { duration, thousands } from './time-scale.ts';

/** What a line means; each has a shape of its own beside its colour. */
export type Tone = 'client' | 'server' | 'retransmitted' | 'lost' | 'undecryptable' | 'failure' | 'application';
export type Stroke = 'single' | 'double' | 'thin' | 'heavy' | 'dashed';
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
  readonly lineY: number;
  /** The sender's and the receiver's end. */
  readonly x1: number;
  readonly x2: number;
  readonly tone: Tone;
  readonly stroke: Stroke;
  /** Where the line of something lost ends; null where it arrived, as far as is known. */
  readonly cross: { readonly x: number; readonly y: number } | null;
  readonly heads: readonly { readonly x: number; readonly side: Side; readonly open: boolean }[];
  /** A message in fragments is a line cut at its offsets; null for a whole line. */
  readonly pieces: readonly Part[] | null;
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
/** A lost line ends at least this far beyond its label and before its receiver. */
const LOST_BEYOND_PX = 10;
const LOST_SHORT_PX = 24;
const LINE_ABOVE_BOTTOM_PX = 6;
const NARROW_LINE_PX = 24;

export function placeBurst(row: BurstRow, headed: boolean, place: Place): RowLayout {
  const { at, columns, narrow } = place;
  const side: Side = row.sender === 'client' ? 1 : -1;
  const [from, to] = side === 1 ? [columns.clientX, columns.serverX] : [columns.serverX, columns.clientX];
  const x1 = from + side * LIFELINE_AIR;
  const x2 = to - side * LIFELINE_AIR;
  const lineY = lineOf(place);
  const time = timeText(row.startMs, { startMs: place.originMs });
  const labels = placeLabels(row, {
    x1,
    x2,
    side,
    lineY,
    remark: narrow ? time : row.note,
    remarkFace: narrow ? 'mono' : 'ui',
    underneath: narrow ? underneath(row, headed) : null,
    measure: place.measure,
  });
  const acknowledges = row.segments.every((segment) => segment.ack);
  const head = { x: x2, side, open: acknowledges };
  const pieces = row.fragments ? cutLine(row.fragments, x1, x2, side) : null;
  const lost = row.fate !== 'delivered';
  const crossX = lost ? lineEnd(labels.parts, x1, x2, side) : x2;
  return {
    ...at,
    lineY,
    x1,
    x2: crossX,
    tone: toneOf(row),
    stroke: strokeOf(row, acknowledges),
    cross: lost ? { x: crossX, y: lineY } : null,
    heads: lost ? [] : row.mark === 'duplicate' ? [head, { ...head, x: x2 - side * (HEAD_PX + 2) }] : [head],
    pieces,
    parts: pieces ?? labels.parts,
    bands: labels.bands,
    chips: labels.chips,
    ticks: labels.ticks,
    signs: labels.signs,
    texts: narrow ? labels.texts : [...numbers(row, lineY, place), ...labels.texts],
  };
}

/** Beyond the label, and well before the receiver. */
function lineEnd(parts: readonly Part[], x1: number, x2: number, side: Side): number {
  const labelled = parts.reduce((far, part) => Math.max(far, side * (part.end - x1)), 0);
  const whole = side * (x2 - x1);
  return x1 + side * Math.min(whole - LOST_SHORT_PX, Math.max(labelled + LOST_BEYOND_PX, whole * 0.55));
}

function lineOf({ at, narrow }: Place): number {
  return narrow ? at.y + NARROW_LINE_PX : at.y + at.height - LINE_ABOVE_BOTTOM_PX;
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
  if (row.segments.some((segment) => segment.fatal)) return 'heavy';
  if (row.mark === 'retransmission') return 'double';
  return acknowledges ? 'thin' : 'single';
}

/** The line is the message from its first byte at the sender to its last one; what was not sent stays empty. */
function cutLine(fragments: NonNullable<BurstRow['fragments']>, x1: number, x2: number, side: Side): Part[] {
  const end = x2 - side * (HEAD_PX + 1);
  const length = Math.max(1, fragments.messageLength);
  const place = (offset: number) => x1 + ((end - x1) * Math.min(offset, length)) / length;
  return fragments.pieces.map(({ record, from, to }) => {
    const [a, b] = [place(from), place(to)];
    // the cut is 4 px wide, but a short piece keeps at least half of its length
    const cut = Math.min(2, Math.abs(b - a) / 4);
    return { record, x1: a + side * cut, x2: b - side * cut, end: b - side * cut };
  });
}

/** What the narrow layout has no columns for. */
function underneath(row: BurstRow, headed: boolean): string {
  const label = row.attempt && headed ? attemptLabel(row.attempt) : null;
  const [only, another] = row.segments;
  const detail = another ? null : (only?.detail ?? null);
  const parts = [label ? [label.flight, label.count].filter(Boolean).join(' ') : null, detail, row.note];
  return parts.filter((part) => part !== null).join(' · ');
}

function numbers(row: SequenceRow, lineY: number, { columns, originMs }: Place): TextMark[] {
  const neverSeen = row.kind === 'burst' && row.records.length === 0;
  const number = (x: number | null, text: string, muted: boolean): TextMark[] =>
    x === null ? [] : [{ x, y: lineY - 1, anchor: 'end', text, sizePx: 11, weight: 400, face: 'mono', muted }];
  return [
    ...number(columns.packetEdge, neverSeen ? '' : numberRanges(row.packets), true),
    ...number(columns.timeEdge, neverSeen ? '—' : timeText(row.startMs, { startMs: originMs }), false),
    ...number(columns.bytesEdge, neverSeen ? '' : bytesText(row), true),
  ];
}

const SIGN_PX = 14;

export function placeFold(row: FoldRow, place: Place): RowLayout {
  const { at, columns, narrow, measure } = place;
  const lineY = lineOf(place);
  const x1 = columns.clientX + LIFELINE_AIR;
  const x2 = columns.serverX - LIFELINE_AIR;
  const label = `${thousands(row.client.records + row.server.records)} ${kindOf(row)}, ${duration(row.durationMs)}`;
  const both = bothWays(row);
  const labelPx = measure(label, 12, 500);
  const bothPx = measure(both, 11, 400);
  const beside = !narrow && SIGN_PX + labelPx + 8 + bothPx <= x2 - x1;
  const from = Math.round((x1 + x2 - SIGN_PX - labelPx - (beside ? 8 + bothPx : 0)) / 2);
  const text = { y: lineY - 5, anchor: 'start', face: 'ui' } as const;
  const texts: TextMark[] = [{ ...text, x: from + SIGN_PX, text: label, sizePx: 12, weight: 500, muted: false }];
  const counts = { ...text, text: both, sizePx: 11, weight: 400, muted: true } as const;
  if (beside) texts.push({ ...counts, x: from + SIGN_PX + labelPx + 8 });
  else if (narrow) texts.push({ ...counts, x: (x1 + x2) / 2, y: lineY + 12, anchor: 'middle' });
  const headed = { client: row.server.records > 0, server: row.client.records > 0 };
  return {
    ...at,
    lineY,
    x1,
    x2,
    tone: 'application',
    stroke: row.open ? 'thin' : 'single',
    cross: null,
    heads: row.open
      ? []
      : [
          ...(headed.server ? [{ x: x2, side: 1, open: false } as const] : []),
          ...(headed.client ? [{ x: x1, side: -1, open: false } as const] : []),
        ],
    pieces: null,
    parts: [],
    bands: [],
    chips: [],
    ticks: [],
    signs: [{ sign: row.open ? 'unfolded' : 'folded', x: from + 5, y: lineY - 9 }],
    texts: row.open || narrow ? texts : [...numbers(row, lineY, place), ...texts],
  };
}

function kindOf({ encrypted, protocol }: FoldRow): string {
  if (encrypted) return 'encrypted records';
  return protocol === null ? 'records' : `records of ${protocol}`;
}

/** "→ 120, 9 600 bytes  ← 98, 7 840 bytes" */
function bothWays({ client, server, duplicates }: FoldRow): string {
  const parts = [
    client.records > 0 ? `→ ${thousands(client.records)}, ${thousands(client.bytes)} bytes` : null,
    server.records > 0 ? `← ${thousands(server.records)}, ${thousands(server.bytes)} bytes` : null,
    duplicates > 0 ? `≡ ${duplicates}` : null,
  ];
  return parts.filter((part) => part !== null).join('   ');
}
