/** The second step of the analysis: from what was read to flights, marks and outcomes of every association. */
import type { Datagram } from '../capture/datagram.ts';
import type { DatagramList } from '../capture/datagram-table.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AssociationState } from './association-state.ts';
import { noteDuplicateOrigins } from './duplicate-origin.ts';
import { markDuplicates, markReordered, type RecordBytes } from './duplicates.ts';
import { flightsOf } from './flight-parts.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import { atOnce, type InSteps, mapInSteps } from './in-steps.ts';
import { type Decided, decideOutcome, type SentFlight } from './outcome.ts';
import type { TraceState } from './read-trace.ts';
import { MARK, type RecordTable } from './record-table.ts';
import { NO_SURROUNDINGS, type Surroundings } from './surroundings.ts';
import { type Transmission, transmissionsOf } from './transmissions.ts';

export interface AnalysedHandshake {
  readonly state: HandshakeState;
  readonly flights: readonly SentFlight[];
  readonly decided: Decided;
}

export interface AnalysedAssociation {
  readonly state: AssociationState;
  readonly handshakes: readonly AnalysedHandshake[];
}

export interface AnalysedTrace extends TraceState {
  readonly analysed: readonly AnalysedAssociation[];
  /** Milliseconds since the first packet of the trace. */
  timeMs(record: number): number;
  /** Made anew for each call, mostly, and its bytes may come from the file: where a column tells the same, ask that. */
  datagramOf(record: number): Datagram;
  /** 1-based number of the packet that completed its datagram. */
  packetOf(record: number): number;
  /** The record's bytes, header included; a view that may hold only until the next call. */
  bytesOf(record: number): Uint8Array;
  /** When the record reached the other capture point; null with one point, and where it never did. */
  arrivalMs(record: number): number | null;
  /** When the last packet of the trace was captured, DTLS or not. */
  readonly endMs: number;
  /** What the captures hold beside DTLS; nothing for a trace that comes from none. */
  readonly surroundings: Surroundings;
}

/** @param originNs when the first packet of the trace was captured, DTLS or not; `endNs` when the last one was. */
export function analyse(
  trace: TraceState,
  originNs: bigint,
  surroundings = NO_SURROUNDINGS,
  endNs = lastTime(trace.datagrams) ?? originNs,
): AnalysedTrace {
  return atOnce(analyseInSteps(trace, originNs, surroundings, endNs));
}

/** The same, one association after the other. */
export function* analyseInSteps(
  trace: TraceState,
  originNs: bigint,
  surroundings: Surroundings,
  endNs: bigint,
): InSteps<AnalysedTrace> {
  const { datagrams } = trace;
  const c = trace.records.columns;
  const timeMs = (record: number) => datagrams.timeMs(c.datagram[record] ?? 0, originNs);
  const datagramOf = (record: number): Datagram => datagrams.at(c.datagram[record] ?? 0);
  const packetOf = (record: number) => datagrams.packet(c.datagram[record] ?? 0);
  const arrivalMs = (record: number): number | null => {
    // Plain ones come from one point.
    if (datagrams.plain(c.datagram[record] ?? 0)) return null;
    const arrivedNs = datagramOf(record).transit?.arrivedNs ?? null;
    return arrivedNs === null ? null : Number(arrivedNs - originNs) / 1e6;
  };
  const bytesOf: RecordBytes = (record) => {
    const from = c.from.get(record);
    return datagrams.payload(c.datagram[record] ?? 0).subarray(from, from + c.length.get(record));
  };
  const analysed = yield* mapInSteps(trace.associations, (state) =>
    analyseAssociation(state, trace.records, timeMs, bytesOf, datagramOf),
  );
  const endMs = Number(endNs - originNs) / 1e6;
  return { ...trace, analysed, timeMs, datagramOf, packetOf, bytesOf, arrivalMs, endMs, surroundings };
}

function lastTime(datagrams: DatagramList): bigint | null {
  return datagrams.length === 0 ? null : datagrams.at(datagrams.length - 1).timeNs;
}

function analyseAssociation(
  state: AssociationState,
  table: RecordTable,
  timeMs: (record: number) => number,
  bytes: RecordBytes,
  datagramOf: (record: number) => Datagram,
): AnalysedAssociation {
  const { numbersRise } = state;
  if (!numbersRise) markDuplicates(state.records, table, bytes);
  const handshakes = state.handshakes
    .filter((h) => h.messages.length > 0 || h.unnumbered.length > 0)
    .map((handshake): AnalysedHandshake => {
      const flights = flightsOf(handshake, table, timeMs)
        .map((flight): SentFlight => ({ ...flight, transmissions: transmissionsOf(flight, table, timeMs) }))
        .filter((flight) => flight.transmissions.length > 0);
      for (const flight of flights) noteFlight(handshake, flight, table);
      return { state: handshake, flights, decided: decideOutcome(state, handshake, flights, table) };
    });
  if (numbersRise) return { state, handshakes };
  markReordered(state.records, table, (record) => copiesNumber(state, record));
  // A copy made by the network belongs where its original does.
  const c = table.columns;
  for (const record of state.records) {
    const original = c.repeats.get(record) - 1;
    if (c.mark[record] !== MARK.duplicate || original < 0) continue;
    c.place.copy(original, record);
  }
  noteDuplicateOrigins({ state, table, timeMs, datagramOf, handshakes });
  return { state, handshakes };
}

/** Writes flight and transmission of each record into the table, and which records repeat earlier ones. */
function noteFlight(handshake: HandshakeState, flight: SentFlight, table: RecordTable): void {
  const c = table.columns;
  for (const [i, transmission] of flight.transmissions.entries()) {
    const place = { handshake: handshake.number, flight: flight.number, transmission: transmission.number };
    c.place.set(
      transmission.units.map((unit) => unit.record),
      place,
    );
    for (const unit of transmission.units) {
      const { record } = unit;
      if (i === 0) continue;
      c.mark[record] = MARK.retransmission;
      const original = repeatedBy(flight.transmissions, i, unit);
      if (original !== null) c.repeats.set(record, original + 1);
    }
  }
}

/** Earlier transmissions that are searched for what a record repeats: nearly always it is in the last one. */
const MAX_LOOK_BACK = 16;

/** The record of the latest earlier transmission that carried some of the same bytes. */
function repeatedBy(all: readonly Transmission[], before: number, unit: Transmission['units'][number]): number | null {
  for (let i = before - 1; i >= Math.max(0, before - MAX_LOOK_BACK); i--) {
    const found = all[i]?.units.find((u) =>
      u.pieces.some((a) =>
        unit.pieces.some((b) => a.part === b.part && (a.from === b.from || (a.from < b.to && b.from < a.to))),
      ),
    );
    if (found) return found.record;
  }
  return null;
}

/** Its number is that of the ClientHello (RFC 6347 §4.2.1), whatever the server wrote before. */
function copiesNumber(state: AssociationState, record: number): boolean {
  return (state.carried.get(record) ?? []).some(
    (item) => item.kind === 'fragment' && (item.type === HANDSHAKE_TYPE.helloVerifyRequest || isRetry(item.message)),
  );
}

const isRetry = (message: MessageInstance | null): boolean =>
  message?.decoded?.type === 'ServerHello' && message.decoded.isHelloRetryRequest;
