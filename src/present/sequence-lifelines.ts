/** Lifelines as ribbons of states: what each endpoint was doing at the height of each row. */
import type { MachineStateName, MachineStepView } from '../analysis/story.ts';
import type { AssociationDetail, Sender } from '../analysis/trace.ts';
import type { PlacedRow } from './sequence-arrow.ts';
import type { SequenceLayout } from './sequence-layout.ts';
import { heightOfTime } from './sequence-playhead.ts';
import type { BurstRow } from './sequence-types.ts';

export interface StateStretch {
  readonly sender: Sender;
  readonly state: MachineStateName;
  readonly inferred: boolean;
  readonly y1: number;
  readonly y2: number;
}

/** `resend`: a finished side repeated its last flight. `unseen`: it must have sent here what was never captured. */
export interface StateBlock {
  readonly sender: Sender;
  readonly kind: 'resend' | 'unseen';
  readonly y1: number;
  readonly y2: number;
}

export interface StateLifelines {
  readonly stretches: readonly StateStretch[];
  readonly blocks: readonly StateBlock[];
}

type Drawn = Pick<SequenceLayout, 'rows' | 'draw' | 'height'>;

/** Above the line of a row, where sending begins; below it, where it ends; and above that, what came before. */
const ABOVE_PX = 7;
const BELOW_PX = 4;
const BEFORE_PX = 14;
const BOTTOM_PX = 5;

interface Lost {
  readonly flight: string;
  readonly line: number;
}

export function stateLifelines({ machines }: AssociationDetail, layout: Drawn): StateLifelines {
  const rowOf = rowsByRecord(layout.rows);
  const sides = (['client', 'server'] as const).map((sender) => {
    const lost = lostCopies(sender, layout);
    const stretches = withCopies(stretchesOf(sender, machines[sender], layout, rowOf), machines[sender], lost);
    const blocks = lost.map(({ line }): StateBlock => {
      return { sender, kind: 'unseen', y1: line - ABOVE_PX, y2: line + BELOW_PX };
    });
    return { stretches, blocks: [...blocks, ...resends(sender, stretches, layout)] };
  });
  return {
    stretches: sides.flatMap(({ stretches }) => stretches.filter(({ y1, y2 }) => y2 > y1)),
    blocks: sides.flatMap(({ blocks }) => blocks),
  };
}

/** Every record's row, which a list cannot be asked for thousands of times. */
export function rowsByRecord(rows: readonly PlacedRow[]): ReadonlyMap<number, PlacedRow> {
  return new Map(rows.flatMap((placed) => placed.row.records.map((record) => [record, placed] as const)));
}

/** A step's stretch, and the flight that it is about. */
type Step = StateStretch & Pick<MachineStepView, 'handshake' | 'flight'>;

function stretchesOf(
  sender: Sender,
  steps: readonly MachineStepView[],
  layout: Drawn,
  rowOf: ReadonlyMap<number, PlacedRow>,
): Step[] {
  let before = 0;
  const heights = steps.map((step) => {
    before = Math.max(before, heightOf(step, sender, layout, rowOf));
    return before;
  });
  let finished = false;
  return steps.map(({ state, inferred, handshake, flight }, i) => {
    const again = finished && state === 'SENDING' && steps[i - 1]?.flight === flight;
    finished = again || state === 'FINISHED';
    const y2 = heights[i + 1] ?? layout.height - BOTTOM_PX;
    return { sender, state: again ? 'FINISHED' : state, inferred, y1: heights[i] ?? 0, y2, handshake, flight };
  });
}

function heightOf(
  { record, timeMs, state }: MachineStepView,
  sender: Sender,
  layout: Drawn,
  rowOf: ReadonlyMap<number, PlacedRow>,
): number {
  const placed = rowOf.get(record ?? 0);
  if (!placed) return timeMs <= (layout.rows[0]?.row.startMs ?? 0) ? 0 : heightOfTime(layout.rows, timeMs);
  const row = layout.draw(placed);
  if (placed.row.kind === 'burst' && placed.row.sender !== sender) return row.endY;
  switch (state) {
    case 'PREPARING':
      return row.lineY - BEFORE_PX;
    case 'SENDING':
      return row.lineY - ABOVE_PX;
    default:
      return row.lineY + BELOW_PX;
  }
}

/** Rows of attempts that nothing was captured of. */
function lostCopies(sender: Sender, { rows, draw }: Drawn): Lost[] {
  const lost = rows.flatMap((placed) => {
    const { row } = placed;
    return row.kind === 'burst' && row.sender === sender && row.records.length === 0 && row.attempt
      ? [{ placed, row }]
      : [];
  });
  if (lost.length === 0) return [];
  const captured = new Set(
    rows.flatMap(({ row }) => (row.kind === 'burst' && row.records.length > 0 ? (attemptKey(row) ?? []) : [])),
  );
  return lost.flatMap(({ placed, row }) => {
    if (!row.attempt || captured.has(attemptKey(row) ?? '')) return [];
    return [{ flight: `${row.attempt.handshake}.${row.attempt.flight}`, line: draw(placed).lineY }];
  });
}

function attemptKey({ attempt }: BurstRow): string | null {
  return attempt && `${attempt.handshake}.${attempt.flight}.${attempt.number}`;
}

/** Once it has sent a flight that was lost, a side is where it is after the first copy that was captured. */
function withCopies(steps: readonly Step[], machine: readonly MachineStepView[], lost: readonly Lost[]): Step[] {
  let told = [...steps];
  for (const { flight, line } of lost) {
    const first = told.findIndex((one) => one.state === 'SENDING' && `${one.handshake}.${one.flight}` === flight);
    const sent = told[first];
    const after = machine[first + 1]?.state;
    if (!sent || !after || sent.y1 < line || machine.length !== steps.length) continue;
    const from = line + BELOW_PX;
    const kept = told.slice(0, first).map((one) => ({ ...one, y2: Math.min(one.y2, line - ABOVE_PX) }));
    const next: Step = { ...sent, state: after, inferred: true, y1: from, y2: sent.y1 };
    const again: Step = after === 'FINISHED' ? { ...sent, state: 'FINISHED' } : sent;
    told = [...kept, next, again, ...told.slice(first + 1)];
    break;
  }
  return told;
}

/** What a finished side sends of its flights are blocks on its bar. */
function resends(sender: Sender, stretches: readonly StateStretch[], { rows, draw }: Drawn): StateBlock[] {
  const bars = stretches.filter(({ state, y1, y2 }) => state === 'FINISHED' && y2 > y1);
  if (bars.length === 0) return [];
  const sent = rows.filter(
    ({ row }) => row.kind === 'burst' && row.sender === sender && row.attempt !== null && row.records.length > 0,
  );
  return sent.flatMap((placed) => {
    const { lineY: line, origin } = draw(placed);
    const inBar = !origin && bars.some(({ y1, y2 }) => line >= y1 && line <= y2);
    return inBar ? [{ sender, kind: 'resend' as const, y1: line - 2, y2: line + 2 }] : [];
  });
}
