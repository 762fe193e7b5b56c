/** Hands on what the layers of a packet led to, in the shape that the carriers above UDP, TCP and SCTP take. */
import { AddressBook } from './address.ts';
import { uint8 } from './big-endian.ts';
import { Carriers } from './carriers.ts';
import type { CaptureSink, Datagram, Endpoint, Piece, PlainDatagram, Route } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { type Frame, NO_BYTES, NO_CARRIERS, NOWHERE } from './frame.ts';
import { type IpHeader, UDP } from './ip.ts';
import type { Packet } from './packet.ts';
import type { ProblemList } from './problems.ts';
import { Routes } from './routes.ts';
import { SCTP_PORT } from './sctp-over-udp.ts';
import type { SurroundingsCollector } from './surroundings.ts';
import { Timeline } from './timeline.ts';
import type { TransportHeader } from './transport.ts';

/** What the columns of a table of datagrams can hold. */
const LONGEST_PLAIN_FRAME = 0xffff;

type Plain = { -readonly [Key in keyof PlainDatagram]: PlainDatagram[Key] };

export class Delivery {
  udpDatagrams = 0;
  readonly addresses = new AddressBook();
  readonly #capture: number;
  readonly #carriers: Carriers;
  readonly #around: SurroundingsCollector;
  readonly #sink: CaptureSink;
  readonly #timeline = new Timeline();
  readonly #routes = new Routes(this.addresses);
  readonly #plain: Plain;
  #copied = { packet: 0, frame: NO_BYTES };
  /** Whose datagrams the carriers are looking into. */
  #packet: Packet | null = null;

  constructor(capture: number, sink: CaptureSink, problems: ProblemList, around: SurroundingsCollector) {
    this.#capture = capture;
    this.#sink = sink;
    this.#around = around;
    this.#plain = emptyPlain(capture);
    const found = { datagram: (datagram: Datagram) => this.#found(datagram) };
    this.#carriers = new Carriers(found, problems, (datagram, outermost) => around.datagram(datagram, outermost));
  }

  /** Call once, after the last packet. */
  end(): void {
    this.#carriers.end();
  }

  /** `protocol` is that of UDP or UDP-Lite. */
  udp(packet: Packet, frame: Frame, ip: IpHeader, header: TransportHeader, protocol: number): void {
    const { payloadFrom, payloadTo, missing } = header;
    const mayBeDtls = payloadTo > payloadFrom && firstByteKind(uint8(frame.bytes, payloadFrom)) === 'dtls';
    if (mayBeDtls && this.#sink.plain && isPlain(packet, frame, header)) {
      const route = this.#routes.find(ip, header.sourcePort, header.destinationPort, frame.carriers);
      const at = this.#timeline.at(packet);
      if (!Number.isNaN(at)) {
        if (protocol === UDP) this.#around.checksums.see(packet, frame, ip, header, route.source, route.destination);
        this.#asPlain(packet, frame, ip, header, route, at);
        return;
      }
    }
    const source = this.#endpoint(ip, ip.sourceAt, header.sourcePort);
    const destination = this.#endpoint(ip, ip.destinationAt, header.destinationPort);
    if (protocol === UDP && mayBeDtls) this.#around.checksums.see(packet, frame, ip, header, source, destination);
    const network = { ttl: ip.ttl, id: ip.identification, version: ip.addressLength === 4 ? 4 : 6 } as const;
    this.#datagram(packet, frame, payloadFrom, payloadTo, missing, source, destination, true, network);
  }

  #asPlain(packet: Packet, frame: Frame, ip: IpHeader, header: TransportHeader, route: Route, at: number): void {
    const plain = this.#plain;
    plain.packet = packet.number;
    plain.route = route;
    plain.at = at;
    plain.originNs = this.#timeline.originNs;
    plain.bytes = frame.bytes;
    plain.frameFrom = packet.from;
    plain.frameTo = packet.to;
    plain.frameOffset = packet.fileOffset;
    plain.payloadFrom = header.payloadFrom;
    plain.payloadTo = header.payloadTo;
    plain.missing = header.missing;
    plain.ttl = ip.ttl;
    plain.ipId = ip.identification;
    this.udpDatagrams++;
    this.#around.plain(plain);
    this.#sink.plain?.(plain);
  }

