/**
 * Losses in the sequence diagram. What was captured and lost later is drawn on its own row; what never reached the
 * capture has a row but no packet and no time, where its record number belongs.
 */
import type { LossView } from '../analysis/story.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import type { SeenTwice } from './capture-points.ts';
import { type Attempts, type LostCopy, neverCaptured } from './sequence-attempts.ts';
import { numberRanges } from './sequence-columns.ts';
import type { Segment } from './sequence-segments.ts';
import type { Attempt, BurstRow, Fate } from './sequence-types.ts';

export interface LossSetting {
  readonly attempts: Attempts;
  /** An attempt of a flight, captured or not. */
  readonly attemptOf: (handshake: number | null, flight: number | null, transmission: number) => Attempt | null;
  readonly twice: SeenTwice | null;
  /** Losses that are drawn as a piece of their message. */
  readonly drawn: ReadonlySet<LossView>;
}

/** Rows for losses before the capture point, in order of time: whole transmissions, and parts of others. */
export function lossRows(detail: AssociationDetail, setting: LossSetting): readonly BurstRow[] {
  const { attempts, drawn, attemptOf, twice } = setting;
  const copies = attempts.lost.map((copy, i) => copyRow(copy, i, setting));
  const parts = neverCaptured(detail)
    .filter((loss) => !drawn.has(loss) && !attempts.told.has(loss))
    .map((loss, i) => {
      const part = attempts.partOf(loss);
      const attempt = part === null ? null : attemptOf(loss.handshake, loss.flight, part);
      return lossRow([loss], { attempt, index: copies.length + i, follows: null, timeMs: loss.timeMs, twice });
    });
  return [...copies, ...parts];
}

/** What became of captured records, by record number. */
export function fatesOf({ losses }: AssociationDetail): ReadonlyMap<number, Fate> {
  const fates = new Map<number, Fate>();
  for (const loss of losses)
    for (const record of loss.records) fates.set(record, loss.inferred ? 'lost' : 'lost-proven');
  return fates;
}

/**
 * Each loss where its record number belongs: after the record that it answers or the one before it, if that is of the
 * same attempt, else right before the record that shows it. All else stays in order of capture.
 */
export function withLosses(rows: readonly BurstRow[]): readonly BurstRow[] {
  const losses = rows.filter((row) => row.records.length === 0).sort((a, b) => a.key - b.key);
  if (losses.length === 0) return rows;
  const captured = rows.filter((row) => row.records.length > 0);
  const rowOf = new Map(captured.flatMap(({ records }, i) => records.map((record) => [record, i] as const)));
  const before = new Map<number, BurstRow[]>();
  const put = (place: number, row: BurstRow) => before.set(place, [...(before.get(place) ?? []), row]);
  for (const loss of losses) {
    const answered = rowOf.get(loss.follows ?? 0);
    if (answered !== undefined) {
      put(answered + 1, loss);
      continue;
    }
    const [previous, next = previous] = loss.evidence;
    const at = rowOf.get(previous ?? 0);
    const beside = at === undefined ? undefined : captured[at];
    const joins = at !== undefined && beside && previous !== next && isSameAttempt(beside.attempt, loss.attempt);
    // Told where it was sent, it must not seem to come later than what follows.
    if (joins) put(at + 1, { ...loss, startMs: beside.endMs, endMs: beside.endMs });
    else put(rowOf.get(next ?? 0) ?? captured.length, loss);
  }
  return [...captured.flatMap((row, i) => [...(before.get(i) ?? []), row]), ...(before.get(captured.length) ?? [])];
}

function isSameAttempt(a: BurstRow['attempt'], b: BurstRow['attempt']): boolean {
  return a !== null && a.handshake === b?.handshake && a.flight === b.flight && a.number === b.number;
}

function copyRow(copy: LostCopy, index: number, { attemptOf, attempts, twice }: LossSetting): BurstRow {
  const { handshake, flight, number, answers } = copy;
  const losses = [...copy.losses].sort((a, b) => a.epoch - b.epoch);
  const shown = attemptOf(handshake, flight, 1);
  const attempt: Attempt | null = shown && {
    ...shown,
    number,
    of: attempts.countOf(handshake, flight),
    complete: null,
    cause: 'unknown',
    sincePreviousMs: null,
    timerMs: null,
  };
  const timeMs = answers?.timeMs ?? losses[0]?.timeMs ?? 0;
  return lossRow(losses, { attempt, index, follows: answers?.record ?? null, timeMs, twice });
}

interface Told {
  readonly attempt: Attempt | null;
  readonly index: number;
  readonly follows: number | null;
  readonly timeMs: number;
  readonly twice: SeenTwice | null;
}

/** Losses that were sent as one. */
function lossRow(losses: readonly LossView[], { attempt, index, follows, timeMs, twice }: Told): BurstRow {
  const evidence = [...new Set(losses.flatMap((loss) => loss.evidence))].sort((a, b) => a - b);
  // Records have whole numbers; a loss stands between two of them.
  const key = (evidence.at(-1) ?? 0) - 0.5 + (index % 1000) / 4000;
  return {
    kind: 'burst',
    key,
    burst: key,
    opens: null,
    records: [],
    evidence,
    follows,
    sender: losses[0]?.sender ?? 'client',
    startMs: timeMs,
    endMs: timeMs,
    packets: [],
    bytes: 0,
    segments: losses.flatMap(segmentsOf),
    fragments: null,
    note: noteOf(losses),
    mark: (attempt?.number ?? 1) > 1 ? 'retransmission' : 'first',
    overtaken: false,
    repeats: [],
    acknowledges: [],
    fate: losses.every((loss) => loss.inferred) ? 'lost' : 'lost-proven',
    crossing: twice && { kind: 'never-captured', from: null, to: null, packets: '', delayMs: null },
    attempt,
    explanations: losses.map((loss) => loss.reason),
    application: false,
  };
}

function segmentsOf({ messages, epoch }: LossView): Segment[] {
  const labels = messages.length > 0 ? messages : ['lost'];
  return labels.map((label) => ({
    record: 0,
    epoch: label === 'Finished' && epoch === 0 ? 1 : epoch,
    label,
    chip: null,
    detail: null,
    note: null,
    sign: null,
    fatal: false,
    ack: false,
  }));
}

/** "record 8 missing"; of several epochs "records 0:5–6, 1:0 missing". */
function noteOf(losses: readonly LossView[]): string | null {
  const told = losses.filter(({ sequenceNumbers }) => sequenceNumbers.length > 0);
  const [only, another] = told;
  if (!only) return 'never captured';
  if (!another)
    return `${only.sequenceNumbers.length > 1 ? 'records' : 'record'} ${numberRanges(only.sequenceNumbers)} missing`;
  return `records ${told.map(({ epoch, sequenceNumbers }) => `${epoch}:${numberRanges(sequenceNumbers)}`).join(', ')} missing`;
}
