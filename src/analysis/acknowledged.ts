/** What the ACKs of DTLS 1.3 name (RFC 9147 §7), for whoever asks what a repeat answers. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { countUpTo } from './extremes.ts';
import type { Side } from './record-table.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/** Record numbers of one ACK that are looked at, and ACKs that one repeat may answer. */
const MAX_NAMED = 256;
const MAX_ACKS = 16;

/** Records with ACKs that one side sent, in order of time. */
export interface SentAcks {
  readonly records: readonly number[];
  readonly timesMs: readonly number[];
}

export function acksOf(trace: AnalysedTrace, { state }: AnalysedAssociation): readonly [SentAcks, SentAcks] {
  const bySide: [number[], number[]] = [[], []];
  if (state.isVersion13)
    for (const [record, items] of state.carried)
      if (items.some((item) => item.kind === 'ack'))
        bySide[trace.records.columns.side[record] === 0 ? 0 : 1].push(record);
  const sent = (records: number[]): SentAcks => {
    records.sort((a, b) => trace.timeMs(a) - trace.timeMs(b) || a - b);
    return { records, timesMs: records.map((r) => trace.timeMs(r)) };
  };
  return [sent(bySide[0]), sent(bySide[1])];
}

/** Records with the ACKs that were sent after one time and up to another, the latest first. */
export function acksBetween({ records, timesMs }: SentAcks, afterMs: number, upToMs: number): readonly number[] {
  const [from, to] = [countUpTo(timesMs, afterMs), countUpTo(timesMs, upToMs)];
  return records.slice(Math.max(from, to - MAX_ACKS), to).reverse();
}

/** Tells whether a transmission of the flight has anything that the ACK in `record` names: then it is no answer to it. */
export function repeatsNamed(
  state: AssociationState,
  flight: SentFlight,
): (transmission: Transmission, record: number) => boolean {
  const units = new Map(flight.transmissions.flatMap((t) => t.units.map((u) => [u.record, u] as const)));
  return (transmission, record) => {
    const named = (state.carried.get(record) ?? [])
      .flatMap((item) => (item.kind === 'ack' ? item.recordNumbers : []))
      .slice(0, MAX_NAMED)
      .flatMap((number) => units.get((state.recordWithNumber(record, number) ?? 0) - 1) ?? [])
      .filter((unit) => !transmission.units.includes(unit));
    const pieces = named.flatMap((unit) => unit.pieces);
    return transmission.units.some((unit) =>
      unit.pieces.some(({ part, from, to }) =>
        pieces.some((p) => p.part === part && (p.from < to || p.from === from) && p.to > from),
      ),
    );
  };
}

export const peerOf = (side: Side): Side => (side === 0 ? 1 : 0);
