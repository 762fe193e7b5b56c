/**
 * The DTLS channel of AnyConnect and OpenConnect (draft-mavrogiannopoulos-openconnect §2.2): one byte of type, and
 * for data the IP packet of the tunnel.
 */
import type { ByteReader } from '../wire/reader.ts';
import { sized } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

const TYPES: ReadonlyMap<number, string> = new Map([
  [0x00, 'DATA'],
  [0x03, 'DPD-REQ'],
  [0x04, 'DPD-RESP'],
  [0x05, 'DISCONNECT'],
  [0x07, 'KEEPALIVE'],
  [0x08, 'COMPRESSED DATA'],
  [0x09, 'TERMINATE'],
]);

const IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [58, 'ICMPv6'],
]);

export const ANYCONNECT: Protocol = {
  names: ['AnyConnect'],
  ports: [443],
  alpn: [],
  // A byte of type alone says too little: without the port it must be followed by an IP packet.
  mayBe: (bytes, hinted) =>
    (bytes[0] === 0 && isIpPacket(bytes)) || (hinted && bytes.length === 1 && TYPES.has(bytes[0] ?? 0)),
  decode: decodeAnyConnect,
};

function isIpPacket(bytes: Uint8Array): boolean {
  const length = bytes.length - 1;
  const at = (index: number) => (bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0);
  if (bytes[1] === 0x45 && length >= 20) return at(3) === length;
  return ((bytes[1] ?? 0) & 0xf0) === 0x60 && length >= 40 && at(5) === length - 40;
}

function decodeAnyConnect(r: ByteReader): Reading {
  const type = r.uint8('type', (value) => TYPES.get(value) ?? null);
  const name = TYPES.get(type) ?? `type ${type}`;
  if (r.remaining === 0) return { protocol: 'AnyConnect', summary: name, sure: TYPES.has(type) };
  const isSix = (r.peek() ?? 0) >> 4 === 6;
  const within = r.peek(isSix ? 6 : 9) ?? 0;
  const kind = type === 0 ? ` ${isSix ? 'IPv6' : 'IPv4'} ${IP_PROTOCOLS.get(within) ?? `protocol ${within}`}` : '';
  const length = r.remaining;
  r.opaque(type === 0 ? 'ip_packet' : 'content', length);
  return { protocol: 'AnyConnect', summary: `${name}${kind}, ${sized(length)}`, sure: TYPES.has(type) };
}
