/**
 * What moves the state machine of one endpoint, derived from what was captured: its own transmissions are seen, what
 * it received follows from what it did next. Words and rules: RFC 6347 §4.2.4, RFC 9147 §5.8.1.
 */
import { hasExtension } from '../dtls/extensions/extensions.ts';
import { EXTENSION_TYPE, HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { peerOf } from './acknowledged.ts';
import type { AnalysedHandshake } from './analyse.ts';
import { startOf } from './answers.ts';
import { least } from './extremes.ts';
import { CLOSED_RECORDS, isLastFlight } from './flight-parts.ts';
import type { MachineEvent } from './machine.ts';
import { finishingOf } from './machine-finish.ts';
import {
  APPLICATION_EPOCH,
  event,
  mainFlights,
  type Place,
  type Scene,
  type Send,
  type Shown,
  sendsOf,
} from './machine-scene.ts';
import { arrivalsOf, type Receipt } from './reception.ts';
import type { Causes } from './transmission-causes.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/** Events of the handshakes in order; closing and giving up come after them. */
export function handshakeEvents(scene: Scene): MachineEvent[] {
  const events = scene.association.handshakes.flatMap((handshake) => eventsOf(scene, handshake));
  const before = writingBefore(scene);
  return inTime(before ? [before, ...events] : events);
}

/** The capture began after a handshake: whoever writes application data had finished it. */
function writingBefore({ trace, association: { state }, side, byNumber }: Scene): MachineEvent | null {
  const first = state.applicationRecords.find((r) => r.side === side);
  if (!first || first.epoch < (state.isVersion13 ? APPLICATION_EPOCH : 1)) return null;
  const { record, epoch } = first;
  const shown = byNumber.get(state.isVersion13 ? 1 : epoch)?.flights.some((f) => f.side === side);
  if (shown) return null;
  const place = { handshake: state.isVersion13 ? 1 : epoch, flight: 0, attempt: 0, stateless: false };
  const cause = 'writes application data';
  return event(trace, place, {
    kind: 'acts-finished',
    timeMs: trace.timeMs(record),
    record,
    cause,
    certainty: 'near-certain',
  });
}

function eventsOf(scene: Scene, handshake: AnalysedHandshake): MachineEvent[] {
  const flights = mainFlights(handshake);
  const sends = sendsOf(scene, flights);
  const begun = new Set<SentFlight>();
  const peers = flightsBefore(flights);
  const events = listening(scene, handshake, flights);
  for (const [i, send] of sends.entries()) {
    const before = peers.get(send.flight);
    const reason = begun.has(send.flight)
      ? againOf(scene, placeOf(handshake, send), send, before)
      : beginning(scene, handshake, send, before, sends[i - 1]);
    // Whatever overtook it on the way, it was sent soon after what it answers.
    const sent = send.late ? { ...send, startMs: reason.timeMs, endMs: reason.timeMs } : send;
    const isLast = !handshake.state.isVersion13 && isLastFlight(send.flight, handshake.state);
    events.push(reason, ...sendingOf(scene, placeOf(handshake, send), sent, sends[i + 1], isLast));
    begun.add(send.flight);
  }
  events.push(...finishingOf(scene, handshake, flights, sends));
  return events;
}

/** For every flight, the other side's last one before it. */
function flightsBefore(flights: readonly SentFlight[]): ReadonlyMap<SentFlight, SentFlight> {
  const before = new Map<SentFlight, SentFlight>();
  const last: [SentFlight | null, SentFlight | null] = [null, null];
  for (const flight of flights) {
    const peers = last[peerOf(flight.side)];
    if (peers) before.set(flight, peers);
    last[flight.side] = flight;
  }
  return before;
}

/** A server that gave out a cookie keeps nothing until it comes back (RFC 6347 §4.2.1, RFC 9147 §5.1). */
function givesCookie({ parts }: SentFlight): boolean {
  return parts.some(({ message }) => {
    if (message?.type === HANDSHAKE_TYPE.helloVerifyRequest) return true;
    const hello = message?.decoded;
    return (
      hello?.type === 'ServerHello' &&
      hello.isHelloRetryRequest &&
      hasExtension(hello.extensions, EXTENSION_TYPE.cookie)
    );
  });
}

function placeOf(handshake: AnalysedHandshake, { flight, transmission }: Send): Place {
  return {
    handshake: handshake.state.number,
    flight: flight.number,
    attempt: transmission.number,
    stateless: givesCookie(flight),
  };
}

/** A server is there before it is spoken to (RFC 6347 §4.2.4: it starts in WAITING, without a timer). */
function listening(
  { trace, side }: Scene,
  { state }: AnalysedHandshake,
  flights: readonly SentFlight[],
): MachineEvent[] {
  const hello = flights.find((f) => f.side === 0);
  if (side === 0 || state.number > 1 || !hello?.parts.some((p) => p.name === 'ClientHello')) return [];
  const timeMs = least(flights.flatMap((f) => f.transmissions.slice(0, 1).map(startOf)));
  const stateless = flights.some(givesCookie);
  const place = { handshake: 1, flight: 0, attempt: 0, stateless };
  const cause = stateless ? 'waits for a ClientHello, keeping no state' : 'waits for a ClientHello';
  return [event(trace, place, { kind: 'listen', timeMs, record: null, cause, certainty: 'inferred' })];
}

/** Why a flight was begun: nobody asked for the first, and every other answers one of the peer's. */
function beginning(
  { trace, fates }: Scene,
  handshake: AnalysedHandshake,
  send: Send,
  peers: SentFlight | undefined,
  previous: Send | undefined,
): MachineEvent {
  const place = placeOf(handshake, send);
  const { flight, transmission, startMs } = send;
  const record = transmission.units[0]?.record ?? null;
  if (flight.number === 1)
    return event(trace, place, { kind: 'begin', timeMs: startMs, record, cause: opening(flight), certainty: 'seen' });
  const waitingMs = previous?.startMs ?? Number.NEGATIVE_INFINITY;
  const receipt: Receipt =
    peers?.number === flight.number - 1
      ? arrivalsOf(trace, peers, fates).beforeAnswer(startMs, waitingMs, send.late)
      : { timeMs: startMs, record: null, certainty: 'inferred' };
  const cause = `received flight ${flight.number - 1}`;
  return event(trace, place, { kind: 'received', ...receipt, cause, evidence: record === null ? [] : [record] });
}

/** Why it was sent again. */
export function againOf(
  { trace, causes }: Scene,
  place: Place,
  { flight, transmission, startMs }: Send,
  peers: SentFlight | undefined,
): MachineEvent {
  const record = transmission.units[0]?.record ?? null;
  const why = whyAgain(causes.get(flight.transmissions[transmission.number - 1] ?? transmission), flight, peers);
  return event(trace, place, { timeMs: startMs, record, ...why });
}

const opening = ({ parts }: SentFlight): string =>
  parts.some((p) => p.name === 'HelloRequest') ? 'asks for a new handshake' : 'opens a handshake';

function whyAgain(
  cause: ReturnType<Causes['get']>,
  { number, parts }: SentFlight,
  peers: SentFlight | undefined,
): Pick<Shown, 'kind' | 'cause' | 'certainty'> {
  switch (cause) {
    case 'peer-retransmission':
      return {
        kind: 'read-retransmit',
        cause: `flight ${peers?.number ?? number - 1} came again`,
        certainty: 'near-certain',
      };
    case 'partial-ack':
      return { kind: 'ack-part', cause: `ACK of a part of flight ${number}`, certainty: 'near-certain' };
    case 'timer':
      return { kind: 'timer', cause: 'timer expired', certainty: 'near-certain' };
    default:
      return parts.some((p) => p.name === CLOSED_RECORDS)
        ? { kind: 'ack-part', cause: `sends flight ${number} again, perhaps for an ACK`, certainty: 'inferred' }
        : { kind: 'send', cause: `sends flight ${number} again`, certainty: 'seen' };
  }
}

/** The transmission itself: its first record and its last. */
export function sendingOf(
  { trace }: Scene,
  place: Place,
  send: Send,
  next: Send | undefined,
  isLast: boolean,
): MachineEvent[] {
  const { flight, transmission } = send;
  const [first, last] = [transmission.units[0]?.record ?? null, lastRecord(transmission)];
  const endMs = Math.min(send.endMs, next?.startMs ?? send.endMs);
  return [
    event(trace, place, {
      kind: 'send',
      timeMs: send.startMs,
      record: first,
      cause: `sends flight ${flight.number}`,
      certainty: send.late ? 'inferred' : 'seen',
    }),
    event(trace, place, {
      kind: isLast ? 'sent-last' : 'sent',
      timeMs: endMs,
      record: last,
      cause: `flight ${flight.number} sent`,
      certainty: send.late ? 'inferred' : isLast ? 'seen' : 'near-certain',
    }),
  ];
}

/** The latest by time, not by number. */
function lastRecord({ units }: Transmission): number | null {
  const last = units.reduce<Transmission['units'][number] | null>((a, b) => (a && a.timeMs > b.timeMs ? a : b), null);
  return last?.record ?? null;
}

/** What is inferred is never shown before what it follows from. */
function inTime(events: readonly MachineEvent[]): MachineEvent[] {
  let nowMs = Number.NEGATIVE_INFINITY;
  return events.map((e) => {
    nowMs = Math.max(nowMs, e.timeMs);
    return e.timeMs < nowMs ? { ...e, timeMs: nowMs } : e;
  });
}
