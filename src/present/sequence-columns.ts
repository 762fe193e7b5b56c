/** Where the columns of the sequence diagram stand: as in a table, numbers end at fixed edges. */
import type { Association } from '../analysis/trace.ts';
import { delayText } from './sequence-delays.ts';
import type { Attempt, SequenceRow } from './sequence-types.ts';
import { milliseconds } from './time-scale.ts';

export type Face = 'ui' | 'mono';
/** Width in px of a text. */
export type Measure = (text: string, fontPx: number, weight: number, face?: Face) => number;

export interface Columns {
  /** Right edges of packet numbers, times and byte counts (or delays); null in the narrow layout. */
  readonly packetEdge: number | null;
  readonly timeEdge: number | null;
  readonly bytesEdge: number | null;
  /** Centres of the lifelines. */
  readonly clientX: number;
  readonly serverX: number;
  /** The lines of two capture points, just inside the lifelines; null with one. */
  readonly points: { readonly client: number; readonly server: number } | null;
}

/** Half of a lifeline and the air beside it: where arrows begin and end. */
export const LIFELINE_AIR = 7;
/** From a lifeline to the capture point beside it. */
const POINT_PX = 15;
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
  const twoPoints = rows.some((row) => row.crossing !== null);
  const lifelines = (clientX: number, serverX: number) => ({
    clientX,
    serverX,
    points: twoPoints ? { client: clientX + POINT_PX, server: serverX - POINT_PX } : null,
  });
  if (narrow) {
    const clientX = 24;
    const serverX = Math.max(width - 24, clientX + SHORTEST_ARROW_PX);
    return { packetEdge: null, timeEdge: null, bytesEdge: null, ...lifelines(clientX, serverX) };
  }
  // digits are tabular, so the longest text is the widest
  const widest = (texts: readonly string[]) => {
    const longest = texts.reduce((a, b) => (b.length > a.length ? b : a), '');
    return Math.ceil(measure(longest, NUMBER_PX, 400, 'mono'));
  };
  const latest = rows.reduce((most, row) => Math.max(most, row.startMs), association.startMs);
  const caption = 4 + Math.ceil(measure('packet', NUMBER_PX, 400));
  const packetEdge = Math.max(twoPoints ? 42 : 38, caption, 6 + widest(rows.map(packetsText)));
  const timeEdge = Math.max(98, packetEdge + 6 + widest([timeText(latest, association)]));
  const labels = { client: attemptWidth(rows, 'client', measure), server: attemptWidth(rows, 'server', measure) };
  const clientX = Math.max(204, timeEdge + 12 + labels.client + BRACKET_PX);
  const lastText = twoPoints ? delayOrNothing : bytesText;
  const bytes = Math.max(widest(rows.map(lastText)), measure(twoPoints ? 'delay' : 'bytes', NUMBER_PX, 400)) + 12;
  const gutter = Math.max(132, BRACKET_PX + labels.server + 10 + Math.ceil(bytes));
  const arrow = Math.min(LONGEST_ARROW_PX, Math.max(SHORTEST_ARROW_PX, Math.floor(width) - gutter - clientX));
  const edges = { packetEdge, timeEdge, bytesEdge: clientX + arrow + gutter - 12 };
  return { ...edges, ...lifelines(clientX, clientX + arrow) };
}

/** Where lines begin and end: at the capture points where there are two, else beside the lifelines. */
export function innerEnds({ clientX, serverX, points }: Columns): { readonly client: number; readonly server: number } {
  return points ?? { client: clientX + LIFELINE_AIR, server: serverX - LIFELINE_AIR };
}

/** Px between the first letter of a label and the receiver's end. */
export function arrowRoom(columns: Columns): number {
  const { client, server } = innerEnds(columns);
  return server - client - (columns.points ? LIFELINE_AIR : 0);
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

/** With two capture points "A5": the point nearer to the sender, and the packet's number in its capture. */
export function packetsText(row: SequenceRow): string {
  if (row.crossing) return row.crossing.packets;
  return row.kind === 'fold' && row.inSums > 0 ? `${row.packets[0]}…${row.packets.at(-1)}` : numberRanges(row.packets);
}

function delayOrNothing({ crossing }: SequenceRow): string {
  return crossing ? delayText(crossing) : '';
}

/** Since the association's first record, in ms. */
export function timeText(timeMs: number, association: Pick<Association, 'startMs'>): string {
  return milliseconds(timeMs - association.startMs);
}

export function bytesText(row: SequenceRow): string {
  const bytes = row.kind === 'burst' ? row.bytes : row.client.bytes + row.server.bytes;
  return bytes === 0 && row.records.length > 0 ? '–' : String(bytes);
}
