/** One captured packet on its way from a container format to a UDP datagram. */
import { AddressBook } from './address.ts';
import type { CaptureSink, Datagram, Piece } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { type Fragment, Reassembly } from './fragments.ts';
import { decodeIp4, decodeIp6, IpHeader, isExtension, skipExtensions, UDP, UDP_LITE } from './ip.ts';
import { type Frame, IP4, IP6, LINK_LAYERS } from './link.ts';
import type { ProblemList } from './problems.ts';
import { decodeUdp, UdpHeader } from './udp.ts';

/** Reads the two 32-bit words in which a format keeps a packet's time. */
export interface Clock {
  nanoseconds(high: number, low: number): bigint;
  /** Roughly, for time-outs. */
  seconds(high: number, low: number): number;
  /** Decimal digits of a second. */
  readonly digits: number;
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
  clock: Clock;
  timeHigh: number;
  timeLow: number;
  comments: readonly string[];
}

export const NO_COMMENTS: readonly string[] = [];
const NO_CARRIERS: readonly string[] = [];

export const NO_CLOCK: Clock = { nanoseconds: () => 0n, seconds: () => 0, digits: 6 };

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
    clock: NO_CLOCK,
    timeHigh: 0,
    timeLow: 0,
    comments: NO_COMMENTS,
  };
}

/**
 * Finds the UDP datagrams in packets.
 *
 * Who keeps a datagram: if the first byte of the payload is in the DTLS range (20 to 63), `frame` and `payload` are
 * the datagram's own bytes. Otherwise they point into a chunk of the file and hold only during `sink.datagram`;
 * `keepDatagram` makes a copy that may be kept. (A payload joined from fragments is always its own.)
 */
export class PacketDecoder {
  udpDatagrams = 0;
  readonly #capture: number;
  readonly #sink: CaptureSink;
  readonly #problems: ProblemList;
  readonly #addresses = new AddressBook();
  readonly #reassembly = new Reassembly();
  readonly #frame: Frame = { bytes: new Uint8Array(), from: 0, to: 0 };
  readonly #ip = new IpHeader();
  readonly #udp = new UdpHeader();

  constructor(capture: number, sink: CaptureSink, problems: ProblemList) {
    this.#capture = capture;
    this.#sink = sink;
    this.#problems = problems;
  }

  get ipFragmentsReassembled(): number {
    return this.#reassembly.finishedCount;
  }

