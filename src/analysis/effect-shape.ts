/** What a transmission looks like in the capture: whole, in order, and such that its receiver has to take it. */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { CLOSED_HANDSHAKE, isStateless } from './flight-parts.ts';
import type { Setting, Surroundings } from './flight-setting.ts';
import type { Gap } from './gaps.ts';
import { holdsAll, lacksOf } from './lacks.ts';
import type { Transmission } from './transmissions.ts';

/** High byte of the version in every ClientHello from DTLS 1.0 on. */
const DTLS_MAJOR = 0xfe;

/**
 * The gaps in which the rest of a transmission lies; null where all of it was captured. In DTLS 1.2 every repeat is of
 * the whole flight, in 1.3 it may be of what no ACK named (RFC 9147 §7.2).
 */
export function gapsAround({ flight, version13 }: Setting, sent: Transmission, around: Surroundings): Gap[] | null {
  const { gapBefore, gapAfter } = around;
  if (around.gaps.length === 0 && holdsAll(flight.parts, sent.units)) return null;
  const own = new Set(sent.units.map((u) => u.record));
  const gaps = new Set<Gap>();
  for (const { record } of sent.units) {
    const [before, after] = [gapBefore.get(record), gapAfter.get(record)];
    if (before && before.before !== null && own.has(before.before)) gaps.add(before);
    if (after && own.has(after.after)) gaps.add(after);
  }
  if (lacksOf(flight, sent.units).length > 0) {
    for (const { record } of sent.units)
      for (const gap of [gapBefore.get(record), gapAfter.get(record)]) if (gap) gaps.add(gap);
    // What stayed closed cannot be compared.
    const closed = flight.parts.some((p) => p.message === null && p.name === CLOSED_HANDSHAKE);
    if (!version13 && !closed) return [...gaps];
  }
  return gaps.size > 0 ? [...gaps] : null;
}

/** Its records were captured in another order than they were sent: a receiver may have thrown the early ones away. */
export function outOfOrder(sent: Transmission | undefined, { trace }: Surroundings): boolean {
  const c = trace.records.columns;
  let [epoch, number] = [-1, -1];
  return (sent?.units ?? []).some(({ record }) => {
    const [e, n] = [c.epoch[record] ?? 0, c.sequenceNumber.get(record)];
    const back = e < epoch || (e === epoch && n < number);
    [epoch, number] = [e, Number.isNaN(n) ? number : n];
    return back;
  });
}

/** Some of its records stayed closed, and record number encryption hides their numbers. */
export function hidesNumbers(sent: Transmission | undefined, { trace }: Surroundings): boolean {
  const c = trace.records.columns;
  return (sent?.units ?? []).some((u) => Number.isNaN(c.sequenceNumber.get(u.record)));
}

/**
 * A receiver may get it and throw it away: because it does not open, comes from an address that it does not expect,
 * has a version it never offered, or is a second request. Who asks again with its hello has no ServerHello yet.
 */
export function mayBeRejected({ flight, asks, offered }: Setting, { trace }: Surroundings): boolean {
  const [first] = flight.transmissions[0]?.units ?? [];
  const [ask] = asks;
  if (!first || !ask) return true;
  const [from, to] = [trace.datagramOf(first.record).source, trace.datagramOf(ask.record).destination];
  if (from.address !== to.address || from.port !== to.port) return true;
  if (isStateless(flight)) return flight.number > 2 || (offered !== null && offered >> 8 !== DTLS_MAJOR);
  if (flight.parts.some((p) => p.message?.type === HANDSHAKE_TYPE.serverHello)) return false;
  return flight.transmissions.some((t) => t.units.some((u) => u.epoch > 0));
}
