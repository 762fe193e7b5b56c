/**
 * How soon one side answers the other's flights, as seen from the capture point. Where a flight was sent more than
 * once before its answer came, the answer may belong to any of the copies (Karn's problem): such samples count only
 * where there is nothing better.
 */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { RecordTable, Side } from './record-table.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

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
  const sure: [number | null, number | null] = [null, null];
  const any: [number | null, number | null] = [null, null];
  for (const flights of handshakes) {
    for (const [i, flight] of flights.entries()) {
      const sample = sampleOf(flight, flights[i - 1], table);
      if (!sample) continue;
      const { side, ms } = sample;
      any[side] = Math.min(any[side] ?? ms, ms);
      if (sample.sure) sure[side] = Math.min(sure[side] ?? ms, ms);
    }
  }
  return [sure[0] ?? any[0], sure[1] ?? any[1]];
}

function sampleOf(flight: SentFlight, before: SentFlight | undefined, table: RecordTable): Sample | null {
  if (!before || !answers(flight, before)) return null;
  const startMs = firstMs(flight);
  const asked = before.transmissions.filter((t) => endOf(t) <= startMs);
  const last = asked.at(-1);
  if (!last) return null;
  const copied = asked.length > 1 ? copiedFrom(flight, asked, table) : null;
  // Whoever answers each copy answers the first one first.
  const inTurn = asked.length > 1 && flight.transmissions.length >= before.transmissions.length ? asked[0] : undefined;
  const ask = copied ?? inTurn ?? last;
  return { side: before.side, ms: startMs - endOf(ask), sure: asked.length === 1 || copied !== null };
}

/** Whether the flight is what the other side sends next in the handshake (RFC 6347 §4.2.4). */
export function answers(flight: SentFlight, before: SentFlight): boolean {
  return (
    flight.side !== before.side && flight.number === before.number + 1 && !flight.postHandshake && !before.postHandshake
  );
}

/** When the flight was first seen, whichever of its transmissions that was. */
export function firstMs(flight: SentFlight): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { startMs } of flight.transmissions) if (startMs < first) first = startMs;
  return first;
}

export const startOf = (transmission: Transmission): number => transmission.startMs;
export const endOf = (transmission: Transmission): number => transmission.endMs;

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
  if (!isRequest && table.columns.sequenceNumber.get(answer.record) === 0) return null;
  const numberOf = (record: number) => table.columns.sequenceNumber.get(record);
  const of = asked.filter((t) => t.units.some((u) => u.epoch === 0 && numberOf(u.record) === numberOf(answer.record)));
  return of.length === 1 ? (of[0] ?? null) : null;
}