  packet(packet: Packet): void {
    const layer = LINK_LAYERS.get(packet.linkType);
    if (!layer) {
      this.#problems.once(
        `link type ${packet.linkType}`,
        packet.number,
        packet.recordOffset,
        `Packets of link type ${packet.linkType} cannot be read (the first is packet ${packet.number}).`,
      );
      return;
    }
    // Never shorter than what was captured, whatever the record says.
    const wireLength = Math.max(packet.originalLength, packet.to - packet.from) - packet.fcsLength;
    const wireTo = packet.from + Math.max(0, wireLength);
    const frame = this.#frame;
    frame.bytes = packet.bytes;
    frame.from = packet.from;
    frame.to = Math.min(packet.to, wireTo);
    const etherType = layer.strip(frame);
    if (etherType !== IP4 && etherType !== IP6) return;
    const decode = etherType === IP4 ? decodeIp4 : decodeIp6;
    const ip = this.#ip;
    if (!decode(frame.bytes, frame.from, frame.to, wireTo, ip)) return;
    if (ip.isFragment) this.#fragment(packet, ip);
    else if (isUdp(ip.protocol)) this.#plain(packet, ip);
  }

  /** Call once, after the last packet. */
  end(): void {
    this.#reassembly.report(this.#problems);
  }

  #plain(packet: Packet, ip: IpHeader): void {
    const udp = this.#udp;
    if (!decodeUdp(packet.bytes, ip.from, ip.to, ip.wireTo, ip.protocol, udp)) return;
    const start = udp.payloadFrom - packet.from;
    const length = udp.payloadTo - udp.payloadFrom;
    const frame = ownFrame(packet, isDtls(packet.bytes, udp));
    this.#emit(packet, ip, frame, frame.subarray(start, start + length), [
      { packet: packet.number, from: 0, fileOffset: packet.fileOffset + start, length },
    ]);
  }

  #fragment(packet: Packet, ip: IpHeader): void {
    // An extension header may stand between the fragment header and UDP.
    if (!isUdp(ip.protocol) && !isExtension(ip.protocol)) return;
    const whole = this.#reassembly.add(this.#toFragment(packet, ip));
    if (!whole) return;
    ip.from = 0;
    ip.to = whole.bytes.length;
    ip.wireTo = whole.bytes.length + whole.missing;
    ip.isFragment = false;
    // The addresses still lie in the packet, so a routing header inside the joined bytes must not move them.
    const { destinationAt } = ip;
    const readable = skipExtensions(whole.bytes, ip);
    ip.destinationAt = destinationAt;
    if (!readable || ip.isFragment || !isUdp(ip.protocol)) return;
    const udp = this.#udp;
    if (!decodeUdp(whole.bytes, ip.from, ip.to, ip.wireTo, ip.protocol, udp)) return;
    const payload = whole.bytes.subarray(udp.payloadFrom, udp.payloadTo);
    const frame = ownFrame(packet, isDtls(whole.bytes, udp));
    this.#emit(packet, ip, frame, payload, payloadPieces(packet, whole.pieces, udp));
  }

  #toFragment(packet: Packet, ip: IpHeader): Fragment {
    const source = this.#addresses.text(packet.bytes, ip.sourceAt, ip.addressLength);
    const destination = this.#addresses.text(packet.bytes, ip.destinationAt, ip.addressLength);
    // Only IPv4 makes the protocol part of the name (RFC 791 §3.2, RFC 8200 §4.5).
    const protocol = ip.addressLength === 4 ? ip.protocol : 0;
    return {
      key: `${source} ${destination} ${protocol} ${ip.fragmentId}`,
      bytes: packet.bytes,
      from: ip.from,
      to: ip.to,
      wireLength: ip.wireTo - ip.from,
      offset: ip.fragmentOffset,
      more: ip.moreFragments,
      seconds: packet.clock.seconds(packet.timeHigh, packet.timeLow),
      packet: packet.number,
      fileOffset: packet.fileOffset + ip.from - packet.from,
      recordOffset: packet.recordOffset,
    };
  }

  #emit(packet: Packet, ip: IpHeader, frame: Uint8Array, payload: Uint8Array, pieces: Datagram['pieces']): void {
    const udp = this.#udp;
    const book = this.#addresses;
    this.udpDatagrams++;
    this.#sink.datagram({
      capture: this.#capture,
      packet: packet.number,
      timeNs: packet.clock.nanoseconds(packet.timeHigh, packet.timeLow),
      source: book.endpoint(packet.bytes, ip.sourceAt, ip.addressLength, udp.sourcePort),
      destination: book.endpoint(packet.bytes, ip.destinationAt, ip.addressLength, udp.destinationPort),
      payload,
      missing: udp.missing,
      pieces,
      frame,
      frameOffset: packet.fileOffset,
      comments: packet.comments,
      directed: true,
      carriers: NO_CARRIERS,
      tag: '',
    });
  }
}

/** A datagram with bytes of its own, to keep beyond `sink.datagram` (see `PacketDecoder`). */
export function keepDatagram(datagram: Datagram): Datagram {
  const frame = datagram.frame.slice();
  const inFrame = datagram.payload.buffer === datagram.frame.buffer;
  const start = datagram.payload.byteOffset - datagram.frame.byteOffset;
  const payload = inFrame ? frame.subarray(start, start + datagram.payload.length) : datagram.payload;
  return { ...datagram, frame, payload };
}

function isUdp(protocol: number): boolean {
  return protocol === UDP || protocol === UDP_LITE;
}

function isDtls(bytes: Uint8Array, udp: UdpHeader): boolean {
  return udp.payloadTo > udp.payloadFrom && firstByteKind(bytes[udp.payloadFrom] ?? 0) === 'dtls';
}

/** Copied where the datagram will be kept: a view would keep a whole chunk of the file in memory. */
function ownFrame(packet: Packet, copy: boolean): Uint8Array {
  return copy ? packet.bytes.slice(packet.from, packet.to) : packet.bytes.subarray(packet.from, packet.to);
}

/** The pieces of a datagram as pieces of its UDP payload. */
function payloadPieces(packet: Packet, pieces: readonly Piece[], udp: UdpHeader): Datagram['pieces'] {
  const inside: Piece[] = [];
  for (const piece of pieces) {
    const from = Math.max(piece.from, udp.payloadFrom);
    const to = Math.min(piece.from + piece.length, udp.payloadTo);
    const fileOffset = piece.fileOffset + from - piece.from;
    if (from < to) inside.push({ packet: piece.packet, from: from - udp.payloadFrom, fileOffset, length: to - from });
  }
  const [first, ...rest] = inside;
  return first ? [first, ...rest] : [{ packet: packet.number, from: 0, fileOffset: packet.fileOffset, length: 0 }];
}
