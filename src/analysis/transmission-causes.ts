/**
 * Why a flight was sent again: its sender's timer expired, the peer sent its own flight again, or an ACK named only
 * part of it (RFC 6347 §4.2.4, RFC 9147 §5.8). Told from times, and from what cannot be: a flight that waits for no
 * answer has no timer, and whoever backed off waits longer the next time.
 */
import { acksBetween, acksOf, peerOf, repeatsNamed, type SentAcks } from './acknowledged.ts';
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { endOf, type RoundTrips, roundTripsOf, startOf } from './answers.ts';
import { lastUpTo } from './extremes.ts';
import { isLastFlight, isStateless } from './flight-parts.ts';
import { Recall } from './recall.ts';
import { fitsTimer, SHORTEST_TIMER_MS } from './timer-fit.ts';
import type { TransmissionCause } from './trace.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/** A repeat this soon after the peer's repeat may answer it, on a path without delay. */
const ANSWER_WITHIN_MS = 50;
/** An answer takes a round trip; the least one is exceeded by this much in the ordinary. */
const ROUND_TRIP_SLACK = 1.5;

export type Causes = ReadonlyMap<Transmission, TransmissionCause>;

/** A transmission of a flight after the first, and what may have caused it. */
interface Repeat {
  readonly transmission: Transmission;
  readonly waitedMs: number;
  /** The peer sent, soon enough before, what this may answer. */
  readonly asked: boolean;
  /** It did so after the transmission before. */
  readonly askedSince: boolean;
  readonly askedByAck: boolean;
}

interface AskedFlight {
  readonly flight: SentFlight;
  readonly hasTimer: boolean;
  readonly repeats: readonly Repeat[];
}

const told = new Recall<AnalysedAssociation['handshakes'], Causes>();

export function causesOf(trace: AnalysedTrace, association: AnalysedAssociation): Causes {
  const before = told.get(association.handshakes);
  if (before) return before;
  const causes = new Map<Transmission, TransmissionCause>();
  told.set(association.handshakes, causes);
  if (!association.handshakes.some(({ flights }) => flights.some((f) => f.transmissions.length > 1))) {
    for (const { flights } of association.handshakes)
      for (const { transmissions } of flights) for (const sent of transmissions) causes.set(sent, 'initial');
    return causes;
  }
  const flights = askedFlights(trace, association);
  // How this sender's timers look where nothing else can have caused the repeat.
  const firstWaits: [number[], number[]] = [[], []];
  for (const { flight, hasTimer, repeats } of flights) {
    const [repeat] = repeats;
    if (hasTimer && repeat && !repeat.askedSince && !repeat.askedByAck && repeat.waitedMs >= SHORTEST_TIMER_MS)
      firstWaits[flight.side].push(repeat.waitedMs);
  }
  for (const flight of flights) note(flight, firstWaits[flight.flight.side], causes);
  return causes;
}

function note(
  { flight, hasTimer, repeats }: AskedFlight,
  firstWaits: readonly number[],
  causes: Map<Transmission, TransmissionCause>,
): void {
  const first = flight.transmissions[0];
  if (first) causes.set(first, 'initial');
  /** How long the timer of this flight ran when it last expired. */
  let expired: number | null = null;
  for (const [i, repeat] of repeats.entries()) {
    const byTimer = fitsTimer(repeat.waitedMs, firstWaits, expired) && backsOff(repeat, repeats[i + 1]);
    const cause = causeOf(repeat, hasTimer, byTimer);
    if (cause === 'timer') expired = repeat.waitedMs;
    causes.set(repeat.transmission, cause);
  }
}

function causeOf(repeat: Repeat, hasTimer: boolean, byTimer: boolean): TransmissionCause {
  if (repeat.askedByAck) return 'partial-ack';
  const long = repeat.waitedMs >= SHORTEST_TIMER_MS;
  if (!hasTimer || !long) return repeat.asked ? 'peer-retransmission' : long ? 'timer' : 'unknown';
  // The timers of both sides often start and expire together: then this one needed no asking.
  return repeat.askedSince && !byTimer ? 'peer-retransmission' : 'timer';
}

