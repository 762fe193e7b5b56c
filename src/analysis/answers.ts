/**
 * How soon one side answers the other's flights, as seen from the capture point. Where a flight was sent more than
 * once before its answer came, the answer may belong to any of the copies (Karn's problem): such samples count only
 * where there is nothing better.
 */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { greatest, least } from './extremes.ts';
import type { SentFlight } from './outcome.ts';
import type { RecordTable, Side } from './record-table.ts';
import type { Transmission } from './transmissions.ts';

/** Milliseconds from the last record of a flight to the first of its answer, by the side that asked; null for none. */
export type RoundTrips = readonly [number | null, number | null];

interface Sample {
  /** Who waited. */
  readonly side: Side;
  readonly ms: number;
  /** One copy had been sent, or the answer carries the number of the one that it answers. */
  readonly sure: boolean;
}

export function roundTripsOf(handshakes: readonly (readonly SentFlight[])[], table: RecordTable): RoundTrips {
  const samples = handshakes.flatMap((flights) =>
    flights.flatMap((flight, i) => sampleOf(flight, flights[i - 1], table)),
  );
  return [leastOf(samples, 0), leastOf(samples, 1)];
}

function leastOf(samples: readonly Sample[], side: Side): number | null {
  const mine = samples.filter((s) => s.side === side);
  const sure = mine.filter((s) => s.sure);
  const values = (sure.length > 0 ? sure : mine).map((s) => s.ms);
  return values.length > 0 ? least(values) : null;
}

function sampleOf(flight: SentFlight, before: SentFlight | undefined, table: RecordTable): Sample[] {
  if (!before || !answers(flight, before)) return [];
  const startMs = firstMs(flight);
  const asked = before.transmissions.filter((t) => endOf(t) <= startMs);
  const last = asked.at(-1);
  if (!last) return [];
  const copied = asked.length > 1 ? copiedFrom(flight, asked, table) : null;
  // Whoever answers each copy answers the first one first.
  const inTurn = asked.length > 1 && flight.transmissions.length >= before.transmissions.length ? asked[0] : undefined;
  const ask = copied ?? inTurn ?? last;
  return [{ side: before.side, ms: startMs - endOf(ask), sure: asked.length === 1 || copied !== null }];
}

/** Whether the flight is what the other side sends next in the handshake (RFC 6347 §4.2.4). */
export function answers(flight: SentFlight, before: SentFlight): boolean {
  return (
    flight.side !== before.side && flight.number === before.number + 1 && !flight.postHandshake && !before.postHandshake
  );
}

/** When the flight was first seen, whichever of its transmissions that was. */
export function firstMs(flight: SentFlight): number {
  return least(flight.transmissions.map(startOf));
}

export const startOf = (transmission: Transmission): number => least(transmission.units.map((u) => u.timeMs));
export const endOf = (transmission: Transmission): number => greatest(transmission.units.map((u) => u.timeMs));

const COPYING: ReadonlySet<number> = new Set([HANDSHAKE_TYPE.helloVerifyRequest, HANDSHAKE_TYPE.serverHello]);

/**
 * HelloVerifyRequest copies the record number of the ClientHello that it answers, and so does the ServerHello after it
 * (RFC 6347 §4.2.1). Servers that do not copy begin with 0: that number of a ServerHello tells nothing.
 */
export function copiedFrom(
  { side, transmissions }: Pick<SentFlight, 'side' | 'transmissions'>,
  asked: readonly Transmission[],
  table: RecordTable,
): Transmission | null {
  const answer = transmissions[0]?.units.find((u) =>
    u.pieces.some(({ part }) => part.message !== null && COPYING.has(part.message.type)),
  );
  if (!answer || side !== 1) return null;
  const isRequest = answer.pieces.some(({ part }) => part.message?.type === HANDSHAKE_TYPE.helloVerifyRequest);
  if (!isRequest && table.columns.sequenceNumber[answer.record] === 0) return null;
  const numberOf = (record: number) => table.columns.sequenceNumber[record];
  const of = asked.filter((t) => t.units.some((u) => u.epoch === 0 && numberOf(u.record) === numberOf(answer.record)));
  return of.length === 1 ? (of[0] ?? null) : null;
}
