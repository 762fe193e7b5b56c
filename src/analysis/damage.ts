/** Captured transmissions that were altered on their way to the capture point. */
import type { Surroundings } from './flight-setting.ts';
import type { MessageInstance } from './message-instance.ts';
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
function isOdd({ message, occurrences }: SentFlight['parts'][number], flight: SentFlight): boolean {
  if (!message || flight.side === 0) return false;
  return (mostSeen(flight).get(variantsKey(message)) ?? 0) > occurrences.length;
}

/** How often the variant of a message was sent that was sent most. */
function mostSeen(flight: SentFlight): ReadonlyMap<number, number> {
  const known = MOST_SEEN.get(flight);
  if (known) return known;
  const most = new Map<number, number>();
  for (const { message, occurrences } of flight.parts) {
    if (!message) continue;
    const key = variantsKey(message);
    most.set(key, Math.max(most.get(key) ?? 0, occurrences.length));
  }
  MOST_SEEN.set(flight, most);
  return most;
}

const MOST_SEEN = new WeakMap<SentFlight, ReadonlyMap<number, number>>();

const variantsKey = ({ messageSeq, type }: MessageInstance): number => messageSeq * 256 + type;
