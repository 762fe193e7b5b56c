/**
 * What lies around an IP packet on the wire, by the LINKTYPE_ number of the capture
 * (https://www.tcpdump.org/linktypes.html). Adding a link type is one row in `LINK_LAYERS`.
 */
import { uint8, uint16, uint32 } from './big-endian.ts';

/** The part of a captured frame that is not decoded yet. A link layer moves `from` (and may move `to`). */
export interface Frame {
  bytes: Uint8Array;
  from: number;
  /** Where the captured bytes end. */
  to: number;
}

export interface LinkLayer {
  readonly name: string;
  /** Moves `frame.from` past the header and returns the EtherType of what follows: `NOT_IP` to skip the packet. */
  strip(frame: Frame): number;
}

export const IP4 = 0x0800;
export const IP6 = 0x86dd;
export const NOT_IP = 0;

/** More tags than any network stacks. */
const DEEPEST_TAGS = 16;

export const LINK_LAYERS: ReadonlyMap<number, LinkLayer> = new Map<number, LinkLayer>([
  [0, { name: 'BSD loopback', strip: loopback }],
  [1, { name: 'Ethernet', strip: ethernet }],
  [12, { name: 'Raw IP', strip: rawIp }],
  [14, { name: 'Raw IP', strip: rawIp }],
  [101, { name: 'Raw IP', strip: rawIp }],
  [108, { name: 'OpenBSD loopback', strip: loopback }],
  [113, { name: 'Linux cooked', strip: (frame) => cooked(frame, 16, 14) }],
  [228, { name: 'Raw IPv4', strip: () => IP4 }],
  [229, { name: 'Raw IPv6', strip: () => IP6 }],
  [276, { name: 'Linux cooked v2', strip: (frame) => cooked(frame, 20, 0) }],
]);

/** Skips `length` bytes; false if the frame does not have them. */
function skip(frame: Frame, length: number): boolean {
  frame.from += length;
  return frame.from <= frame.to;
}

function ethernet(frame: Frame): number {
  const at = frame.from;
  return skip(frame, 14) ? untag(frame, uint16(frame.bytes, at + 12)) : NOT_IP;
}

/** Linux "any": a pseudo header with the EtherType at `typeAt`. */
function cooked(frame: Frame, length: number, typeAt: number): number {
  const at = frame.from;
  return skip(frame, length) ? untag(frame, uint16(frame.bytes, at + typeAt)) : NOT_IP;
}

/** Removes VLAN tags (802.1Q, 802.1ad and the older numbers for stacked tags) and LLC/SNAP (RFC 1042). */
function untag(frame: Frame, etherType: number): number {
  let type = etherType;
  for (let depth = 0; depth < DEEPEST_TAGS; depth++) {
    const at = frame.from;
    if (isVlanTag(type)) {
      if (!skip(frame, 4)) return NOT_IP;
      type = uint16(frame.bytes, at + 2);
    } else if (type <= 1500) {
      // A length instead of a type: LLC follows, and only SNAP (AA AA 03) names an EtherType.
      if (!skip(frame, 8) || uint16(frame.bytes, at) !== 0xaaaa || uint8(frame.bytes, at + 2) !== 3) return NOT_IP;
      type = uint16(frame.bytes, at + 6);
      if (type <= 1500) return NOT_IP;
    } else {
      return type;
    }
  }
  return NOT_IP;
}

function isVlanTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200 || type === 0x9300;
}

/** The address family comes in the byte order of the machine that captured, whatever the order of the file. */
function loopback(frame: Frame): number {
  const at = frame.from;
  if (!skip(frame, 4)) return NOT_IP;
  const word = uint32(frame.bytes, at);
  const family = word > 0xffff ? ((word >>> 24) | ((word >>> 8) & 0xff00)) & 0xffff : word;
  if (family === 2) return IP4;
  // AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS.
  return family === 10 || family === 23 || family === 24 || family === 28 || family === 30 ? IP6 : NOT_IP;
}

function rawIp(frame: Frame): number {
  const version = uint8(frame.bytes, frame.from) >> 4;
  return version === 4 ? IP4 : version === 6 ? IP6 : NOT_IP;
}
