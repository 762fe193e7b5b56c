/**
 * The headers with ports: UDP (RFC 768), UDP-Lite (RFC 3828), TCP (RFC 9293 §3.1) and SCTP (RFC 9260 §3.1).
 * Wrong lengths are tolerated: the payload is what was captured.
 */
import { uint8, uint16, uint32 } from './big-endian.ts';
import type { Frame } from './frame.ts';
import { UDP_LITE } from './ip.ts';

/** One header, read into a reused object. Positions are indexes into the bytes it was read from. */
export class TransportHeader {
  sourcePort = 0;
  destinationPort = 0;
  payloadFrom = 0;
  payloadTo = 0;
  /** Payload bytes that were on the wire but were not captured. */
  missing = 0;
  /** Of TCP; `flags` is the low byte of the field. */
  sequence = 0;
  flags = 0;
  /** Of SCTP. */
  verificationTag = 0;
}

/** False if cut inside the header. */
export function decodeUdp(frame: Frame, protocol: number, header: TransportHeader): boolean {
  const { bytes, from, wireTo } = frame;
  // UDP-Lite has the checksum coverage here. Below 8 is wrong, or 0 for a jumbogram (RFC 2675 §4).
  const length = protocol === UDP_LITE ? 0 : uint16(bytes, from + 4);
  return withPorts(frame, 8, length < 8 ? wireTo : Math.min(wireTo, from + length), header);
}

/** False if cut inside the header. */
export function decodeTcp(frame: Frame, header: TransportHeader): boolean {
  const { bytes, from, wireTo } = frame;
  const length = (uint8(bytes, from + 12) >> 4) * 4;
  header.sequence = uint32(bytes, from + 4);
  header.flags = uint8(bytes, from + 13);
  return length >= 20 && withPorts(frame, length, wireTo, header);
}

/** The payload are the chunks. False if cut inside the header. */
export function decodeSctp(frame: Frame, header: TransportHeader): boolean {
  header.verificationTag = uint32(frame.bytes, frame.from + 4);
  return withPorts(frame, 12, frame.wireTo, header);
}

function withPorts(frame: Frame, length: number, end: number, header: TransportHeader): boolean {
  const { bytes, from, to } = frame;
  if (to - from < length) return false;
  header.sourcePort = uint16(bytes, from);
  header.destinationPort = uint16(bytes, from + 2);
  header.payloadFrom = from + length;
  header.payloadTo = Math.min(to, end);
  header.missing = end - header.payloadTo;
  return true;
}
