/** Who waited for whom: durations of flights, and how much of them was waiting for a timer. */
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { answers, copiedFrom, endOf, firstMs, type RoundTrips, roundTripsOf, startOf } from './answers.ts';
import { greatest, least } from './extremes.ts';
import { endRecord } from './handshake-records.ts';
import { type RecordTable, SENDERS } from './record-table.ts';
import type { FlightTimingView, TimingView } from './story.ts';
import { type Causes, causesOf } from './transmission-causes.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export function timingOf(trace: AnalysedTrace, association: AnalysedAssociation): TimingView {
  const trips = roundTripsOf(
    association.handshakes.map((h) => h.flights),
    trace.records,
  );
  const causes = causesOf(trace, association);
  const flights = association.handshakes.flatMap((handshake) => {
    const endMs = endOfHandshake(trace, handshake) ?? Number.POSITIVE_INFINITY;
    const around: Around = { flights: handshake.flights, causes, trips, table: trace.records, endMs };
    return handshake.flights.map((flight, i): FlightTimingView => {
      const before = handshake.flights[i - 1];
      return {
        handshake: handshake.state.number,
        flight: flight.number,
        sender: SENDERS[flight.side] ?? 'client',
        startMs: firstMs(flight),
        completeMs: completeMs(trace, flight),
        answerAfterMs: before && answers(flight, before) ? answerAfterMs(trace, flight, before) : null,
        timerWaitMs: timerWaitMs(i, around),
      };
    });
  });
  const [client, server] = trips;
  const waited = (sender: FlightTimingView['sender']) =>
    flights.reduce((sum, f) => sum + (f.sender === sender ? f.timerWaitMs : 0), 0);
  return {
    handshakeMs: handshakeMs(trace, association),
    timerWaitMs: { client: waited('client'), server: waited('server') },
    roundTripMs: { client, server },
    flights,
  };
}

function handshakeMs(trace: AnalysedTrace, { handshakes }: AnalysedAssociation): number | null {
  const established = handshakes.find((h) => h.decided.outcome === 'established');
  const end = established ? endOfHandshake(trace, established) : null;
  // Who missed its beginning cannot tell how long it took.
  if (!established || end === null || (established.state.number === 1 && (established.flights[0]?.number ?? 1) > 1))
    return null;
  return end - least(established.flights.map(firstMs));
}

function endOfHandshake(trace: AnalysedTrace, { flights, decided }: AnalysedHandshake): number | null {
  const end = decided.outcome === 'established' ? endRecord(flights, 'established') : null;
  return end === null ? null : trace.timeMs(end);
}

/** From the last record of the flight before that came before this one: the completing one, or that of its last repeat. */
function answerAfterMs(trace: AnalysedTrace, flight: SentFlight, before: SentFlight): number | null {
  const startMs = firstMs(flight);
  const completed = completeMs(trace, before);
  if (completed !== null && completed <= startMs) return startMs - completed;
  const asked = before.transmissions.map(endOf).filter((ms) => ms <= startMs);
  return asked.length > 0 ? startMs - greatest(asked) : null;
}

/** When the whole of the flight had been captured, by whichever transmissions; null where it never was. */
function completeMs(trace: AnalysedTrace, flight: SentFlight): number | null {
  /** By place: copies of a message that differ share one. */
  const filled = new Map<number, number>();
  for (const { damaged, order, message, occurrences } of flight.parts) {
    if (damaged) continue;
    const record = message ? message.completedBy : occurrences[0]?.record;
    const ms = record === null || record === undefined ? Number.POSITIVE_INFINITY : trace.timeMs(record);
    filled.set(order, Math.min(ms, filled.get(order) ?? ms));
  }
  const last = greatest(filled.values());
  return Number.isFinite(last) ? last : null;
}

/** An answer may come sooner than the least round trip that was seen: that has computing in it, and chance. */
const TRIP_SHARE = 0.8;
const TRIP_CHANCE_MS = 50;

/**
 * Spent until a timer expired, over all transmissions that were needed: the last one that the answer can belong to,
 * and where the answer got lost as well, the one that brought it again. What the receiver did not need is not counted.
 */
function timerWaitMs(index: number, around: Around): number {
  const { flights, causes } = around;
  const flight = flights[index];
  if (!flight) return 0;
  const untilMs = neededUntilMs(flight, flights[index + 1], flights[index + 2], around);
  let waited = 0;
  for (const [i, transmission] of flight.transmissions.entries()) {
    const previous = flight.transmissions[i - 1];
    const startMs = startOf(transmission);
    if (!previous || causes.get(transmission) !== 'timer' || startMs > untilMs) continue;
    waited += Math.max(0, startMs - startOf(previous));
  }
  return waited;
}

/** What a handshake's flights are seen with. */
interface Around {
  readonly flights: readonly SentFlight[];
  readonly causes: Causes;
  readonly trips: RoundTrips;
  readonly table: RecordTable;
  /** When the handshake was done; infinite where it never was. */
  readonly endMs: number;
}

/** The start of the last transmission of the flight that was needed to get its answer through. */
function neededUntilMs(
  flight: SentFlight,
  after: SentFlight | undefined,
  next: SentFlight | undefined,
  { trips, table, endMs }: Around,
): number {
  if (!after || !answers(after, flight)) return flight.postHandshake ? Number.POSITIVE_INFINITY : endMs;
  // Nothing shows which of the answers arrived, if the last one did.
  if (!Number.isFinite(endMs) && !(next && answers(next, after))) return endMs;
  const got =
    next && answers(next, after) ? lastAnswered(after, firstMs(next), trips[after.side]) : after.transmissions.at(-1);
  if (!got) return endMs;
  const copied = copiedFrom({ side: after.side, transmissions: [got] }, flight.transmissions, table);
  const asked = copied ?? lastAnswered(flight, startOf(got), trips[flight.side]) ?? flight.transmissions[0];
  return asked ? startOf(asked) : endMs;
}

/** The last transmission that was sent long enough before its answer to have brought it about. */
function lastAnswered(flight: SentFlight, answeredMs: number, trip: number | null): Transmission | undefined {
  const leastMs = Math.max(0, TRIP_SHARE * (trip ?? 0) - TRIP_CHANCE_MS);
  return flight.transmissions.findLast((t) => startOf(t) <= answeredMs - leastMs);
}
