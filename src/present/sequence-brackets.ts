/** Brackets outside the lifelines: which rows are one transmission of one flight, and what became of it. */
import type { Sender } from '../analysis/trace.ts';
import type { PlacedRow } from './sequence-arrow.ts';
import { attemptLabel, BRACKET_PX, type Columns } from './sequence-columns.ts';
import type { Attempt, BurstRow } from './sequence-types.ts';
import { milliseconds } from './time-scale.ts';

export interface Bracket {
  /** The flight: the same for all its attempts. */
  readonly flight: string;
  readonly sender: Sender;
  readonly attempt: Attempt;
  /** Where the bracket opens towards its lifeline. */
  readonly x: number;
  /** Away from the lifeline: -1 left, 1 right. */
  readonly side: -1 | 1;
  readonly y1: number;
  readonly y2: number;
  readonly textX: number;
  readonly label: string;
  /** "2/4" */
  readonly count: string | null;
  readonly outcome: string | null;
  /** The outcome stands beside the label: the bracket is too short to have it under it. */
  readonly inline: boolean;
}

/** From one attempt of a flight to the next one. */
export interface Tie {
  readonly flight: string;
  readonly x: number;
  readonly y1: number;
  readonly y2: number;
  /** How far the curve leans away from the lifeline. */
  readonly lean: number;
}

const ARM_PX = 5;
const NONE = { lost: 0, all: 0 };

export function flightOf(attempt: Attempt): string {
  return `${attempt.handshake}.${attempt.flight}`;
}

export function placeBrackets(rows: readonly PlacedRow[], columns: Columns): Bracket[] {
  const open: Record<Sender, Bracket | null> = { client: null, server: null };
  const counts: Record<Sender, { lost: number; all: number }> = { client: NONE, server: NONE };
  const brackets: Bracket[] = [];
  const close = (sender: Sender) => {
    const bracket = open[sender];
    if (bracket) brackets.push(bracket);
    open[sender] = null;
  };
  for (const { row, y, height } of rows) {
    if (row.kind !== 'burst' || !row.attempt) continue;
    const { attempt, sender } = row;
    const current = open[sender];
    const all = row.fragments?.pieces.length ?? row.segments.length;
    const lost = row.fragments ? row.fragments.pieces.filter(isLost).length : isLost(row) ? all : 0;
    if (current && flightOf(current.attempt) === flightOf(attempt) && current.attempt.number === attempt.number) {
      const before = counts[sender];
      counts[sender] = { lost: before.lost + lost, all: before.all + all };
      open[sender] = { ...current, y2: y + height - 2, outcome: outcomeOf(attempt, counts[sender]), inline: false };
      continue;
    }
    close(sender);
    counts[sender] = { lost, all };
    const bracket = bracketAt(attempt, sender, columns, y, height);
    // Of a single row the column of delays says it; and where the row was captured, its numbers need the room beside it.
    const told = columns.points !== null || row.records.length > 0;
    const outcome = told || lost === 0 ? null : outcomeOf(attempt, counts[sender]);
    open[sender] = { ...bracket, outcome };
  }
  close('client');
  close('server');
  return brackets.sort((a, b) => a.y1 - b.y1);
}

function bracketAt(attempt: Attempt, sender: Sender, columns: Columns, y: number, height: number): Bracket {
  const side = sender === 'client' ? -1 : 1;
  const lifeline = sender === 'client' ? columns.clientX : columns.serverX;
  const { flight, count } = attemptLabel(attempt);
  return {
    flight: flightOf(attempt),
    sender,
    attempt,
    x: lifeline + side * (BRACKET_PX - 10),
    side,
    y1: y + 3,
    y2: y + height - 2,
    textX: lifeline + side * BRACKET_PX,
    label: flight,
    count,
    outcome: null,
    inline: true,
  };
}

const isLost = ({ fate }: Pick<BurstRow, 'fate'>): boolean => fate !== 'delivered';

/** What became of an attempt, counted in records. */
function outcomeOf(attempt: Attempt, { lost, all }: { readonly lost: number; readonly all: number }): string | null {
  if (lost > 0) return lost === all ? 'lost' : `${lost} of ${all} lost`;
  if (attempt.cause === 'partial-ack') return 'partial ACK';
  if (attempt.complete === false) return 'incomplete';
  return attempt.complete && (attempt.of ?? 1) > 1 ? 'complete' : null;
}

const CAUSES: Readonly<Record<Attempt['cause'], string | null>> = {
  initial: null,
  timer: 'sent again by a timer',
  'peer-retransmission': 'sent again because the other side repeated its flight',
  'partial-ack': 'sent again after a partial ACK',
  unknown: null,
};

/** All that is known of an attempt, in words. */
export function attemptTitle(attempt: Attempt): string {
  const parts = [
    `Flight ${attempt.flight}`,
    attempt.of !== null && attempt.of > 1 ? `attempt ${attempt.number} of ${attempt.of}` : null,
    attempt.sincePreviousMs === null ? null : `${milliseconds(attempt.sincePreviousMs)} ms after the previous one`,
    CAUSES[attempt.cause],
    attempt.complete === null ? null : attempt.complete ? 'all of it was captured' : 'not all of it was captured',
  ];
  return parts.filter((part) => part !== null).join(', ');
}

export function tiesBetween(brackets: readonly Bracket[]): Tie[] {
  const latest = new Map<string, Bracket>();
  const ties: Tie[] = [];
  for (const bracket of brackets) {
    const before = latest.get(bracket.flight);
    latest.set(bracket.flight, bracket);
    if (!before) continue;
    const lean = bracket.side * Math.min(14, (bracket.y1 - before.y2) / 3);
    ties.push({ flight: bracket.flight, x: bracket.x + bracket.side * ARM_PX, y1: before.y2, y2: bracket.y1, lean });
  }
  return ties;
}
