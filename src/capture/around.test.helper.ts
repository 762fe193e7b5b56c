/** Packets with addresses and ports of choice, for the tests of what is around DTLS. */
import { concat } from '../wire/text.ts';
import { ascii, pcap, read, u16, u32 } from './capture.test.helper.ts';
import type { CaptureSurroundings } from './surroundings.ts';
import type { UdpTraffic } from './udp-traffic.ts';

export const RAW_IP = 101;

/** "192.0.2.1:40000" */
type Name = `${string}:${number}`;

function split(name: Name): { readonly address: Uint8Array; readonly port: number } {
  const [address = '', port] = name.split(':');
  return { address: Uint8Array.from(address.split('.'), Number), port: Number(port) };
}

export function packet4(source: Uint8Array, destination: Uint8Array, protocol: number, body: Uint8Array): Uint8Array {
  const head = concat(Uint8Array.of(0x45, 0), u16(20 + body.length), u16(1), u16(0x4000), Uint8Array.of(64, protocol));
  return concat(head, u16(0), source, destination, body);
}

/** An IPv4 packet; the checksum as it should be, or as given. */
export function udp4(from: Name, to: Name, payload: Uint8Array, checksum?: number): Uint8Array {
  const [a, b] = [split(from), split(to)];
  const length = 8 + payload.length;
  const ports = concat(u16(a.port), u16(b.port), u16(length));
  const right = internetChecksum(concat(a.address, b.address, u16(17), u16(length), ports, u16(0), payload));
  return packet4(a.address, b.address, 17, concat(ports, u16(checksum ?? right), payload));
}

export function tcp4(
  from: Name,
  to: Name,
  flags: number,
  payload: Uint8Array = new Uint8Array(),
  sequence = 1,
): Uint8Array {
  const [a, b] = [split(from), split(to)];
  const header = concat(u16(a.port), u16(b.port), u32(sequence), u32(0), Uint8Array.of(0x50, flags), u16(1000), u32(0));
  return packet4(a.address, b.address, 6, concat(header, payload));
}

/** RFC 1071. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A STUN message of a type with attributes. */
export function stun(type: number, ...attributes: (readonly [type: number, value: Uint8Array])[]): Uint8Array {
  const body = attributes.map(([code, value]) =>
    concat(u16(code), u16(value.length), value, new Uint8Array(-value.length & 3)),
  );
  const length = body.reduce((sum, one) => sum + one.length, 0);
  return concat(u16(type), u16(length), u32(0x2112a442), new Uint8Array(12), ...body);
}

export const username = (name: string) => [0x0006, ascii(name)] as const;
export const USE_CANDIDATE = [0x0025, new Uint8Array()] as const;

/** Of raw IP packets, a second apart: packet n (from 1) comes at 999 + n seconds. */
export async function aroundOf(packets: readonly Uint8Array[], step?: number): Promise<CaptureSurroundings> {
  const { facts } = await read(pcap(packets, { linkType: RAW_IP, ...(step === undefined ? {} : { step }) }));
  return facts.surroundings;
}

/** "dtls 2→ 1←": how much of what went each way, `a` on the left. */
export function inShort({ flows }: UdpTraffic): string {
  return flows.kinds
    .map((kind) => {
      const [forth, back] = flows.of(kind);
      return `${kind} ${forth?.datagrams ?? 0}→ ${back?.datagrams ?? 0}←`;
    })
    .join(', ');
}
