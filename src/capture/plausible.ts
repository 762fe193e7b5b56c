/** Guesses for layers that do not say what they hold. They look at the bytes and move nothing. */
import { uint8, uint16 } from './big-endian.ts';
import { type Frame, IP4, IP6, type LayerKind, NOTHING } from './frame.ts';

/** The version, if an IP packet may begin at `at`: lengths that fit and, for IPv4, a header checksum that is right. */
export function looksLikeIp(frame: Frame, at: number): 4 | 6 | null {
  const { bytes, to, wireTo } = frame;
  const first = uint8(bytes, at);
  if (first >> 4 === 6) return at + 40 <= to && uint16(bytes, at + 4) <= wireTo - at - 40 ? 6 : null;
  const headerLength = (first & 15) * 4;
  if (first >> 4 !== 4 || headerLength < 20 || at + headerLength > to) return null;
  const totalLength = uint16(bytes, at + 2);
  // 0 where the network card was to cut a large packet.
  if (totalLength !== 0 && (totalLength < headerLength || totalLength > wireTo - at)) return null;
  // Checksums that the network card was to fill in are 0.
  return uint16(bytes, at + 10) === 0 || hasRightChecksum(bytes, at, headerLength) ? 4 : null;
}

function hasRightChecksum(bytes: Uint8Array, at: number, length: number): boolean {
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += uint16(bytes, at + i);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}

/** Whether an Ethernet frame that may hold IP begins at `at`. */
export function looksLikeEthernet(frame: Frame, at: number): boolean {
  if (at + 14 > frame.to) return false;
  const type = uint16(frame.bytes, at + 12);
  if (type === 0x0800) return looksLikeIp(frame, at + 14) === 4;
  if (type === 0x86dd) return looksLikeIp(frame, at + 14) === 6;
  return type === 0x8100 || type === 0x88a8 || type === 0x8864 || type === 0x8847;
}

/** By the version alone, for layers that hold nothing but IP. */
export function rawIp(frame: Frame): LayerKind {
  const version = uint8(frame.bytes, frame.from) >> 4;
  return version === 4 ? IP4 : version === 6 ? IP6 : NOTHING;
}
