/** How long an endpoint of DTLS 1.3 waits before it acknowledges part of a flight: a quarter of its timer (RFC 9147 §7.1). */
import { acksOf, peerOf } from './acknowledged.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { startOf } from './answers.ts';
import { least } from './extremes.ts';
import type { Side } from './record-table.ts';

/** Sooner than this an ACK was not delayed. */
const AT_ONCE_MS = 4;

/** A sentence about the first ACK of a part of a flight, sent before the answer to the whole; null where there is none. */
export function ackDelay(trace: AnalysedTrace, association: AnalysedAssociation, side: Side): string | null {
  const { state, handshakes } = association;
  const flights = handshakes.flatMap((h) => h.flights).filter((f) => !f.postHandshake);
  const asked = flights.findLast((f) => f.side === peerOf(side) && f.parts.some((p) => p.name === 'Finished'));
  const answer = flights.find((f) => f.side === side && asked !== undefined && f.number > asked.number);
  if (!state.isVersion13 || !asked) return null;
  const untilMs = answer ? least(answer.transmissions.map(startOf)) : Number.POSITIVE_INFINITY;
  const units = new Map(asked.transmissions.flatMap((t) => t.units.map((u) => [u.record, u.timeMs] as const)));
  for (const record of acksOf(trace, association)[side].records) {
    if (trace.timeMs(record) >= untilMs) return null;
    const named = (state.carried.get(record) ?? [])
      .flatMap((item) => (item.kind === 'ack' ? item.recordNumbers : []))
      .flatMap((number) => units.get((state.recordWithNumber(record, number) ?? 0) - 1) ?? []);
    const ms = trace.timeMs(record) - least(named);
    if (named.length > 0 && ms > AT_ONCE_MS)
      return `It acknowledged part of a flight ${Math.round(ms)} ms after the first record of it; NSS waits 12 ms for the rest, BoringSSL 100 ms, wolfSSL 250 ms (RFC 9147 §7.1: a quarter of the timer).`;
  }
  return null;
}
