/** The sequence diagram as numbers: columns, rows, brackets, silences, lifelines. No DOM; text is measured by the caller. */
import type { Association, Sender, SummedData } from '../analysis/trace.ts';
import { type PlacedRow, placeBurst, type RowLayout } from './sequence-arrow.ts';
import { type Bracket, placeBrackets, type Tie, tiesBetween } from './sequence-brackets.ts';
import { arrowRoom, type Columns, type Measure, placeColumns, timeText } from './sequence-columns.ts';
import { fallRoom } from './sequence-delays.ts';
import { placeFold } from './sequence-fold-arrow.ts';
import { labelsFit } from './sequence-label-fit.ts';
import { sequenceRows, type WordedBurst } from './sequence-rows.ts';
import type { BurstRow, SequenceRow } from './sequence-types.ts';
import { milliseconds, scaleTime, thousands } from './time-scale.ts';

export interface LayoutOptions {
  readonly width: number;
  /** 22, or 42 for fingers and for the narrow layout. */
  readonly rowPx: number;
  /** One column: no gutters, the time at the receiver's end, details under the arrow. */
  readonly narrow: boolean;
  readonly scale: 'folded' | 'linear';
  /** Factor on the pixels per ms, or on the height of rows where silences are folded. */
  readonly zoom?: number;
  /** Width of a map of the whole, for drawings of many rows; none unless given. */
  readonly mapPx?: number;
  /** See `AssociationDetail`. */
  readonly summed?: readonly SummedData[];
  readonly measure: Measure;
}

export interface Break {
  /** Index of the row after it. */
  readonly before: number;
  readonly y: number;
  readonly heightPx: number;
  readonly folded: boolean;
  readonly silentMs: number;
  readonly label: string;
  /** What presumably ended the silence. */
  readonly cause: string | null;
}

export interface Lifeline {
  readonly sender: Sender;
  readonly x: number;
  readonly y1: number;
  readonly y2: number;
}

export interface SequenceLayout {
  readonly columns: Columns;
  readonly rows: readonly PlacedRow[];
  /** What a row looks like: worked out for those that are drawn, since most rows of a long trace never are. */
  readonly draw: (row: PlacedRow) => RowLayout;
  readonly brackets: readonly Bracket[];
  readonly ties: readonly Tie[];
  readonly breaks: readonly Break[];
  readonly lifelines: readonly Lifeline[];
  /** Without the map. */
  readonly width: number;
  readonly height: number;
  /** There are so many rows that a map of them helps. */
  readonly mapped: boolean;
}

/** From this many rows on. */
const MAPPED_ROWS = 300;
const TOP_PX = 4;
const BOTTOM_PX = 10;
const BREAK_PX = 26;
const SILENCE_MS = 250;
/** A cut line needs room for its end ticks. */
const FRAGMENTS_PX = 28;

/**
 * From worded records to their drawing. `open` holds the keys of the folds that the reader opened.
 * Labels decide which rows there are, so the columns are measured first, on rows that ignore them.
 */
export function arrangeSequence(
  worded: readonly WordedBurst[],
  association: Association,
  open: ReadonlySet<number>,
  options: LayoutOptions,
): SequenceLayout {
  const { measure, narrow, summed = [] } = options;
  const folded = sequenceRows(worded, { fits: () => true, open, summed });
  const mapPx = !narrow && folded.length >= MAPPED_ROWS ? (options.mapPx ?? 0) : 0;
  const beside = { ...options, width: options.width - mapPx };
  const roomy = placeColumns(folded, association, beside);
  const room = arrowRoom(roomy);
  const timePx = narrow ? measure(timeText(association.endMs, association), 11, 400, 'mono') + 20 : 0;
  const rows = sequenceRows(worded, { fits: (row) => labelsFit(row, room, timePx, measure), open, summed });
  return { ...layoutSequence(rows, association, beside), mapped: mapPx > 0 };
}

export function layoutSequence(
  rows: readonly SequenceRow[],
  association: Association,
  options: LayoutOptions,
): SequenceLayout {
  const columns = placeColumns(rows, association, options);
  const extents = rows.map((row) => ({
    startMs: row.startMs,
    endMs: row.endMs,
    heightPx: heightOf(row, options),
  }));
  const scale = scaleTime(extents, {
    kind: options.scale,
    topPx: TOP_PX,
    breakPx: BREAK_PX,
    silenceMs: SILENCE_MS,
    zoom: options.zoom ?? 1,
  });
  const placed = rows.map((row, index): PlacedRow => {
    return { row, index, y: scale.y[index] ?? 0, height: extents[index]?.heightPx ?? options.rowPx };
  });
  const drawn = new Map<number, RowLayout>();
  const draw = (at: PlacedRow): RowLayout => {
    const known = drawn.get(at.index);
    if (known) return known;
    const place = { at, columns, originMs: association.startMs, narrow: options.narrow, measure: options.measure };
    const { row } = at;
    const layout = row.kind === 'fold' ? placeFold(row, place) : placeBurst(row, headed(rows, at.index), place);
    drawn.set(at.index, layout);
    return layout;
  };
  const brackets = options.narrow ? [] : placeBrackets(placed, columns);
  const height = scale.heightPx + BOTTOM_PX;
  return {
    columns,
    rows: placed,
    draw,
    brackets,
    ties: tiesBetween(brackets),
    breaks: scale.silences.map((silence) => ({
      ...silence,
      label: `${milliseconds(silence.silentMs)} ms of silence`,
      cause: causeOf(rows[silence.before], association),
    })),
    lifelines: [
      { sender: 'client', x: columns.clientX, y1: 0, y2: height - BOTTOM_PX / 2 },
      { sender: 'server', x: columns.serverX, y1: 0, y2: height - BOTTOM_PX / 2 },
    ],
    width: options.width,
    height,
    mapped: false,
  };
}

function heightOf(row: SequenceRow, options: LayoutOptions): number {
  const { narrow, scale, zoom = 1 } = options;
  const rowPx = Math.round(options.rowPx * (scale === 'folded' ? Math.max(1, zoom) : 1));
  if (row.kind === 'fold') return rowPx;
  return (row.fragments ? Math.max(rowPx, FRAGMENTS_PX) : rowPx) + (narrow ? 0 : fallRoom(row.crossing));
}

/** Whether the row begins its attempt, which the narrow layout says in words instead of with a bracket. */
function headed(rows: readonly SequenceRow[], index: number): boolean {
  const row = rows[index];
  if (row?.kind !== 'burst' || !row.attempt) return false;
  for (let before = index - 1; before >= 0; before--) {
    const earlier = rows[before];
    if (earlier?.kind === 'burst' && earlier.attempt && earlier.sender === row.sender)
      return !sameAttempt(earlier, row);
  }
  return true;
}

function sameAttempt(a: BurstRow, b: BurstRow): boolean {
  const [x, y] = [a.attempt, b.attempt];
  return x?.handshake === y?.handshake && x?.flight === y?.flight && x?.number === y?.number;
}

function causeOf(row: SequenceRow | undefined, association: Association): string | null {
  if (!row) return null;
  if (row.kind === 'fold' || row.application) return 'application idle';
  if (!row.attempt || row.attempt.number < 2 || row.attempt.cause !== 'timer') return null;
  const names = association.rolesKnown ? { client: 'client', server: 'server' } : { client: 'A', server: 'B' };
  const timer = `${names[row.sender]} timer`;
  return row.attempt.timerMs === null ? timer : `${timer} ${thousands(row.attempt.timerMs)} ms`;
}
