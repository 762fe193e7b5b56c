/** The second step of the analysis: from what was read to flights, marks and outcomes of every association. */
import type { Datagram } from '../capture/datagram.ts';
import type { DatagramList } from '../capture/datagram-list.ts';
import { type AnalysedAssociation, analyseAssociation } from './analysed-association.ts';
import type { RecordBytes } from './duplicates.ts';
import { atOnce, type InSteps, mapInSteps } from './in-steps.ts';
import type { TraceState } from './read-trace.ts';
import { type SessionOffer, SessionOffers } from './relations/resumption.ts';
import { NO_SURROUNDINGS, type Surroundings } from './surroundings.ts';

export type { AnalysedAssociation, AnalysedHandshake } from './analysed-association.ts';

export interface AnalysedTrace extends TraceState {
  readonly analysed: readonly AnalysedAssociation[];
  readonly sessionOffers: readonly SessionOffer[];
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
  const timeMs = (record: number) => datagrams.timeMs(c.datagram.get(record), originNs);
  const datagramOf = (record: number): Datagram => datagrams.at(c.datagram.get(record));
  const packetOf = (record: number) => datagrams.packet(c.datagram.get(record));
  const arrivalMs = (record: number): number | null => {
    // Plain ones come from one point.
    if (datagrams.plain(c.datagram.get(record))) return null;
    const arrivedNs = datagramOf(record).transit?.arrivedNs ?? null;
    return arrivedNs === null ? null : Number(arrivedNs - originNs) / 1e6;
  };
  const bytesOf: RecordBytes = (record) => {
    const from = c.from.get(record);
    return datagrams.payload(c.datagram.get(record)).subarray(from, from + c.length.get(record));
  };
  const source = { table: trace.records, timeMs, bytes: bytesOf, datagramOf };
  const offers = new SessionOffers();
  const analysed = yield* mapInSteps(trace.associations, (state) => {
    const association = analyseAssociation(state, source);
    offers.take(association);
    return association;
  });
  trace.records.forgetHeads();
  const endMs = Number(endNs - originNs) / 1e6;
  const sessionOffers = offers.all;
  return { ...trace, analysed, sessionOffers, timeMs, datagramOf, packetOf, bytesOf, arrivalMs, endMs, surroundings };
}

function lastTime(datagrams: DatagramList): bigint | null {
  return datagrams.length === 0 ? null : datagrams.at(datagrams.length - 1).timeNs;
}
