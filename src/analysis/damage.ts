/** Captured transmissions that were altered on their way to the capture point. */
import type { Surroundings } from './flight-setting.ts';
import { STATE } from './record-table.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export interface Damage {
  readonly how: 'unauthentic' | 'cut' | 'differs';
  readonly records: readonly number[];
}

/** @param accepted the peer went on after this very transmission. */
export function damageOf(
  sent: Transmission,
  accepted: boolean,
  flight: SentFlight,
  { trace }: Surroundings,
): Damage | null {
  const c = trace.records.columns;
  const unauthentic = sent.units.filter((u) => u.pieces.some((p) => p.part.damaged)).map((u) => u.record);
  if (unauthentic.length > 0) return { how: 'unauthentic', records: unauthentic };
  const cut = sent.units.filter((u) => c.state[u.record] === STATE.malformed).map((u) => u.record);
  if (cut.length > 0) return { how: 'cut', records: cut };
  if (accepted || flight.transmissions.length < 2) return null;
  const differing = sent.units.filter((u) => u.pieces.some((p) => isOdd(p.part, flight))).map((u) => u.record);
  return differing.length > 0 ? { how: 'differs', records: differing } : null;
}

/** Every other transmission has this message otherwise. A ClientHello changes with the cookie it answers. */
function isOdd(part: SentFlight['parts'][number], { parts, side }: SentFlight): boolean {
  if (!part.message || side === 0) return false;
  const variants = parts.filter((p) => p.message && p.message.messageSeq === part.message?.messageSeq);
  return variants.some(
    (v) => v !== part && v.message?.type === part.message?.type && v.occurrences.length > part.occurrences.length,
  );
}
