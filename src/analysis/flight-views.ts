/** Flights, transmissions and messages as the views see them. */

import { hasEarlyData, preSharedKey, sessionTicket } from '../dtls/extensions/accessors.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { sameBytes } from '../wire/text.ts';
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import type { FlightPart } from './flight-parts.ts';
import { isAbbreviated } from './flight-parts.ts';
import { endRecord, firstRecordOf } from './handshake-records.ts';
import { type HandshakeState, messageName } from './handshake-state.ts';
import { holdsAll } from './lacks.ts';
import { packetsOf } from './rare-traits.ts';
import { Recall } from './recall.ts';
import { SENDERS } from './record-table.ts';
import type { FateView } from './story.ts';
import { type Story, storyOf } from './story-of.ts';
import type { FlightView, HandshakeKind, HandshakeView, MessageView, TransmissionView } from './trace.ts';
import { type Causes, causesOf } from './transmission-causes.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export function handshakeViews(trace: AnalysedTrace, association: AnalysedAssociation): HandshakeView[] {
  const causes = causesOf(trace, association);
  const { fates } = storyOf(trace, association);
  return association.handshakes.map((handshake) => handshakeView(trace, handshake, causes, fates));
}

/** Nothing in the capture tells. */
export const UNKNOWN_FATE: FateView = {
  fate: 'unknown',
  certainty: 'inferred',
  reason: 'Nothing in this capture tells what became of it.',
  evidence: [],
};

function handshakeView(
  trace: AnalysedTrace,
  handshake: AnalysedHandshake,
  causes: Causes,
  fates: Story['fates'],
): HandshakeView {
  const { state, flights, decided } = handshake;
  const first = firstRecordOf(flights);
  const last = endRecord(flights, decided.outcome);
  return {
    number: state.number,
    kind: kindOf(handshake),
    cookieExchange: state.cookieExchange,
    helloRetryRequest: state.messages.some((m) => messageName(m) === 'HelloRetryRequest'),
    startMs: first === null ? 0 : trace.timeMs(first),
    endMs: last === null ? 0 : trace.timeMs(last),
    outcome: decided.outcome,
    flights: flights.map((flight) => flightView(trace, flight, causes, fates)),
  };
}

function kindOf({ state }: AnalysedHandshake): HandshakeKind {
  if (state.isVersion13) return kindOf13(state);
  if (isAbbreviated(state)) {
    const { clientHello, serverHello } = state;
    const ticket = clientHello && sessionTicket(clientHello.extensions);
    const echoed =
      clientHello &&
      serverHello &&
      serverHello.sessionId.length > 0 &&
      sameBytes(clientHello.sessionId, serverHello.sessionId);
    // With a ticket the client makes up a session id to recognise its acceptance by (RFC 5077 §3.4).
    if (ticket && ticket.length > 0) return 'resumed-ticket';
    return echoed || !ticket ? 'resumed-session-id' : 'resumed-ticket';
  }
  if (state.number > 1) return 'renegotiation';
  return state.keyExchange === 'PSK' ? 'psk' : 'full';
}

function kindOf13({ clientHello, serverHello }: HandshakeState): HandshakeKind {
  if (!serverHello || !preSharedKey(serverHello.extensions)) return '1.3-full';
  return clientHello && hasEarlyData(clientHello.extensions) ? '1.3-0rtt' : '1.3-psk';
}

function flightView(trace: AnalysedTrace, flight: SentFlight, causes: Causes, fates: Story['fates']): FlightView {
  const places = partsByPlace(flight);
  return {
    number: flight.number,
    sender: SENDERS[flight.side] ?? 'client',
    messages: places.map(([part]) => part.name),
    transmissions: flight.transmissions.map((transmission, i) => ({
      ...transmissionView(trace, places, flight.parts, transmission, flight.transmissions[i - 1]),
      cause: causes.get(transmission) ?? 'unknown',
      fate: fates.get(transmission) ?? UNKNOWN_FATE,
    })),
  };
}

function transmissionView(
  trace: AnalysedTrace,
  places: readonly (readonly FlightPart[])[],
  parts: SentFlight['parts'],
  transmission: Transmission,
  previous: Transmission | undefined,
): Omit<TransmissionView, 'fate' | 'cause'> {
  const { number, units, startMs, endMs } = transmission;
  const records = units.map((u) => u.record);
  return {
    number,
    startMs,
    endMs,
    packets: records.length === 1 ? packetsOf(trace, records[0] ?? 0) : packetsOfAll(trace, records),
    records: records.map((r) => r + 1),
    packing: packingOf(trace, records),
    complete: holdsAll(parts, units) || coversAll(places, transmission),
    sincePreviousMs: previous ? startMs - previous.startMs : null,
  };
}

function packetsOfAll(trace: AnalysedTrace, records: readonly number[]): number[] {
  const packets = new Set<number>();
  for (const record of records) for (const packet of packetsOf(trace, record)) packets.add(packet);
  return [...packets];
}