  /** What the carriers hand on: as numbers, where those suffice. */
  #found(datagram: Datagram): void {
    const { payload, frame, ip } = datagram;
    const packet = this.#packet;
    const route = this.#sink.plain && packet && isInFrame(datagram, packet) ? this.#routes.ofInner(datagram) : null;
    const at = route && packet ? this.#timeline.at(packet) : Number.NaN;
    if (!route || !ip || Number.isNaN(at)) {
      this.#sink.datagram(datagram);
      return;
    }
    const plain = this.#plain;
    plain.packet = datagram.packet;
    plain.route = route;
    plain.at = at;
    plain.originNs = this.#timeline.originNs;
    plain.bytes = frame;
    plain.frameFrom = 0;
    plain.frameTo = frame.length;
    plain.frameOffset = datagram.frameOffset;
    plain.payloadFrom = payload.byteOffset - frame.byteOffset;
    plain.payloadTo = plain.payloadFrom + payload.length;
    plain.missing = datagram.missing;
    plain.ttl = ip.ttl;
    plain.ipId = ip.id;
    this.#sink.plain?.(plain);
  }

  /** The rest of the frame is the payload. */
  payload(packet: Packet, frame: Frame): void {
    const { from, to, wireTo, source, destination } = frame;
    const directed = source !== NOWHERE || destination !== NOWHERE;
    this.#datagram(packet, frame, from, to, wireTo - to, source, destination, directed);
  }

  tcp(packet: Packet, frame: Frame, ip: IpHeader, header: TransportHeader): void {
    const { sequence, flags } = header;
    const segment = { ...this.#segment(packet, frame, ip, header), sequence, flags };
    this.#around.tcp.see(segment);
    this.#carriers.tcp(segment);
  }

  sctp(packet: Packet, frame: Frame, ip: IpHeader, header: TransportHeader): void {
    const { verificationTag } = header;
    this.#carriers.sctp({ ...this.#segment(packet, frame, ip, header), verificationTag });
  }

  #datagram(
    packet: Packet,
    frame: Frame,
    from: number,
    to: number,
    missing: number,
    source: Endpoint,
    destination: Endpoint,
    directed: boolean,
    ip?: NonNullable<Datagram['ip']>,
  ): void {
    const isDtls = to > from && firstByteKind(uint8(frame.bytes, from)) === 'dtls';
    const own = isDtls ? this.#ownFrame(packet) : frameView(packet);
    // Bytes that were joined or unpacked are a datagram's own anyway.
    const payload = frame.pieces ? frame.bytes.subarray(from, to) : own.subarray(from - packet.from, to - packet.from);
    this.udpDatagrams++;
    this.#packet = packet;
    this.#carriers.udp({
      capture: this.#capture,
      packet: packet.number,
      timeNs: packet.clock.nanoseconds(packet.timeHigh, packet.timeLow),
      source,
      destination,
      payload,
      missing,
      pieces: somePieces(packet, frame.piecesOf(packet.number, from, to)),
      frame: own,
      frameOffset: packet.fileOffset,
      comments: packet.comments,
      directed,
      carriers: frame.carriers,
      tag: '',
      ...(ip ? { ip } : {}),
    });
    this.#packet = null;
  }

  #segment(packet: Packet, frame: Frame, ip: IpHeader, header: TransportHeader) {
    const { payloadFrom, payloadTo, missing } = header;
    const [first] = frame.piecesOf(packet.number, payloadFrom, payloadTo);
    return {
      capture: this.#capture,
      packet: packet.number,
      timeNs: packet.clock.nanoseconds(packet.timeHigh, packet.timeLow),
      source: this.#endpoint(ip, ip.sourceAt, header.sourcePort),
      destination: this.#endpoint(ip, ip.destinationAt, header.destinationPort),
      payload: frame.bytes.subarray(payloadFrom, payloadTo),
      payloadOffset: first?.fileOffset ?? packet.fileOffset,
      missing,
      frame: frameView(packet),
      frameOffset: packet.fileOffset,
      comments: packet.comments,
      carriers: frame.carriers,
    };
  }

  /** A copy to keep: a view would hold a whole chunk of the file in memory. All datagrams of a packet share it. */
  #ownFrame(packet: Packet): Uint8Array {
    if (this.#copied.packet !== packet.number) {
      this.#copied = { packet: packet.number, frame: packet.bytes.slice(packet.from, packet.to) };
    }
    return this.#copied.frame;
  }

  #endpoint(ip: IpHeader, at: number, port: number): Endpoint {
    return this.addresses.endpoint(ip.bytes, at, ip.addressLength, port);
  }
}

function frameView(packet: Packet): Uint8Array {
  return packet.bytes.subarray(packet.from, packet.to);
}

/** An empty payload has a place too. */
function somePieces(packet: Packet, pieces: readonly Piece[]): Datagram['pieces'] {
  const [first, ...rest] = pieces;
  return first ? [first, ...rest] : [{ packet: packet.number, from: 0, fileOffset: packet.fileOffset, length: 0 }];
}

/** Nothing about it needs more words, and nothing else can be inside. */
function isPlain(packet: Packet, frame: Frame, { sourcePort, destinationPort }: TransportHeader): boolean {
  return (
    frame.pieces === null &&
    packet.comments.length === 0 &&
    packet.to - packet.from <= LONGEST_PLAIN_FRAME &&
    sourcePort !== SCTP_PORT &&
    destinationPort !== SCTP_PORT
  );
}

/** All of it that was captured lies in one piece in the frame of this packet, and by its first byte it may be DTLS. */
function isInFrame({ packet, payload, frame, frameOffset, pieces, comments }: Datagram, of: Packet): boolean {
  const [piece, ...others] = pieces;
  return (
    packet === of.number &&
    payload.length > 0 &&
    firstByteKind(uint8(payload, 0)) === 'dtls' &&
    payload.buffer === frame.buffer &&
    others.length === 0 &&
    piece.packet === packet &&
    piece.fileOffset - frameOffset === payload.byteOffset - frame.byteOffset &&
    frame.length <= LONGEST_PLAIN_FRAME &&
    comments.length === 0
  );
}

function emptyPlain(capture: number): Plain {
  return {
    capture,
    packet: 0,
    route: { index: 0, source: NOWHERE, destination: NOWHERE, ipVersion: 4, carriers: NO_CARRIERS, tag: '' },
    at: 0,
    originNs: 0n,
    bytes: NO_BYTES,
    frameFrom: 0,
    frameTo: 0,
    frameOffset: 0,
    payloadFrom: 0,
    payloadTo: 0,
    missing: 0,
    ttl: 0,
    ipId: null,
  };
}
