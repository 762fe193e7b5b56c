/** STUN messages (RFC 8489 §5): the header, the attributes, and the XOR-ed addresses in them. */
import { ip4Text, ip6Text } from './address.ts';
import { uint8, uint16, uint32 } from './big-endian.ts';
import type { Endpoint } from './datagram.ts';

const MAGIC_COOKIE = 0x2112a442;
export const STUN_HEADER_LENGTH = 20;

/** Message types: method and class together (RFC 8489 §5, RFC 8656 §17). */
export const STUN_TYPE = { sendIndication: 0x0016, dataIndication: 0x0017, channelBindRequest: 0x0009 } as const;

export const STUN_ATTRIBUTE = {
  channelNumber: 0x000c,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  /** A DTLS flight in a connectivity check: WebRTC's "META-DTLS-IN-STUN", from the range without meaning of its own. */
  dtls: 0xc070,
} as const;

/** A value is `from` to `to` in the bytes of the message; it may end behind what was captured. */
export interface StunAttribute {
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

/** Is this the header of a STUN message? `to - at` of at least 8 bytes decide. */
export function isStun(bytes: Uint8Array, at: number, to: number): boolean {
  return (
    to - at >= 8 &&
    uint8(bytes, at) < 4 &&
    uint32(bytes, at + 4) === MAGIC_COOKIE &&
    // The padding makes every length a multiple of 4 (RFC 8489 §5).
    (uint8(bytes, at + 3) & 3) === 0
  );
}

/** Bytes after the header, as the header says. */
export function stunBodyLength(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at + 2);
}

/** Of a message that fills `bytes`. Attributes whose header was not captured are left out. */
export function* stunAttributes(bytes: Uint8Array): IterableIterator<StunAttribute> {
  const end = STUN_HEADER_LENGTH + stunBodyLength(bytes, 0);
  for (let at = STUN_HEADER_LENGTH; at + 4 <= Math.min(end, bytes.length); ) {
    const length = uint16(bytes, at + 2);
    const to = at + 4 + length;
    if (to > end) return;
    yield { type: uint16(bytes, at), from: at + 4, to };
    at = to + (-length & 3);
  }
}

/** XOR-PEER-ADDRESS and the like (RFC 8489 §14.2); null if cut or of an unknown family. */
export function xorAddress(message: Uint8Array, { from, to }: StunAttribute): Endpoint | null {
  const family = uint8(message, from + 1);
  const length = family === 1 ? 4 : family === 2 ? 16 : 0;
  if (length === 0 || to - from < 4 + length || to > message.length) return null;
  // The address is masked with the cookie and the transaction ID, which follow one another in the header.
  const address = message.slice(from + 4, from + 4 + length).map((byte, i) => byte ^ uint8(message, 4 + i));
  const port = uint16(message, from + 2) ^ (MAGIC_COOKIE >>> 16);
  return { address: length === 4 ? ip4Text(address, 0) : ip6Text(address, 0), port };
}
