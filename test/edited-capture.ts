/**
 * Captures of the collection with datagrams left out, moved, changed or added: constructed traces that stay real where
 * nothing was done to them. Written anew as a pcap of raw IP packets.
 */
import type { CaptureSource, Datagram, Endpoint } from '../src/capture/datagram.ts';
import { isFailure, readCapture } from '../src/capture/open.ts';
import { sourceOf, sourceOfBytes } from './captures.ts';

export interface EditedDatagram {
  /** Since the first packet of the original. */
  readonly timeMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly payload: Uint8Array;
  /** Time to live, and identification of the IPv4 packet; 64 and a counter where not given. */
  readonly ttl?: number;
  readonly id?: number;
}

/** In the order of the file. */
export async function datagramsOf(file: string): Promise<EditedDatagram[]> {
  const found: Datagram[] = [];
  const facts = await readCapture(sourceOf(file), 0, {
    datagram: (datagram) => found.push({ ...datagram, payload: datagram.payload.slice() }),
    keyLog: () => {},
  });
  if (isFailure(facts)) throw new Error(facts.message);
  const first = facts.firstTimeNs ?? 0n;
  return found.map(({ timeNs, source, destination, payload }) => ({
    timeMs: Number(timeNs - first) / 1e6,
    source,
    destination,
    payload,
  }));
}

export async function editedCapture(
  file: string,
  edit: (datagrams: EditedDatagram[]) => readonly EditedDatagram[],
): Promise<CaptureSource> {
  return captureOf(edit(await datagramsOf(file)), `edited-${file}`);
}

/** A pcap (microseconds, raw IP) that holds these datagrams in this order. */
export function captureOf(datagrams: readonly EditedDatagram[], name = 'made.pcap'): CaptureSource {
  return pcapOfPackets(
    datagrams.map((d, i) => ({ timeMs: d.timeMs, bytes: ipPacket(d, i) })),
    name,
  );
}

/** A day on which the certificates of the collection are valid. */
const EPOCH_S = 1_795_500_000;
const LINKTYPE_RAW = 101;

/** A pcap of whole IP packets, for what is not UDP (ICMP). */
export function pcapOfPackets(
  packets: readonly { readonly timeMs: number; readonly bytes: Uint8Array }[],
  name = 'made.pcap',
): CaptureSource {
  const file = new Uint8Array(24 + packets.reduce((n, p) => n + 16 + p.bytes.length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, LINKTYPE_RAW, true);
  let at = 24;
  for (const { timeMs, bytes } of packets) {
    const micros = Math.round(timeMs * 1000);
    view.setUint32(at, EPOCH_S + Math.floor(micros / 1e6), true);
    view.setUint32(at + 4, micros % 1e6, true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, bytes.length, true);
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return sourceOfBytes(name, file);
}

const UDP = 17;

export function ipPacket({ source, destination, payload, ttl = 64, id }: EditedDatagram, index: number): Uint8Array {
  const udp = new Uint8Array(8 + payload.length);
  const header = new DataView(udp.buffer);
  header.setUint16(0, source.port);
  header.setUint16(2, destination.port);
  header.setUint16(4, udp.length);
  udp.set(payload, 8);
  return source.address.includes(':')
    ? ipv6(source.address, destination.address, udp, ttl)
    : ipv4(source.address, destination.address, udp, ttl, id ?? index + 1);
}

function ipv4(source: string, destination: string, body: Uint8Array, ttl: number, id: number): Uint8Array {
  const packet = new Uint8Array(20 + body.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint16(4, id & 0xffff);
  view.setUint8(8, ttl);
  view.setUint8(9, UDP);
  packet.set(source.split('.').map(Number), 12);
  packet.set(destination.split('.').map(Number), 16);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += view.getUint16(i);
  view.setUint16(10, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
  packet.set(body, 20);
  return packet;
}

function ipv6(source: string, destination: string, body: Uint8Array, ttl: number): Uint8Array {
  const packet = new Uint8Array(40 + body.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, body.length);
  view.setUint8(6, UDP);
  view.setUint8(7, ttl);
  packet.set(ipv6Bytes(source), 8);
  packet.set(ipv6Bytes(destination), 24);
  packet.set(body, 40);
  return packet;
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [before, after] = [groups(head), groups(tail)];
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return all.flatMap((group) => {
    const n = Number.parseInt(group, 16);
    return [n >> 8, n & 0xff];
  });
}

/** The same datagram with the numbers of its epoch-0 records raised: what a sender writes when it sends it again. */
export function renumbered<D extends EditedDatagram>(datagram: D, by: number): D {
  const payload = datagram.payload.slice();
  const view = new DataView(payload.buffer);
  for (let at = 0; at + 13 <= payload.length; at += 13 + view.getUint16(at + 11))
    if (view.getUint16(at + 3) === 0) view.setUint16(at + 9, view.getUint16(at + 9) + by);
  return { ...datagram, payload };
}
