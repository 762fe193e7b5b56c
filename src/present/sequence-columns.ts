/** Where the columns of the sequence diagram stand: as in a table, numbers end at fixed edges. */
import type { Association } from '../analysis/trace.ts';
import type { Attempt, SequenceRow } from './sequence-types.ts';
import { milliseconds } from './time-scale.ts';

export type Face = 'ui' | 'mono';
/** Width in px of a text. */
export type Measure = (text: string, fontPx: number, weight: number, face?: Face) => number;

export interface Columns {
  /** Right edges of packet numbers, times and byte counts; null in the narrow layout. */
  readonly packetEdge: number | null;
  readonly timeEdge: number | null;
  readonly bytesEdge: number | null;
  /** Centres of the lifelines. */
  readonly clientX: number;
  readonly serverX: number;
}

/** Half of a lifeline and the air beside it: where arrows begin and end. */
export const LIFELINE_AIR = 7;
const NUMBER_PX = 11;
/** From a lifeline to the text beside its bracket. */
export const BRACKET_PX = 22;
/** Beyond this, labels at one end and remarks at the other no longer read as one line. */
const LONGEST_ARROW_PX = 860;
const SHORTEST_ARROW_PX = 160;

interface Space {
  readonly width: number;
  readonly narrow: boolean;
  readonly measure: Measure;
}

export function placeColumns(rows: readonly SequenceRow[], association: Association, space: Space): Columns {
  const { width, narrow, measure } = space;
  if (narrow) {
    const clientX = 24;
    return {
      packetEdge: null,
      timeEdge: null,
      bytesEdge: null,
      clientX,
      serverX: Math.max(width - 24, clientX + SHORTEST_ARROW_PX),
    };
  }
  // digits are tabular, so the longest text is the widest
  const widest = (texts: readonly string[]) => {
    const longest = texts.reduce((a, b) => (b.length > a.length ? b : a), '');
    return Math.ceil(measure(longest, NUMBER_PX, 400, 'mono'));
  };
  const latest = rows.reduce((most, row) => Math.max(most, row.startMs), association.startMs);
  const packetEdge = Math.max(38, 6 + widest(rows.map((row) => numberRanges(row.packets))));
  const timeEdge = Math.max(98, packetEdge + 6 + widest([timeText(latest, association)]));
  const labels = { client: attemptWidth(rows, 'client', measure), server: attemptWidth(rows, 'server', measure) };
  const clientX = Math.max(204, timeEdge + 12 + labels.client + BRACKET_PX);
  const bytes = Math.max(widest(rows.map(bytesText)), measure('bytes', NUMBER_PX, 400)) + 12;
  const gutter = Math.max(132, BRACKET_PX + labels.server + 10 + Math.ceil(bytes));
  const arrow = Math.min(LONGEST_ARROW_PX, Math.max(SHORTEST_ARROW_PX, Math.floor(width) - gutter - clientX));
  return { packetEdge, timeEdge, clientX, serverX: clientX + arrow, bytesEdge: clientX + arrow + gutter - 12 };
}

function attemptWidth(rows: readonly SequenceRow[], sender: 'client' | 'server', measure: Measure): number {
  let widest = 0;
  for (const row of rows) {
    if (row.kind !== 'burst' || row.sender !== sender || !row.attempt) continue;
    const label = attemptLabel(row.attempt);
    widest = Math.max(widest, measure(label.flight, 12, 600) + (label.count ? 5 + measure(label.count, 11, 400) : 0));
  }
  return Math.ceil(widest);
}

/** "Flight 5" and, where it was sent more than once, "2/4". */
export function attemptLabel(attempt: Attempt): { readonly flight: string; readonly count: string | null } {
  const repeated = attempt.number > 1 || (attempt.of ?? 1) > 1;
  return {
    flight: `Flight ${attempt.flight}`,
    count: repeated ? `${attempt.number}/${attempt.of ?? '?'}` : null,
  };
}

/** "6–8", "12,14", or the first and the last of many: "12…340". */
export function numberRanges(numbers: readonly number[]): string {
  const [only, another] = numbers;
  if (only !== undefined && another === undefined) return String(only);
  const runs: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && number === run.to + 1) run.to = number;
    else runs.push({ from: number, to: number });
  }
  const texts = runs.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  if (texts.length <= 2) return texts.join(',');
  return `${numbers[0]}…${numbers.at(-1)}`;
}

/** Since the association's first record, in ms. */
export function timeText(timeMs: number, association: Pick<Association, 'startMs'>): string {
  return milliseconds(timeMs - association.startMs);
}

export function bytesText(row: SequenceRow): string {
  return String(row.kind === 'burst' ? row.bytes : row.client.bytes + row.server.bytes);
}
