/** ACKs that were captured and did not arrive: their receiver sent again what they name (RFC 9147 §7.1). */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { endOf, startOf } from './answers.ts';
import { acknowledgedBy, surroundingsOf } from './flight-setting.ts';
import type { Side } from './record-table.ts';

export interface MissedAck {
  /** Index of the record with the ACK. */
  readonly record: number;
  /** First record of what was sent again. */
  readonly repeat: number;
}

/** What is sent again this soon may have crossed the ACK. */
const CROSSING_MS = 20;
const ROUND_TRIP_SLACK = 1.5;

/** @param side who sent the ACKs. Those that end the handshake are flights and not among them. */
export function missedAcks(trace: AnalysedTrace, association: AnalysedAssociation, side: Side): MissedAck[] {
  if (!association.state.isVersion13) return [];
  const { named, trips } = surroundingsOf(trace, association);
  const crossing = Math.max(CROSSING_MS, ROUND_TRIP_SLACK * (trips[side] ?? 0));
  const { place } = trace.records.columns;
  const missed = new Map<number, MissedAck>();
  for (const flight of association.handshakes.flatMap((h) => h.flights)) {
    if (flight.side === side) continue;
    for (const [i, transmission] of flight.transmissions.entries()) {
      const next = flight.transmissions[i + 1];
      const ack = acknowledgedBy(transmission, named);
      if (!next || ack === null || place.get(ack).flight !== 0 || trace.timeMs(ack) < endOf(transmission)) continue;
      if (startOf(next) - trace.timeMs(ack) < crossing) continue;
      missed.set(ack, { record: ack, repeat: next.units[0]?.record ?? ack });
    }
  }
  return [...missed.values()].sort((a, b) => a.record - b.record);
}