/** The wait after an expiry is about twice as long; one of the same length shows that nothing had expired. */
function backsOff({ waitedMs }: Repeat, next: Repeat | undefined): boolean {
  return !next || next.askedSince || next.waitedMs < 0.8 * waitedMs || next.waitedMs > 1.4 * waitedMs;
}

function askedFlights(trace: AnalysedTrace, association: AnalysedAssociation): AskedFlight[] {
  const trips = roundTripsOf(
    association.handshakes.map((h) => h.flights),
    trace.records,
  );
  const acks = acksOf(trace, association);
  return association.handshakes.flatMap((handshake) =>
    handshake.flights.map((flight, i) => {
      const around = aroundOf(handshake, i, trips, acks);
      const named = repeatsNamed(association.state, flight);
      const [, ...again] = flight.transmissions;
      return {
        flight,
        hasTimer: around.hasTimer,
        repeats: again.map((transmission, j) => repeatOf(transmission, flight.transmissions[j], around, named)),
      };
    }),
  );
}

/** What is the same for all transmissions of a flight. */
interface Around {
  readonly hasTimer: boolean;
  /** When the peer sent records that ask for it, ascending. */
  readonly asksMs: readonly number[];
  readonly acks: SentAcks;
  readonly withinMs: number;
  /** When a transmission of it that was overtaken on the way will have been sent. */
  readonly firstSentMs: number | null;
}

function aroundOf(
  { flights, state }: AnalysedHandshake,
  index: number,
  trips: RoundTrips,
  acks: readonly [SentAcks, SentAcks],
): Around {
  const flight = flights[index];
  const before = flights[index - 1];
  const peer = peerOf(flight?.side ?? 0);
  const trip = trips[peer] ?? 0;
  const stateless = flight !== undefined && isStateless(flight);
  // A cookie that the server rejects makes the ClientHello one without (RFC 6347 §4.2.1): it asks again.
  const askers = stateless
    ? [before, flights[index + 1]].flatMap((f) => f?.transmissions ?? [])
    : (before?.transmissions.slice(1) ?? []);
  const question = before?.transmissions[0];
  return {
    hasTimer: !stateless && flight !== undefined && !isLastFlight(flight, state),
    asksMs: askers.flatMap((t) => t.units.map((u) => u.timeMs)).sort((a, b) => a - b),
    acks: acks[peer],
    withinMs: Math.max(ANSWER_WITHIN_MS, ROUND_TRIP_SLACK * trip),
    firstSentMs: question ? endOf(question) + trip : null,
  };
}

function repeatOf(
  transmission: Transmission,
  previous: Transmission | undefined,
  { hasTimer, asksMs, acks, withinMs, firstSentMs }: Around,
  named: (transmission: Transmission, ack: number) => boolean,
): Repeat {
  const startMs = startOf(transmission);
  const seenMs = previous ? startOf(previous) : startMs;
  const previousMs = seenMs <= startMs ? seenMs : Math.min(startMs, firstSentMs ?? startMs);
  const askedMs = lastUpTo(asksMs, startMs);
  // Without a timer only the peer can have asked for it, however long ago.
  const patience = hasTimer ? withinMs : Math.max(withinMs, startMs - previousMs);
  // An ACK of part of a flight asks for the rest at once (RFC 9147 §7.2).
  const since = acksBetween(acks, Math.max(previousMs, startMs - withinMs), startMs);
  return {
    transmission,
    waitedMs: startMs - previousMs,
    asked: askedMs !== null && startMs - askedMs <= patience,
    askedSince: askedMs !== null && askedMs > previousMs && startMs - askedMs <= withinMs,
    askedByAck: hasTimer && since.some((ack) => !named(transmission, ack)),
  };
}
