/** Captures for the tests: made by hand, byte by byte, or taken from the samples. */
import { existsSync, readFileSync } from 'node:fs';
import { concat, fromHex } from '../wire/text.ts';
import type { CaptureFacts, CaptureSource, Datagram } from './datagram.ts';
import { isFailure, keepDatagram, readCapture } from './open.ts';

export interface Read {
  readonly facts: CaptureFacts;
  readonly datagrams: readonly Datagram[];
  readonly keyLogs: readonly { readonly text: string; readonly where: string }[];
}

export function sample(name: string): Uint8Array {
  const path = ['samples', 'samples/corpus'].map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
  if (!path) throw new Error(`${name} is in neither samples/ nor samples/corpus/`);
  return new Uint8Array(readFileSync(path));
}

export function sourceOf(bytes: Uint8Array, name = 'a.pcap', chunk = 64 * 1024): CaptureSource {
  return {
    name,
    size: bytes.length,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
}

/** Reads a capture that is expected to be one. */
export async function read(bytes: Uint8Array, name?: string, chunk?: number): Promise<Read> {
  const datagrams: Datagram[] = [];
  const keyLogs: { text: string; where: string }[] = [];
  const facts = await readCapture(sourceOf(bytes, name, chunk), 0, {
    datagram: (datagram) => datagrams.push(keepDatagram(datagram)),
    keyLog: (text, where) => keyLogs.push({ text, where }),
  });
  if (isFailure(facts)) throw new Error(facts.message);
  return { facts, datagrams, keyLogs };
}

/** The sentence for a file that is expected to be refused. */
export async function refusal(bytes: Uint8Array, name: string): Promise<string> {
  const result = await readCapture(sourceOf(bytes, name), 0, { datagram: () => {}, keyLog: () => {} });
  if (!isFailure(result)) throw new Error(`${name} was read`);
  return result.message;
}

export function hex(text: string): Uint8Array {
  const bytes = fromHex(text.replace(/\s/g, ''));
  if (!bytes) throw new Error(`not hex: ${text}`);
  return bytes;
}

export function u16(value: number, littleEndian = false): Uint8Array {
  const bytes = Uint8Array.of((value >> 8) & 255, value & 255);
  return littleEndian ? bytes.reverse() : bytes;
}

export function u32(value: number, littleEndian = false): Uint8Array {
  const bytes = concat(u16(Math.floor(value / 0x10000)), u16(value & 0xffff));
  return littleEndian ? bytes.reverse() : bytes;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Looks like the beginning of a DTLS record. */
export const PAYLOAD = hex('16fefd0000000000000001000155');

export function udp(payload: Uint8Array = PAYLOAD, length = 8 + payload.length): Uint8Array {
  return concat(u16(40000), u16(4433), u16(length), u16(0), payload);
}

export interface Ip4 {
  readonly protocol?: number;
  readonly id?: number;
  /** In bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly options?: Uint8Array;
  readonly totalLength?: number;
}

/** From 192.0.2.1 to 192.0.2.2. */
export function ip4(body: Uint8Array, of: Ip4 = {}): Uint8Array {
  const options = of.options ?? new Uint8Array();
  const length = of.totalLength ?? 20 + options.length + body.length;
  const fragment = (of.more ? 0x2000 : 0) | ((of.offset ?? 0) >> 3);
  const start = Uint8Array.of(0x40 | (5 + options.length / 4), 0);
  const middle = concat(u16(length), u16(of.id ?? 7), u16(fragment), Uint8Array.of(64, of.protocol ?? 17), u16(0));
  return concat(start, middle, hex('c0000201 c0000202'), options, body);
}

/** From 2001:db8::1 to 2001:db8::2. */
export function ip6(body: Uint8Array, next = 17, payloadLength = body.length): Uint8Array {
  const addresses = hex('20010db8000000000000000000000001 20010db8000000000000000000000002');
  return concat(hex('60000000'), u16(payloadLength), Uint8Array.of(next, 64), addresses, body);
}

export function ethernet(body: Uint8Array, etherType = 0x0800): Uint8Array {
  return concat(hex('020000000002 020000000001'), u16(etherType), body);
}

export interface PcapOptions {
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  readonly magic?: number;
  /** On the wire, where the snaplen cut the frames. */
  readonly originalLength?: number;
  /** Seconds between packets. */
  readonly step?: number;
}

/** Packet n (from 0) has the time 1000 + n * step seconds and 5 units. */
export function pcap(frames: readonly Uint8Array[], of: PcapOptions = {}): Uint8Array {
  const little = of.littleEndian ?? true;
  const number = (value: number) => u32(value, little);
  const head = [number(of.magic ?? 0xa1b2c3d4), u16(2, little), u16(4, little), number(0), number(0), number(65535)];
  const records = frames.flatMap((frame, i) => [
    number(1000 + i * (of.step ?? 1)),
    number(5),
    number(frame.length),
    number(of.originalLength ?? frame.length),
    ...(of.magic === 0xa1b2cd34 ? [new Uint8Array(8)] : []),
    frame,
  ]);
  return concat(...head, number(of.linkType ?? 1), ...records);
}
