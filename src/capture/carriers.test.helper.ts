/** Drives `Carriers` with the packets of a sample, or with packets made by hand. */

import { existsSync, readFileSync } from 'node:fs';
import { concat, fromHex } from '../wire/text.ts';
import { ip4Text, ip6Text } from './address.ts';
import { uint8, uint16, uint32, uint32In } from './big-endian.ts';
import { Carriers, type SctpPacket, type TcpSegment } from './carriers.ts';
import type { Datagram, Endpoint } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { ProblemList } from './problems.ts';

export const CLIENT: Endpoint = { address: '192.0.2.1', port: 40000 };
export const SERVER: Endpoint = { address: '192.0.2.2', port: 4433 };

/** Collects what comes out. */
export class Collected {
  readonly datagrams: Datagram[] = [];
  readonly carriers = new Carriers({ datagram: (d) => this.datagrams.push(d) }, new ProblemList());

  /** Those that the first byte calls DTLS. */
  get dtls(): Datagram[] {
    return this.datagrams.filter(({ payload }) => firstByteKind(payload[0] ?? 0) === 'dtls');
  }
}

/** A packet whose frame is the payload behind `before` other bytes, at `frameOffset` in the file. */
export function packetOf(payload: Uint8Array, of: Partial<TcpSegment> = {}): TcpSegment {
  const before = 3;
  const packet = of.packet ?? 1;
  const frameOffset = of.frameOffset ?? 10_000 * packet;
  const frame = new Uint8Array(before + payload.length);
  frame.set(payload, before);
  return {
    capture: 0,
    packet,
    timeNs: BigInt(packet) * 1_000_000n,
    source: CLIENT,
    destination: SERVER,
    sequence: 0,
    flags: 16,
    payload: frame.subarray(before),
    payloadOffset: frameOffset + before,
    missing: 0,
    frame,
    frameOffset,
    comments: [],
    carriers: [],
    ...of,
  };
}

export function udpOf(payload: Uint8Array, of: Partial<TcpSegment> = {}): Datagram {
  const { payloadOffset, sequence: _, flags: __, pieces: ___, ...rest } = packetOf(payload, of);
  const piece = { packet: rest.packet, from: 0, fileOffset: payloadOffset, length: payload.length };
  return { ...rest, directed: true, tag: '', pieces: [piece] };
}

export function sctpOf(payload: Uint8Array, of: Partial<SctpPacket> = {}): SctpPacket {
  return { ...packetOf(payload), verificationTag: 1, ...packetOf(payload, of) };
}

/** The bytes of the file that the pieces of a datagram point to. */
export function inFile({ pieces }: Datagram, file: Uint8Array): Uint8Array {
  const last = pieces.at(-1);
  const bytes = new Uint8Array(last ? last.from + last.length : 0);
  for (const { from, fileOffset, length } of pieces) bytes.set(file.subarray(fileOffset, fileOffset + length), from);
  return bytes;
}

interface RawPacket {
  readonly protocol: number;
  readonly base: TcpSegment;
}

/** The unfragmented TCP, UDP, UDP-Lite and SCTP packets of a pcap file of Ethernet frames. */
export function* rawPackets(file: Uint8Array): IterableIterator<RawPacket> {
  const little = uint8(file, 0) === 0xd4 || uint8(file, 0) === 0x4d;
  let packet = 0;
  for (let at = 24; at + 16 <= file.length; ) {
    const length = uint32In(file, at + 8, little);
    const timeNs = BigInt(uint32In(file, at, little)) * 1_000_000_000n + BigInt(uint32In(file, at + 4, little)) * 1000n;
    const frameOffset = at + 16;
    const frame = file.subarray(frameOffset, frameOffset + length);
    at = frameOffset + length;
    packet++;
    const wide = uint16(frame, 12) === 0x86dd;
    if (!wide && (uint16(frame, 12) !== 0x0800 || (uint16(frame, 20) & 0x3fff) !== 0)) continue;
    const protocol = uint8(frame, wide ? 20 : 23);
    const start = wide ? 54 : 14 + (uint8(frame, 14) & 15) * 4;
    const end = wide ? 54 + uint16(frame, 18) : 14 + uint16(frame, 16);
    const text = wide ? ip6Text : ip4Text;
    const header = protocol === 6 ? (uint8(frame, start + 12) >> 4) * 4 : protocol === 132 ? 12 : 8;
    const base: TcpSegment = {
      ...packetOf(new Uint8Array(), { packet, timeNs, frameOffset }),
      source: { address: text(frame, wide ? 22 : 26), port: uint16(frame, start) },
      destination: { address: text(frame, wide ? 38 : 30), port: uint16(frame, start + 2) },
      sequence: uint32(frame, start + 4),
      flags: uint8(frame, start + 13),
      frame,
      payload: frame.subarray(start + header, end),
      payloadOffset: frameOffset + start + header,
    };
    yield { protocol, base };
  }
}

export function feed(carriers: Carriers, { protocol, base }: RawPacket): void {
  if (protocol === 6) carriers.tcp(base);
  else if (protocol === 132) carriers.sctp({ ...base, verificationTag: base.sequence });
  else if (protocol === 17 || protocol === 136) {
    const { payloadOffset, sequence: _, flags: __, pieces: ___, ...rest } = base;
    const piece = { packet: base.packet, from: 0, fileOffset: payloadOffset, length: base.payload.length };
    carriers.udp({ ...rest, directed: true, tag: '', pieces: [piece] });
  }
}

function corpus(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`samples/corpus/${name}`));
}

export function hasCorpus(name: string): boolean {
  return existsSync(`samples/corpus/${name}`);
}

/** All that comes out of a capture of the corpus. */
export function carried(name: string): Collected & { readonly file: Uint8Array } {
  const file = corpus(name);
  const collected = new Collected();
  for (const packet of rawPackets(file)) feed(collected.carriers, packet);
  collected.carriers.end();
  return Object.assign(collected, { file });
}

export const be16 = (value: number) => Uint8Array.of(value >> 8, value & 255);
export const be32 = (value: number) => concat(be16(value >>> 16), be16(value & 0xffff));

/** A DTLS 1.2 record with `length` bytes of content, all of them `fill`. */
export function record(length: number, fill = 0x55): Uint8Array {
  return concat(hex('17fefd0001000000000007'), be16(length), new Uint8Array(length).fill(fill));
}

/** A record of 1.3 with a unified header: 16-bit sequence number and length. */
export function unified(length: number, fill = 0xaa): Uint8Array {
  return concat(hex('2f1234'), be16(length), new Uint8Array(length).fill(fill));
}

export function stunMessage(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  const body = concat(...attributes);
  return concat(be16(type), be16(body.length), hex('2112a442 0102030405060708090a0b0c'), body);
}

export function attribute(type: number, value: Uint8Array): Uint8Array {
  return concat(be16(type), be16(value.length), value, new Uint8Array(-value.length & 3));
}

/** XOR-PEER-ADDRESS of 198.51.100.7:5000. */
export const PEER: Endpoint = { address: '198.51.100.7', port: 5000 };
export const PEER_ATTRIBUTE = attribute(0x0012, concat(hex('0001'), be16(5000 ^ 0x2112), hex('e721c045')));

export function channelData(channel: number, data: Uint8Array, padded = true): Uint8Array {
  return concat(be16(channel), be16(data.length), data, new Uint8Array(padded ? -data.length & 3 : 0));
}

export const framed = (datagram: Uint8Array) => concat(be16(datagram.length), datagram);

export function hex(text: string): Uint8Array {
  return fromHex(text.replace(/\s/g, '')) ?? new Uint8Array();
}
