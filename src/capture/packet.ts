/** One captured packet, as the container formats hand it on. */
import type { Datagram, PlainDatagram } from './datagram.ts';

/** Reads the two 32-bit words in which a format keeps a packet's time. */
export interface Clock {
  nanoseconds(high: number, low: number): bigint;
  /** Nanoseconds from one time to another, both as words; exact up to 2^53. */
  since(high: number, low: number, baseHigh: number, baseLow: number): number;
  /** Roughly, for time-outs. */
  seconds(high: number, low: number): number;
  /** Decimal digits of a second. */
  readonly digits: number;
}

/** Where a packet was captured, as its file describes it; all packets of one interface share one object. */
export interface CapturePort {
  readonly linkType: number;
  /** 0 for no limit. */
  readonly snapLength: number;
  /** Bytes of frame check sequence that its frames end with, if not told otherwise. */
  readonly fcsLength: number;
  /** `if_tsresol` of pcapng: a negative power of 10, or with the top bit set of 2. */
  readonly resolution: number;
  /** `if_tsoffset`. */
  readonly offsetSeconds: bigint;
  readonly name: string | null;
  readonly description: string | null;
}

/** A packet as the container has it. The readers reuse one object: it holds only during the call. */
export interface Packet {
  /** 1-based. */
  number: number;
  /** Where its record begins in the file. */
  recordOffset: number;
  /** The buffer the captured bytes lie in, from `from` to `to`, and where `from` is in the file. */
  bytes: Uint8Array;
  from: number;
  to: number;
  fileOffset: number;
  /** On the wire, in bytes. */
  originalLength: number;
  /** Bytes of frame check sequence at the end of the original frame. */
  fcsLength: number;
  linkType: number;
  /** Null where it comes from no capture file. */
  port: CapturePort | null;
  clock: Clock;
  timeHigh: number;
  timeLow: number;
  comments: readonly string[];
}

export const NO_COMMENTS: readonly string[] = [];

export const NO_CLOCK: Clock = { nanoseconds: () => 0n, since: () => 0, seconds: () => 0, digits: 6 };

export function emptyPacket(): Packet {
  return {
    number: 0,
    recordOffset: 0,
    bytes: new Uint8Array(),
    from: 0,
    to: 0,
    fileOffset: 0,
    originalLength: 0,
    fcsLength: 0,
    linkType: 0,
    port: null,
    clock: NO_CLOCK,
    timeHigh: 0,
    timeLow: 0,
    comments: NO_COMMENTS,
  };
}

/** The same as an object with bytes of its own. */
export function datagramOf(plain: PlainDatagram): Datagram {
  const { capture, packet, route, originNs, at, bytes, frameFrom, frameTo, frameOffset, payloadFrom, payloadTo } =
    plain;
  const frame = bytes.slice(frameFrom, frameTo);
  const from = payloadFrom - frameFrom;
  const length = payloadTo - payloadFrom;
  return {
    capture,
    packet,
    timeNs: originNs + BigInt(at),
    source: route.source,
    destination: route.destination,
    directed: true,
    carriers: route.carriers,
    tag: route.tag,
    payload: frame.subarray(from, from + length),
    missing: plain.missing,
    pieces: [{ packet, from: 0, fileOffset: frameOffset + from, length }],
    frame,
    frameOffset,
    comments: NO_COMMENTS,
    ip: { ttl: plain.ttl, id: plain.ipId, version: route.ipVersion },
  };
}

/** A datagram with bytes of its own, to keep beyond `sink.datagram` (see `PacketDecoder` in packet-decoder.ts). */
export function keepDatagram(datagram: Datagram): Datagram {
  const frame = datagram.frame.slice();
  const inFrame = datagram.payload.buffer === datagram.frame.buffer;
  const start = datagram.payload.byteOffset - datagram.frame.byteOffset;
  const payload = inFrame ? frame.subarray(start, start + datagram.payload.length) : datagram.payload;
  return { ...datagram, frame, payload };
}
