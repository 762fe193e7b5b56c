/**
 * Losses in the sequence diagram. What was captured and lost later is drawn on its own row; what never reached the
 * capture has a row but no packet and no time, where its record number belongs.
 */
import type { LossView } from '../analysis/story.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { numberRanges } from './sequence-columns.ts';
import type { Segment } from './sequence-segments.ts';
import type { BurstRow, Fate } from './sequence-types.ts';

/** Rows for losses before the capture point, in order of time. More than this many are not told one by one. */
const MAX_ROWS = 500;

export function lossRows({ losses, association }: AssociationDetail): readonly BurstRow[] {
  return losses
    .filter((loss) => loss.records.length === 0)
    .slice(0, MAX_ROWS)
    .map((loss, i) => lossRow(loss, i, association.handshakes));
}

/** What became of captured records, by record number. */
export function fatesOf({ losses }: AssociationDetail): ReadonlyMap<number, Fate> {
  const fates = new Map<number, Fate>();
  for (const loss of losses)
    for (const record of loss.records) fates.set(record, loss.inferred ? 'lost' : 'lost-proven');
  return fates;
}

/** Flights that have a loss in them: their attempts are compared line by line. */
export function flightsWithLosses({ losses }: AssociationDetail): ReadonlySet<string> {
  return new Set(
    losses.flatMap(({ handshake, flight }) => (handshake === null || flight === null ? [] : `${handshake}.${flight}`)),
  );
}

function lossRow(loss: LossView, index: number, handshakes: AssociationDetail['association']['handshakes']): BurstRow {
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
