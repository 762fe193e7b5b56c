/** What the events of one endpoint are derived from, and its transmissions in the order in which they were sent. */
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { endOf, startOf } from './answers.ts';
import { closedShape } from './closed-shapes.ts';
import { isLastFlight } from './flight-parts.ts';
import type { MachineEvent, MachineEventKind } from './machine.ts';
import { type Fates, ownParts } from './reception.ts';
import type { Side } from './record-table.ts';
import type { Certainty } from './story.ts';
import { type Causes, causesOf } from './transmission-causes.ts';
import { type SentFlight, type Transmission, transmissionOf } from './transmissions.ts';

/** First epoch of application data in DTLS 1.3 (RFC 9147 §6.1); in 1.2 it is the number of the handshake. */
export const APPLICATION_EPOCH = 3;

/** What all events of one endpoint are derived from. */
export interface Scene {
  readonly trace: AnalysedTrace;
  readonly association: AnalysedAssociation;
  readonly side: Side;
  readonly fates: Fates;
  readonly causes: Causes;
  readonly byNumber: ReadonlyMap<number, AnalysedHandshake>;
}

export function scenesOf(trace: AnalysedTrace, association: AnalysedAssociation, fates: Fates): [Scene, Scene] {
  const byNumber = new Map(association.handshakes.map((h) => [h.state.number, h]));
  const causes = causesOf(trace, association);
  const sceneOf = (side: Side): Scene => ({ trace, association, side, fates, causes, byNumber });
  return [sceneOf(0), sceneOf(1)];
}

/** One transmission of this endpoint, at its place among the others. */
export interface Send {
  readonly flight: SentFlight;
  readonly transmission: Transmission;
  /** When it began as far as the order of record numbers lets: a late copy was sent before what overtook it. */
  readonly startMs: number;
  readonly endMs: number;
  /** It was captured after what was sent later: when it was sent is not seen. */
  readonly late: boolean;
}

/** What only a step of one handshake has, besides its place. */
export interface Shown {
  readonly kind: MachineEventKind;
  readonly timeMs: number;
  /** Index of the record that shows it. */
  readonly record: number | null;
  readonly cause: string;
  readonly certainty: Certainty;
  /** Indexes of records. */
  readonly evidence?: readonly number[];
}

/** Where an event leads to: handshake, flight and attempt. */
export interface Place {
  readonly handshake: number;
  readonly flight: number;
  readonly attempt: number;
  readonly stateless: boolean;
}

const NO_EVIDENCE: readonly number[] = [];

export function event(trace: AnalysedTrace, place: Place, shown: Shown): MachineEvent {
  const { kind, timeMs, record, cause, certainty, evidence } = shown;
  const { handshake, flight, attempt, stateless } = place;
  return {
    kind,
    timeMs,
    packet: record === null ? null : trace.packetOf(record),
    record: record === null ? null : record + 1,
    handshake,
    flight,
    attempt,
    stateless,
    cause,
    certainty,
    evidence: evidence ? evidence.filter((r) => r !== record).map((r) => r + 1) : NO_EVIDENCE,
  };
}

/** What follows a handshake of DTLS 1.3 has machines of its own (RFC 9147 §5.8.4), and an ACK is no flight of this one. */
export function mainFlights({ flights, state }: AnalysedHandshake): readonly SentFlight[] {
  if (!state.isVersion13) return flights;
  return flights.filter((f) => !f.postHandshake && !isLastFlight(f, state));
}

/** In the order in which they were sent. */
export function sendsOf(scene: Scene, flights: readonly SentFlight[]): Send[] {
  const { side, trace } = scene;
  const { sequenceNumber } = trace.records.columns;
  /** Of what was sent later, the one that was captured first. */
  let next: Send | undefined;
  const sends: Send[] = [];
  for (const flight of flights.filter((f) => f.side === side).reverse()) {
    const isOwn = ownUnits(scene, flight);
    for (const all of flight.transmissions.toReversed()) {
      const units = all.units.filter(isOwn);
      if (units.length === 0) continue;
      const transmission = units.length === all.units.length ? all : transmissionOf(all.number, units);
      const startMs = startOf(transmission);
      const late = next && startMs > next.startMs && wasSentBefore(transmission, next.transmission, sequenceNumber);
      const send =
        late && next
          ? { flight, transmission, startMs: next.startMs, endMs: next.startMs, late: true }
          : { flight, transmission, startMs, endMs: endOf(transmission), late: false };
      sends.push(send);
      if (!next || send.startMs <= next.startMs) next = send;
    }
  }
  return sends.reverse().sort((a, b) => a.startMs - b.startMs);
}

/** Without what is no part of the flight: damaged copies, a renegotiation, and closed records that look like ACKs. */
function ownUnits({ trace, association: { state } }: Scene, flight: SentFlight) {
  const parts = new Set(ownParts(flight));
  return ({ record, pieces }: Transmission['units'][number]): boolean => {
    if (!pieces.some((p) => parts.has(p.part))) return false;
    const shape = closedShape(trace, state, record);
    return shape !== 'ack' && shape !== 'alert';
  };
}

/** By the sender's record numbers, in an epoch that both have. */
function wasSentBefore(
  one: Transmission,
  other: Transmission,
  sequenceNumber: AnalysedTrace['records']['columns']['sequenceNumber'],
): boolean {
  const [a] = one.units;
  const b = other.units.find((u) => u.epoch === a?.epoch);
  return a !== undefined && b !== undefined && sequenceNumber.get(a.record) < sequenceNumber.get(b.record);
}
