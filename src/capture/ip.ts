/**
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers, read into one reused object because this runs for every packet.
 * Bytes after the datagram (Ethernet padding, checksums) are cut off here; fragments are told, not joined.
 */
import { uint8, uint16, uint32 } from './big-endian.ts';

export const TCP = 6;
export const UDP = 17;
export const SCTP = 132;
export const UDP_LITE = 136;

const FRAGMENT = 44;
const AUTHENTICATION = 51;

/** What one IP header says. All positions are indexes into the bytes it was read from. */
export class IpHeader {
  /** The bytes in which the addresses lie: those of the header, also when the rest was joined from fragments. */
  bytes: Uint8Array = new Uint8Array();
  /** 4 or 16. */
  addressLength = 4;
  sourceAt = 0;
  destinationAt = 0;
  /** IANA protocol number of what starts at `from`; for a later IPv6 fragment, of what the whole datagram starts with. */
  protocol = 0;
  from = 0;
  /** Where the captured bytes of the datagram end. */
  to = 0;
  /** Where it ended on the wire; larger than `to` if the snaplen cut it. */
  wireTo = 0;
  isFragment = false;
  fragmentId = 0;
  /** In bytes. */
  fragmentOffset = 0;
  moreFragments = false;
  /** An authentication header was skipped. */
  authenticated = false;
  /** Time to live, or hop limit. */
  ttl = 0;
  /** The identification field of IPv4; null in IPv6, where only fragments have one. */
  identification: number | null = null;
}

/** False if these bytes are no IPv4 packet or are cut inside its header. */
export function decodeIp4(bytes: Uint8Array, from: number, to: number, wireTo: number, header: IpHeader): boolean {
  const first = uint8(bytes, from);
  const headerLength = (first & 15) * 4;
  if (to - from < 20 || first >> 4 !== 4 || headerLength < 20) return false;
  const totalLength = uint16(bytes, from + 2);
  // The length is 0 where the network card was to cut a large packet: then it goes to the end of the frame.
  const end = totalLength === 0 ? wireTo : Math.min(wireTo, from + totalLength);
  const fragment = uint16(bytes, from + 6);
  header.bytes = bytes;
  header.authenticated = false;
  header.addressLength = 4;
  header.sourceAt = from + 12;
  header.destinationAt = from + 16;
  header.ttl = uint8(bytes, from + 8);
  header.identification = uint16(bytes, from + 4);
  header.protocol = uint8(bytes, from + 9);
  header.from = from + headerLength;
  header.wireTo = end;
  header.to = Math.min(to, end);
  header.fragmentId = uint16(bytes, from + 4);
  header.fragmentOffset = (fragment & 0x1fff) * 8;
  header.moreFragments = (fragment & 0x2000) !== 0;
  header.isFragment = (fragment & 0x3fff) !== 0;
  if (header.from > header.to) return false;
  return header.isFragment || header.protocol !== AUTHENTICATION || skipExtensions(bytes, header);
}

/** False if these bytes are no IPv6 packet or are cut inside its headers. */
export function decodeIp6(bytes: Uint8Array, from: number, to: number, wireTo: number, header: IpHeader): boolean {
  if (to - from < 40 || uint8(bytes, from) >> 4 !== 6) return false;
  const payloadLength = uint16(bytes, from + 4);
  // 0 stands for a jumbogram (RFC 2675) or a packet the network card was to cut.
  const end = payloadLength === 0 ? wireTo : Math.min(wireTo, from + 40 + payloadLength);
  header.bytes = bytes;
  header.authenticated = false;
  header.addressLength = 16;
  header.sourceAt = from + 8;
  header.destinationAt = from + 24;
  header.ttl = uint8(bytes, from + 7);
  header.identification = null;
  header.protocol = uint8(bytes, from + 6);
  header.from = from + 40;
  header.wireTo = end;
  header.to = Math.min(to, end);
  header.isFragment = false;
  return skipExtensions(bytes, header);
}

/**
 * Moves `header` from an extension header to what follows the last one, or to the data of a fragment.
 * False if they are cut. Also used on a datagram put together from fragments, where extensions may be inside.
 */
export function skipExtensions(bytes: Uint8Array, header: IpHeader): boolean {
  while (isExtension(header.protocol)) {
    const at = header.from;
    if (at + 8 > header.to) return false;
    const kind = header.protocol;
    header.protocol = uint8(bytes, at);
    header.from = at + extensionLength(kind, uint8(bytes, at + 1));
    if (header.from > header.to) return false;
    if (kind === AUTHENTICATION) header.authenticated = true;
    if (kind === 43) finalDestination(bytes, at, header);
    if (kind === FRAGMENT) {
      const fragment = uint16(bytes, at + 2);
      header.fragmentId = uint32(bytes, at + 4);
      header.fragmentOffset = fragment & 0xfff8;
      header.moreFragments = (fragment & 1) !== 0;
      // Offset 0 and no more to come is an atomic fragment: a whole datagram (RFC 6946).
      header.isFragment = header.fragmentOffset !== 0 || header.moreFragments;
      if (header.isFragment) return true;
    }
  }
  return true;
}

/** Hop-by-hop options, routing, fragment, authentication, destination options, mobility, HIP, Shim6. */
export function isExtension(protocol: number): boolean {
  return (
    protocol === 0 ||
    protocol === 43 ||
    protocol === FRAGMENT ||
    protocol === AUTHENTICATION ||
    protocol === 60 ||
    protocol === 135 ||
    protocol === 139 ||
    protocol === 140
  );
}

function extensionLength(kind: number, lengthField: number): number {
  if (kind === FRAGMENT) return 8;
  // Authentication counts in 4 bytes, the others in 8 (RFC 4302 §2.2, RFC 8200 §4).
  return kind === AUTHENTICATION ? (lengthField + 2) * 4 : (lengthField + 1) * 8;
}

/** On the way through intermediate nodes the routing header, not the IPv6 header, names the last one. */
function finalDestination(bytes: Uint8Array, at: number, header: IpHeader): void {
  const type = uint8(bytes, at + 2);
  const addresses = uint8(bytes, at + 1) >> 1;
  if (uint8(bytes, at + 3) === 0 || addresses === 0 || header.addressLength !== 16) return;
  // Segment routing lists the path backwards (RFC 8754 §2), types 0 and 2 forwards.
  if (type === 4) header.destinationAt = at + 8;
  else if (type === 0 || type === 2) header.destinationAt = at + 8 + 16 * (addresses - 1);
}
