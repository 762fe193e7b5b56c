/** SCTP inside UDP (RFC 6951). */
import { uint8, uint16, uint32 } from './big-endian.ts';
import type { SctpPacket } from './carriers.ts';
import type { Datagram } from './datagram.ts';
import { cutPieces } from './inner-datagram.ts';

export const SCTP_PORT = 9899;
const COMMON_HEADER_LENGTH = 12;

/** The SCTP packet in a datagram; the port is a hint, the chunks have to add up. */
export function sctpOverUdp(datagram: Datagram): SctpPacket | null {
  const { payload, missing, source, destination, carriers } = datagram;
  if (source.port !== SCTP_PORT && destination.port !== SCTP_PORT) return null;
  if (!chunksAddUp(payload, payload.length + missing)) return null;
  const pieces = cutPieces(datagram.pieces, COMMON_HEADER_LENGTH, payload.length);
  return {
    ...datagram,
    source: { address: source.address, port: uint16(payload, 0) },
    destination: { address: destination.address, port: uint16(payload, 2) },
    verificationTag: uint32(payload, 4),
    payload: payload.subarray(COMMON_HEADER_LENGTH),
    payloadOffset: pieces[0].fileOffset,
    pieces,
    carriers: [...carriers, 'UDP'],
  };
}

function chunksAddUp(bytes: Uint8Array, wireTo: number): boolean {
  let at = COMMON_HEADER_LENGTH;
  while (at + 4 <= bytes.length) {
    const length = uint16(bytes, at + 2);
    if (length < 4) return false;
    at += length + (-length & 3);
    // The padding of the last chunk may be left out by mistake.
    if (at >= wireTo) return at - wireTo < 4 && uint8(bytes, COMMON_HEADER_LENGTH) <= 0xc1;
  }
  return at > COMMON_HEADER_LENGTH && wireTo > bytes.length;
}
