/**
 * Losses in the sequence diagram. What was captured and lost later is drawn on its own row; what never reached the
 * capture has a row but no packet and no time, where its record number belongs.
 */
import type { LossView } from '../analysis/story.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import type { SeenTwice } from './capture-points.ts';
import { numberRanges } from './sequence-columns.ts';
import type { Segment } from './sequence-segments.ts';
import type { BurstRow, Fate } from './sequence-types.ts';

/** Rows for losses before the capture point, in order of time. More than this many are not told one by one. */
const MAX_ROWS = 500;

export function lossRows(
  { losses, association }: AssociationDetail,
  twice: SeenTwice | null = null,
): readonly BurstRow[] {
  return losses
    .filter((loss) => loss.records.length === 0)
    .slice(0, MAX_ROWS)
    .map((loss, i) => lossRow(loss, i, association.handshakes, twice));
}

/** What became of captured records, by record number. */
export function fatesOf({ losses }: AssociationDetail): ReadonlyMap<number, Fate> {
  const fates = new Map<number, Fate>();
  for (const loss of losses)
    for (const record of loss.records) fates.set(record, loss.inferred ? 'lost' : 'lost-proven');
  return fates;
}

/**
 * Each loss where its record number belongs: after the record before it, if that is of the same attempt, else right
 * before the record that shows it. All else stays in order of capture.
 */
export function withLosses(rows: readonly BurstRow[]): readonly BurstRow[] {
  const losses = rows.filter((row) => row.records.length === 0).sort((a, b) => a.key - b.key);
  if (losses.length === 0) return rows;
  const captured = rows.filter((row) => row.records.length > 0);
  const rowOf = new Map(captured.flatMap(({ records }, i) => records.map((record) => [record, i] as const)));
  const before = new Map<number, BurstRow[]>();
  for (const loss of losses) {
    const [previous, next = previous] = loss.evidence;
    const at = rowOf.get(previous ?? 0);
    const beside = at === undefined ? undefined : captured[at];
    const joins = at !== undefined && beside && previous !== next && isSameAttempt(beside.attempt, loss.attempt);
    const place = joins ? at + 1 : (rowOf.get(next ?? 0) ?? captured.length);
    // Told where it was sent, it must not seem to come later than what follows.
    const told = joins ? { ...loss, startMs: beside.endMs, endMs: beside.endMs } : loss;
    before.set(place, [...(before.get(place) ?? []), told]);
  }
  return [...captured.flatMap((row, i) => [...(before.get(i) ?? []), row]), ...(before.get(captured.length) ?? [])];
}

function isSameAttempt(a: BurstRow['attempt'], b: BurstRow['attempt']): boolean {
  return a !== null && a.handshake === b?.handshake && a.flight === b.flight && a.number === b.number;
}

function lossRow(
  loss: LossView,
  index: number,
  handshakes: AssociationDetail['association']['handshakes'],
  twice: SeenTwice | null,
): BurstRow {
  const shown = loss.evidence.at(-1) ?? 0;
  const flight = handshakes.find((h) => h.number === loss.handshake)?.flights.find((f) => f.number === loss.flight);
  const transmission = flight?.transmissions.find((t) => t.number === loss.transmission);
  return {
    kind: 'burst',
    // Records have whole numbers; a loss stands between two of them.
    key: shown - 0.5 + (index % MAX_ROWS) / (4 * MAX_ROWS),
    records: [],
    evidence: loss.evidence,
    sender: loss.sender,
    startMs: loss.timeMs,
    endMs: loss.timeMs,
    packets: [],
    bytes: 0,
    segments: segmentsOf(loss),
    fragments: null,
    note: noteOf(loss),
    mark: (loss.transmission ?? 1) > 1 ? 'retransmission' : 'first',
    repeats: [],
    acknowledges: [],
    fate: loss.inferred ? 'lost' : 'lost-proven',
    crossing: twice && { kind: 'never-captured', from: null, to: null, packets: '', delayMs: null },
    attempt:
      flight && transmission && loss.handshake !== null
        ? {
            handshake: loss.handshake,
            flight: flight.number,
            number: transmission.number,
            of: flight.transmissions.length,
            complete: transmission.complete,
            cause: transmission.cause,
            sincePreviousMs: transmission.sincePreviousMs,
          }
        : null,
    explanations: [loss.reason],
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

function noteOf({ sequenceNumbers }: LossView): string | null {
  if (sequenceNumbers.length === 0) return 'never captured';
  return `record ${numberRanges(sequenceNumbers)} missing`;
}