function packingOf(trace: AnalysedTrace, records: readonly number[]): number[] {
  const { datagram } = trace.records.columns;
  const packing: number[] = [];
  // Records of one datagram follow each other.
  for (const [i, record] of records.entries()) {
    const before = records[i - 1];
    if (before !== undefined && datagram.get(before) === datagram.get(record)) packing.push((packing.pop() ?? 0) + 1);
    else packing.push(1);
  }
  return packing;
}

/** Parts of a flight by their place in it: more than one where copies of a message differ. Damaged records have none. */
function partsByPlace({ parts }: SentFlight): [FlightPart, ...FlightPart[]][] {
  const places: [FlightPart, ...FlightPart[]][] = [];
  const anyWhole = parts.some((p) => !p.damaged);
  for (const part of parts) {
    const last = places.at(-1);
    if (part.damaged && anyWhole) continue;
    if (last && last[0].order === part.order) last.push(part);
    else places.push([part]);
  }
  return places;
}

/** What a transmission holds of one part, in the order of its records. */
interface CarriedPart {
  readonly units: Transmission['units'];
  readonly ranges: { readonly record: number; readonly from: number; readonly to: number }[];
}

function carriedBy({ units }: Transmission): ReadonlyMap<FlightPart, CarriedPart> {
  const carried = new Map<FlightPart, CarriedPart>();
  for (const unit of units) {
    for (const { part, from, to } of unit.pieces) {
      const own = carried.get(part) ?? { units: [], ranges: [] };
      carried.set(part, own);
      if (own.units.at(-1) !== unit) own.units.push(unit);
      own.ranges.push({ record: unit.record + 1, from, to });
    }
  }
  return carried;
}

function coversAll(places: readonly (readonly FlightPart[])[], transmission: Transmission): boolean {
  const carried = carriedBy(transmission);
  return places.every((variants) => variants.some((part) => covered(part, carried.get(part)?.ranges)));
}

/** Whether one transmission alone holds every byte of the part. */
function covered(part: FlightPart, held: CarriedPart['ranges'] | undefined): boolean {
  if (!held) return false;
  let to = 0;
  for (const range of held.length > 1 ? held.toSorted((a, b) => a.from - b.from) : held) {
    if (range.from > to) return false;
    to = Math.max(to, range.to);
  }
  return to >= part.length;
}

/** Every transmission of every message, in the order of flights, and where each is found by record and message_seq. */
export function messageViews(trace: AnalysedTrace, association: AnalysedAssociation): MessageViews {
  const known = viewed.get(association.handshakes);
  if (known) return known;
  const made = viewMessages(trace, association);
  viewed.set(association.handshakes, made);
  return made;
}

/** Asked for with each record of an association. */
const viewed = new Recall<AnalysedAssociation['handshakes'], MessageViews>(4);

interface MessageViews {
  readonly views: MessageView[];
  readonly indexOf: (part: FlightPart['message'], record: number) => number | null;
}

function viewMessages(trace: AnalysedTrace, { handshakes }: AnalysedAssociation): MessageViews {
  const views: MessageView[] = [];
  const index = new Map<NonNullable<FlightPart['message']>, Map<number, number>>();
  const c = trace.records.columns;
  for (const { state, flights } of handshakes) {
    for (const flight of flights) {
      const places = new Map(flight.parts.map((part, i) => [part, i]));
      const inOrder = (a: FlightPart, b: FlightPart) => (places.get(a) ?? 0) - (places.get(b) ?? 0);
      for (const transmission of flight.transmissions) {
        const carried = [...carriedBy(transmission)].sort(([a], [b]) => inOrder(a, b));
        for (const [part, { units, ranges }] of carried) {
          const first = units[0];
          if (!first) continue;
          if (part.message) {
            const byRecord = index.get(part.message) ?? new Map<number, number>();
            for (const unit of units) byRecord.set(unit.record, views.length);
            index.set(part.message, byRecord);
          }
          views.push({
            sender: SENDERS[flight.side] ?? 'client',
            handshake: state.number,
            flight: flight.number,
            transmission: transmission.number,
            epoch: c.epoch[first.record] ?? 0,
            messageSeq: part.message?.messageSeq ?? null,
            type: part.message?.type ?? (part.name === 'Finished' ? HANDSHAKE_TYPE.finished : null),
            name: part.name,
            length: part.length,
            records: units.map((u) => u.record + 1),
            packets: packetsOfAll(
              trace,
              units.map((u) => u.record),
            ),
            fragments: ranges.length,
            ranges,
            complete: covered(part, ranges),
          });
        }
      }
    }
  }
  const indexOf = (message: FlightPart['message'], record: number): number | null => {
    const byRecord = message && index.get(message);
    if (!byRecord) return null;
    const original = c.repeats.get(record) - 1;
    return byRecord.get(record) ?? byRecord.get(original) ?? null;
  };
  return { views, indexOf };
}
