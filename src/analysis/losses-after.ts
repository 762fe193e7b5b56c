/** Losses after the capture point: what was captured, came to nothing, and had to be sent again. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { type Effect, effectsOf, sendingsOf } from './effects.ts';
import { missedAcks } from './missed-acks.ts';
import { namesOf } from './places.ts';
import { hasTransits, packetsOf, transitOf } from './rare-traits.ts';
import { SENDERS, type Side } from './record-table.ts';
import type { Certainty, LossPlace, LossView, VantageView } from './story.ts';
import type { Transmission } from './transmissions.ts';

/** What shows that something was lost, in the terms of a view. */
interface Shown {
  readonly units: Transmission['units'];
  readonly where: LossPlace;
  readonly certainty: Certainty;
  readonly reason: string;
  /** Indexes. */
  readonly by: readonly number[];
}

export function lossesAfter(trace: AnalysedTrace, association: AnalysedAssociation, vantage: VantageView): LossView[] {
  const effects = effectsOf(trace, association);
  const losses: LossView[] = [];
  for (const { state, flights } of association.handshakes) {
    for (const flight of flights) {
      if (!canBeLostAfter(flight.side, vantage)) continue;
      for (const transmission of sendingsOf(trace, association, flight).transmissions) {
        const shown = shownBy(effects.get(transmission), transmission, flight.side);
        if (!shown || isTracked(trace, shown.units)) continue;
        const { number } = transmission;
        const at = { handshake: state.number, flight: flight.number, number };
        for (const loss of viewsOf(trace, flight.side, shown, at)) losses.push(loss);
      }
    }
  }
  return [...losses, ...lostAcks(trace, association, vantage)];
}

/** Whether what this side sent can be lost between the capture and its receiver: not where the capture is at the receiver. */
export function canBeLostAfter(side: Side, { position }: VantageView): boolean {
  return position !== 'both' && position !== SENDERS[side === 0 ? 1 : 0];
}

/** A second capture point says what became of it. */
export function isTracked(trace: AnalysedTrace, units: Transmission['units']): boolean {
  return hasTransits(trace) && units.some((u) => trace.datagramOf(u.record).transit !== undefined);
}

function shownBy(effect: Effect | undefined, { units }: Transmission, side: Side): Shown | null {
  const peer = SENDERS[side === 0 ? 1 : 0] ?? 'server';
  switch (effect?.kind) {
    case 'missed':
      return {
        units,
        where: effect.answerHidden ? 'unknown' : 'after-capture',
        certainty: 'inferred',
        reason: effect.answerHidden
          ? 'It was sent again before an answer came, and nothing tells whether it was lost or its answer.'
          : `The ${peer} went on only after it was sent again: ${someOf(units)} did not arrive in time.`,
        by: effect.by,
      };
    case 'missed-in-part': {
      const { lost, arrived, acks, overtaken } = effect.part;
      return {
        units: lost as Transmission['units'],
        where: 'after-capture',
        // What came before the records that it needs was thrown away instead.
        certainty: overtaken ? 'near-certain' : 'inferred',
        reason:
          arrived.length === 0
            ? `The ${peer} acknowledged that records came which it could not open: the ServerHello did not arrive.`
            : `The ${peer} acknowledged ${arrived.length} of ${units.length} records of this transmission and not ${lost.length === 1 ? 'this one' : 'these'}, which had to be sent again.`,
        by: acks,
      };
    }
    case 'unaccepted':
      if (effect.sealed) return null;
      return {
        units,
        where: 'after-capture',
        certainty: 'inferred',
        reason: `The ${peer} sent its own flight again instead of an answer, and never went on: ${someOf(units)} did not arrive.`,
        by: effect.by,
      };
    default:
      return null;
  }
}

const someOf = (units: Transmission['units']): string => (units.length === 1 ? 'it' : 'some of it');

function viewsOf(
  trace: AnalysedTrace,
  side: Side,
  { units, where, certainty, reason, by }: Shown,
  place: { readonly handshake: number; readonly flight: number; readonly number: number },
): LossView[] {
  const epochs = [...new Set(units.map((u) => u.epoch))].sort((a, b) => a - b);
  return epochs.map((epoch) => {
    const own = units.filter((u) => u.epoch === epoch);
    return {
      sender: SENDERS[side] ?? 'client',
      epoch,
      ...whatOf(
        trace,
        own.map((u) => u.record),
      ),
      messages: namesOf(own),
      where,
      inferred: true,
      certainty,
      handshake: place.handshake,
      flight: place.flight,
      transmission: place.number || null,
      reason,
      evidence: [...new Set(by)].map((r) => r + 1),
    };
  });
}

/** Numbers, packets and time of captured records. */
export function whatOf(
  trace: AnalysedTrace,
  records: readonly number[],
): Pick<LossView, 'sequenceNumbers' | 'packets' | 'records' | 'timeMs'> {
  const c = trace.records.columns;
  const [first] = records;
  return {
    sequenceNumbers: records
      .map((r) => c.sequenceNumber.get(r))
      .filter((n) => !Number.isNaN(n))
      .sort((a, b) => a - b),
    packets: [...new Set(records.flatMap((r) => packetsOf(trace, r)))],
    records: records.map((r) => r + 1),
    timeMs: first === undefined ? 0 : trace.timeMs(first),
  };
}

function lostAcks(trace: AnalysedTrace, association: AnalysedAssociation, vantage: VantageView): LossView[] {
  const c = trace.records.columns;
  return ([0, 1] as const)
    .filter((side) => canBeLostAfter(side, vantage))
    .flatMap((side) => missedAcks(trace, association, side).map((ack) => ({ side, ...ack })))
    .filter(({ record }) => transitOf(trace, record) === undefined)
    .map(({ side, record, repeat }) => ({
      sender: SENDERS[side] ?? 'client',
      epoch: c.epoch[record] ?? 0,
      ...whatOf(trace, [record]),
      messages: ['ACK'],
      where: 'after-capture' as const,
      inferred: true,
      certainty: 'inferred' as const,
      handshake: null,
      flight: null,
      transmission: null,
      reason: `The ${SENDERS[side === 0 ? 1 : 0]} sent again what this ACK names: the ACK did not arrive.`,
      evidence: [repeat + 1],
    }));
}
