/** Tells by content what a run of bytes is: DTLS records, an IP packet, a frame, a whole capture file. */
import { uint8, uint16, uint32 } from '../big-endian.ts';
import { isPcap } from '../pcap.ts';
import { isPcapng } from '../pcapng.ts';

export type Content =
  | { readonly kind: 'records'; readonly from: number }
  /** A UDP header and records behind it. */
  | { readonly kind: 'udp' }
  | { readonly kind: 'frame'; readonly linkType: number }
  | { readonly kind: 'capture' }
  | { readonly kind: 'unknown' };

const RECORD_HEADER = 13;
/** 2^14 and what protection may add (RFC 5246 §6.2.3). */
const LONGEST_FRAGMENT = 16384 + 2048;
/** Headers in front of a record that are not known by name are not longer. */
const DEEPEST_RECORD = 160;

/** Link types that a dump may begin with, besides bare IP, and where IP and its EtherType lie in them. */
const LINKS: readonly { readonly linkType: number; readonly ip: number; readonly etherType: number | null }[] = [
  { linkType: 1, ip: 14, etherType: 12 },
  { linkType: 113, ip: 16, etherType: 14 },
  { linkType: 276, ip: 20, etherType: 0 },
  { linkType: 0, ip: 4, etherType: null },
];
const RAW_IP = 101;
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

export function contentOf(bytes: Uint8Array): Content {
  if (isRecordHead(bytes, 0)) return { kind: 'records', from: 0 };
  if (isPcap(bytes) || isPcapng(bytes)) return { kind: 'capture' };
  if (isIp(bytes, 0)) return { kind: 'frame', linkType: RAW_IP };
  for (const { linkType, ip, etherType } of LINKS) {
    if (isLink(bytes, ip, etherType)) return { kind: 'frame', linkType };
  }
  if (bytes.length > 8 && uint16(bytes, 4) === bytes.length && isRecordHead(bytes, 8)) return { kind: 'udp' };
  // A stamp before it, or a tunnel nobody named: only where the records fill the rest to the last byte.
  for (let from = 1; from < DEEPEST_RECORD && from < bytes.length; from++) {
    if (isRecordHead(bytes, from) && recordsFill(bytes, from)) return { kind: 'records', from };
  }
  return { kind: 'unknown' };
}

/** A plaintext-form record header of DTLS 1.0 or 1.2, or of 1.3 before its keys. */
export function isRecordHead(bytes: Uint8Array, at: number): boolean {
  if (bytes.length < at + RECORD_HEADER) return false;
  const type = uint8(bytes, at);
  const version = uint16(bytes, at + 1);
  if (type < 20 || type > 27) return false;
  // Where the length of a record with connection ID lies depends on the connection ID (RFC 9146 §4).
  if (type === 25) return version === 0xfefd;
  const length = uint16(bytes, at + 11);
  if (length > LONGEST_FRAGMENT) return false;
  if (version === 0xfeff || version === 0xfefd || version === 0xfefc) return true;
  // OpenSSL's version number from before the RFC is a common pair of bytes: the record must fit as well.
  return version === 0x0100 && at + RECORD_HEADER + length <= bytes.length && uint16(bytes, at + 3) < 4;
}

/** May be a protected record of DTLS 1.3 (RFC 9147 §4): believed only where other things tell that it is DTLS. */
export function mayBeUnified(bytes: Uint8Array, at: number): boolean {
  return isUnifiedHead(bytes, at) && bytes.length - at >= 2 + 16;
}

export function isUnifiedHead(bytes: Uint8Array, at: number): boolean {
  return uint8(bytes, at) >> 5 === 1;
}

/** Records one after the other up to the last byte, as in a datagram that is complete. */
export function recordsFill(bytes: Uint8Array, start: number): boolean {
  let at = start;
  while (at < bytes.length) {
    const first = uint8(bytes, at);
    if (first >> 5 === 1) {
      // With a connection ID of unknown length, or without a length, nothing more can be said.
      if (first & 0x10 || !(first & 0x04)) return true;
      const lengthAt = at + 1 + (first & 0x08 ? 2 : 1);
      if (lengthAt + 2 > bytes.length) return false;
      at = lengthAt + 2 + uint16(bytes, lengthAt);
    } else {
      if (!isRecordHead(bytes, at)) return false;
      if (first === 25) return true;
      at += RECORD_HEADER + uint16(bytes, at + 11);
    }
  }
  return at === bytes.length && at > start;
}

/** Whether the bytes are all of a datagram, a packet or a frame, as far as they tell. */
export function isComplete(bytes: Uint8Array): boolean {
  const content = contentOf(bytes);
  if (content.kind === 'records') return recordsFill(bytes, content.from);
  if (content.kind === 'udp') return true;
  if (content.kind === 'frame') return ipEnd(bytes, content.linkType) <= bytes.length;
  return mayBeUnified(bytes, 0) && recordsFill(bytes, 0);
}

function ipEnd(bytes: Uint8Array, linkType: number): number {
  let at = LINKS.find((link) => link.linkType === linkType)?.ip ?? 0;
  if (linkType === 1) while (VLAN_TAGS.has(uint16(bytes, at - 2)) && at < bytes.length) at += 4;
  return at + (uint8(bytes, at) >> 4 === 4 ? uint16(bytes, at + 2) : 40 + uint16(bytes, at + 4));
}

function isLink(bytes: Uint8Array, ip: number, etherType: number | null): boolean {
  if (etherType === null) {
    // A protocol family in either byte order: three of its four bytes are zero.
    const family = uint32(bytes, 0);
    return (family < 64 || (family & 0x00ffffff) === 0) && family !== 0 && isIp(bytes, ip);
  }
  const type = uint16(bytes, etherType);
  if (ip === 14 && VLAN_TAGS.has(type)) return isTagged(bytes);
  const version = uint8(bytes, ip) >> 4;
  return ((type === 0x0800 && version === 4) || (type === 0x86dd && version === 6)) && isIp(bytes, ip);
}

function isTagged(bytes: Uint8Array): boolean {
  let at = 12;
  for (let depth = 0; depth < 4 && VLAN_TAGS.has(uint16(bytes, at)); depth++) at += 4;
  const type = uint16(bytes, at);
  return (type === 0x0800 || type === 0x86dd) && isIp(bytes, at + 2);
}

/** A header whose numbers are sane. A packet may be cut short, but not be longer than it is. */
function isIp(bytes: Uint8Array, at: number): boolean {
  const version = uint8(bytes, at) >> 4;
  if (version === 4) {
    const headerLength = (uint8(bytes, at) & 15) * 4;
    const length = uint16(bytes, at + 2);
    if (headerLength < 20 || length < headerLength || bytes.length < at + headerLength) return false;
    return isSane(uint8(bytes, at + 9), uint8(bytes, at + 8), at + length, bytes.length);
  }
  if (version !== 6 || bytes.length < at + 40) return false;
  return isSane(uint8(bytes, at + 6), uint8(bytes, at + 7), at + 40 + uint16(bytes, at + 4), bytes.length);
}

/** Protocols that packets with DTLS or beside it carry: TCP, UDP, SCTP, UDP-Lite, ICMP, fragments, tunnels. */
const PROTOCOLS: ReadonlySet<number> = new Set([0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 60, 132, 136]);

function isSane(protocol: number, timeToLive: number, end: number, have: number): boolean {
  // Padding to the shortest frame is at most 46 bytes, a frame check sequence 4.
  return PROTOCOLS.has(protocol) && timeToLive > 0 && end + 64 >= have;
}
