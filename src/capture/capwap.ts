/** CAPWAP (RFC 5415 §4.1–4.2): a preamble tells DTLS from clear packets on the same port. */
import { uint8, uint32 } from './big-endian.ts';
import type { Datagram } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { dtlsShape } from './dtls-shape.ts';
import type { Inside } from './inner-datagram.ts';

/** Version 0 (high half), type 1 = DTLS header (low half). */
export const CAPWAP_PREAMBLE = 0x01;
const HEADER_LENGTH = 4;
/** Control and data channel. */
const PORTS: ReadonlySet<number> = new Set([5246, 5247]);

/** What follows the DTLS header, or null if this is no such packet. */
export function insideCapwap({ payload, missing, source, destination }: Datagram): Inside | null {
  if (uint8(payload, 0) !== CAPWAP_PREAMBLE || payload.length <= HEADER_LENGTH) return null;
  if (firstByteKind(uint8(payload, HEADER_LENGTH)) !== 'dtls') return null;
  const knownPort = PORTS.has(source.port) || PORTS.has(destination.port);
  // The three reserved bytes are 0, but a receiver must ignore them.
  const likely = uint32(payload, 0) === 0x01000000 && dtlsShape(payload, HEADER_LENGTH, payload.length, missing);
  return knownPort || likely ? { from: HEADER_LENGTH, to: payload.length + missing, carrier: 'CAPWAP' } : null;
}
