/** Hands on what the layers of a packet led to, in the shape that the carriers above UDP, TCP and SCTP take. */
import { AddressBook } from './address.ts';
import { uint8 } from './big-endian.ts';
import { Carriers } from './carriers.ts';
import type { CaptureSink, Datagram, Endpoint, Piece } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { type Frame, NO_BYTES, NOWHERE } from './frame.ts';
import { type IpHeader, UDP } from './ip.ts';
import type { Packet } from './packet.ts';
import type { ProblemList } from './problems.ts';
import type { SurroundingsCollector } from './surroundings.ts';
import type { TransportHeader } from './transport.ts';

export class Delivery {
  udpDatagrams = 0;
  readonly addresses = new AddressBook();
  readonly #capture: number;
  readonly #carriers: Carriers;
  readonly #around: SurroundingsCollector;
  #copied = { packet: 0, frame: NO_BYTES };

  constructor(capture: number, sink: CaptureSink, problems: ProblemList, around: SurroundingsCollector) {
    this.#capture = capture;
    this.#around = around;
    this.#carriers = new Carriers(sink, problems, (datagram, outermost) => around.datagram(datagram, outermost));
  }

  /** Call once, after the last packet. */
  end(): void {
    this.#carriers.end();
  }

  /** `protocol` is that of UDP or UDP-Lite. */
  udp(packet: Packet, frame: Frame, ip: IpHeader, header: TransportHeader, protocol: number): void {
    const source = this.#endpoint(ip, ip.sourceAt, header.sourcePort);
    const destination = this.#endpoint(ip, ip.destinationAt, header.destinationPort);
    const { payloadFrom, payloadTo, missing } = header;
    if (protocol === UDP && firstByteKind(uint8(frame.bytes, payloadFrom)) === 'dtls')
      this.#around.checksums.see(packet, frame, ip, header, source, destination);
    const network = { ttl: ip.ttl, id: ip.identification, version: ip.addressLength === 4 ? 4 : 6 } as const;
    this.#datagram(packet, frame, payloadFrom, payloadTo, missing, source, destination, true, network);
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
