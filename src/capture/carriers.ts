/**
 * Finds the datagrams that other protocols carry inside UDP, TCP and SCTP, by content and never by port alone, and
 * passes them on with what carried them. A carrier inside a carrier is opened too.
 */

import { uint8, uint16 } from './big-endian.ts';
import { CAPWAP_PREAMBLE, insideCapwap } from './capwap.ts';
import type { Datagram, Endpoint, Piece } from './datagram.ts';
import { completedBy } from './deframer.ts';
import { firstByteKind } from './demultiplex.ts';
import { dtlsShape } from './dtls-shape.ts';
import { type Inside, innerDatagram } from './inner-datagram.ts';
import type { ProblemList } from './problems.ts';
import { insideProxyProtocol, insideSimpleProxyProtocol } from './proxy-protocol.ts';
import { SctpAssociations } from './sctp.ts';
import { sctpOverUdp } from './sctp-over-udp.ts';
import { SocksRelays } from './socks.ts';
import { isStun } from './stun.ts';
import { TcpConnections } from './tcp-connections.ts';
import { type Transport, TurnChannels } from './turn.ts';

/** One TCP segment as it was captured. The bytes hold only during the call. */
export interface TcpSegment {
  readonly capture: number;
  readonly packet: number;
  readonly timeNs: bigint;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly sequence: number;
  /** The low byte of the flags field: FIN 1, SYN 2, RST 4 … (RFC 9293 §3.1). */
  readonly flags: number;
  readonly payload: Uint8Array;
  /** Where in the file `payload` starts. */
  readonly payloadOffset: number;
  /** Where the payload lies if not in one piece: IP fragments were joined. */
  readonly pieces?: readonly [Piece, ...Piece[]];
  /** Payload bytes that were on the wire but not in the file (snaplen). */
  readonly missing: number;
  readonly frame: Uint8Array;
  readonly frameOffset: number;
  readonly comments: readonly string[];
  readonly carriers: readonly string[];
}

/** One SCTP packet; its payload are the chunks after the 12-byte common header (RFC 9260 §3). */
export interface SctpPacket extends Omit<TcpSegment, 'sequence' | 'flags'> {
  readonly verificationTag: number;
}

/** Told of every datagram, of those inside too, and what carried it; the bytes hold only during the call. */
export type Observer = (datagram: Datagram, outermost: Datagram | null) => void;

/** Carriers inside carriers that are opened. */
const DEEPEST = 4;

/**
 * Datagrams go to the sink as they were found: those that carry nothing as they came, those that carry something as
 * what is inside them, with bytes of their own. See `PacketDecoder` for who keeps which bytes.
 */
export class Carriers {
  readonly #deliver: (datagram: Datagram) => void;
  readonly #observe: Observer;
  readonly #turn = new TurnChannels();
  readonly #socks = new SocksRelays();
  readonly #tcp: TcpConnections;
  readonly #sctp: SctpAssociations;

  constructor(sink: { datagram(d: Datagram): void }, problems: ProblemList, observe: Observer = () => {}) {
    this.#deliver = (datagram) => sink.datagram(datagram);
    this.#observe = observe;
    this.#tcp = new TcpConnections((frame, arrivals) => {
      // What is inside a frame may lie in fewer packets than the frame.
      const deliver = (found: Datagram) => sink.datagram({ ...found, ...completedBy(found.pieces, arrivals) });
      this.#open(frame, 'tcp', deliver, null, 0);
    }, problems);
    this.#sctp = new SctpAssociations(this.#deliver, problems);
  }

  udp(datagram: Datagram): void {
    if (!this.#open(datagram, 'udp', this.#deliver, null, 0)) this.#deliver(datagram);
  }

  tcp(segment: TcpSegment): void {
    this.#tcp.add(segment);
  }

  sctp(packet: SctpPacket): void {
    this.#sctp.add(packet);
  }

  /** Call once, after the last packet: what still waited for bytes is told as far as it goes. */
  end(): void {
    this.#tcp.end();
  }

  /** Passes on what is DTLS, or has DTLS inside; true if so. */
  #open(
    datagram: Datagram,
    transport: Transport,
    deliver: (found: Datagram) => void,
    outermost: Datagram | null,
    depth: number,
  ): boolean {
    const { payload } = datagram;
    this.#observe(datagram, outermost);
    if (payload.length === 0) return false;
    const dtls = firstByteKind(uint8(payload, 0)) === 'dtls';
    const sctp = sctpOverUdp(datagram);
    // The first byte of an SCTP packet is half a port number and can be anything.
    if (sctp && !(dtls && dtlsShape(payload, 0, payload.length, datagram.missing))) {
      this.#sctp.add(sctp);
      return true;
    }
    if (dtls) {
      deliver(datagram);
      return true;
    }
    const inside = depth < DEEPEST ? this.#inside(datagram, transport) : null;
    if (!inside || inside.from >= payload.length) return false;
    return this.#open(innerDatagram(datagram, inside), transport, deliver, outermost ?? datagram, depth + 1);
  }

  #inside(datagram: Datagram, transport: Transport): Inside | null {
    const { payload } = datagram;
    const first = uint8(payload, 0);
    if (isStun(payload, 0, payload.length)) return this.#turn.insideStun(datagram, transport);
    if (first >= 64 && first <= 79) return this.#turn.insideChannelData(datagram, transport);
    if (first === CAPWAP_PREAMBLE) return insideCapwap(datagram);
    if (first === 0x00 && uint16(payload, 0) === 0) return this.#socks.inside(datagram);
    return insideProxyProtocol(datagram) ?? insideSimpleProxyProtocol(datagram);
  }
}
