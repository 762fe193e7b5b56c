/** UDP (RFC 768) and UDP-Lite (RFC 3828) headers. Wrong lengths are tolerated: the payload is what was captured. */
import { uint16 } from './big-endian.ts';
import { UDP_LITE } from './ip.ts';

/** One header, read into a reused object. Positions are indexes into the bytes it was read from. */
export class UdpHeader {
  sourcePort = 0;
  destinationPort = 0;
  payloadFrom = 0;
  payloadTo = 0;
  /** Payload bytes that were on the wire but were not captured. */
  missing = 0;
}

/** `to` is where the captured bytes end, `wireTo` where the IP datagram ended. False if cut inside the header. */
export function decodeUdp(
  bytes: Uint8Array,
  from: number,
  to: number,
  wireTo: number,
  protocol: number,
  header: UdpHeader,
): boolean {
  if (to - from < 8) return false;
  header.sourcePort = uint16(bytes, from);
  header.destinationPort = uint16(bytes, from + 2);
  // UDP-Lite has the checksum coverage here. Below 8 is wrong, or 0 for a jumbogram (RFC 2675 §4).
  const length = protocol === UDP_LITE ? 0 : uint16(bytes, from + 4);
  const end = length < 8 ? wireTo : Math.min(wireTo, from + length);
  header.payloadFrom = from + 8;
  header.payloadTo = Math.min(to, end);
  header.missing = end - header.payloadTo;
  return true;
}
