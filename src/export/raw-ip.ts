/** Datagrams as whole IP packets (LINKTYPE_RAW), for traces of which the original packets are not there. */
import type { Endpoint } from '../capture/datagram.ts';
import { addressBytes } from './exported-pdu.ts';

export const LINKTYPE_RAW = 101;

export interface IpDatagram {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly payload: Uint8Array;
  /** Bytes that were on the wire and are not there: the lengths count them. */
  readonly missing: number;
  readonly ttl: number | null;
  readonly id: number | null;
}

const UDP = 17;
const UDP_HEADER = 8;
const USUAL_TTL = 64;
/** What an IP packet holds beside its header. */
const LONGEST = { 4: 0xffff - 20, 6: 0xffff } as const;

/** Null where it fits into no IP packet: another layer carried it. */
export function ipPacket({ source, destination, payload, missing, ttl, id }: IpDatagram): Uint8Array | null {
  const [from, to] = [addressBytes(source.address), addressBytes(destination.address)];
  const version = from?.length === 16 || to?.length === 16 ? 6 : 4;
  const length = UDP_HEADER + payload.length + missing;
  if (length > LONGEST[version]) return null;
  const udp = new Uint8Array(UDP_HEADER + payload.length);
  const view = new DataView(udp.buffer);
  view.setUint16(0, source.port);
  view.setUint16(2, destination.port);
  view.setUint16(4, length);
  udp.set(payload, UDP_HEADER);
  const hops = ttl ?? USUAL_TTL;
  const [a, b] = [addressOf(from, version, 1), addressOf(to, version, 2)];
  const header = version === 4 ? header4(length, hops, id ?? 0, a, b) : header6(length, hops, a, b);
  const packet = new Uint8Array(header.length + udp.length);
  packet.set(header);
  packet.set(checked(udp, a, b, missing), header.length);
  return packet;
}

/** One for documentation stands for an end whose address nobody knows. */
function addressOf(bytes: Uint8Array | null, version: 4 | 6, end: 1 | 2): Uint8Array {
  if (bytes && bytes.length === (version === 4 ? 4 : 16)) return bytes;
  if (version === 4) return Uint8Array.of(192, 0, 2, end);
  return Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, end);
}

function header4(length: number, ttl: number, id: number, from: Uint8Array, to: Uint8Array): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, header.length + length);
  view.setUint16(4, id & 0xffff);
  view.setUint8(8, ttl);
  view.setUint8(9, UDP);
  header.set(from, 12);
  header.set(to, 16);
  view.setUint16(10, ~sum(header) & 0xffff);
  return header;
}

function header6(length: number, hops: number, from: Uint8Array, to: Uint8Array): Uint8Array {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, length);
  view.setUint8(6, UDP);
  view.setUint8(7, hops);
  header.set(from, 8);
  header.set(to, 24);
  return header;
}

/** With its checksum, unless bytes are missing: then nobody can compute it, and none is written. */
function checked(udp: Uint8Array, from: Uint8Array, to: Uint8Array, missing: number): Uint8Array {
  if (missing > 0) return udp;
  const pseudo = Uint8Array.of(...from, ...to, 0, UDP, udp.length >> 8, udp.length & 0xff);
  const checksum = ~folded(sum(pseudo) + sum(udp)) & 0xffff;
  new DataView(udp.buffer).setUint16(6, checksum === 0 ? 0xffff : checksum);
  return udp;
}

/** In ones' complement (RFC 1071). */
function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  return folded(total);
}

function folded(total: number): number {
  let rest = total;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  return rest;
}
