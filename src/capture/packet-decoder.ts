/** The way of a captured packet through its layers to the datagrams inside. */
import type { CaptureSink } from './datagram.ts';
import { Delivery } from './delivery.ts';
import { ETHER_TYPES } from './ether-types.ts';
import { type Fragment, Reassembly } from './fragments.ts';
import {
  AGGREGATE,
  Frame,
  IP4,
  IP6,
  type Layer,
  type LayerKind,
  LINK,
  LOWPAN,
  NOTHING,
  PAYLOAD,
  SEALED,
} from './frame.ts';
import { decodeIcmp, ICMP4, ICMP6 } from './icmp.ts';
import { decodeIp4, decodeIp6, IpHeader, isExtension, SCTP, skipExtensions, TCP, UDP, UDP_LITE } from './ip.ts';
import { IP_PROTOCOLS } from './ip-protocols.ts';
import { LINK_LAYERS } from './link.ts';
import { emptyPacket, type Packet } from './packet.ts';
import type { ProblemList } from './problems.ts';
import { Lowpan } from './sixlowpan.ts';
import { snap } from './snap.ts';
import { type CaptureSurroundings, SurroundingsCollector } from './surroundings.ts';
import { decodeSctp, decodeTcp, decodeUdp, TransportHeader } from './transport.ts';
import { UDP_TUNNELS } from './udp-tunnels.ts';
import { FIRST_USER_LINK, LAST_USER_LINK } from './user-link.ts';
import { nextOfAggregate } from './wlan.ts';

/** What `#network` says of a fragment that waits for others. */
const HELD = 'held';
/** More headers than any network stacks, VLAN tags and labels aside. */
const MOST_LAYERS = 24;
/** Datagrams in datagrams and frames in aggregates. */
const MOST_NESTED = 16;

/** What is read at one depth of nesting; kept, because the outer datagram counts if there is nothing inside. */
class Level {
  readonly frame = new Frame();
  readonly ip = new IpHeader();
  readonly transport = new TransportHeader();
}

/**
 * Walks through the layers of packets to the datagrams inside, by the tables of `link.ts`, `ether-types.ts`,
 * `ip-protocols.ts` and `udp-tunnels.ts`.
 *
 * Who keeps a datagram: if the first byte of the payload is in the DTLS range (20 to 63), `frame` and `payload` are
 * the datagram's own bytes. Otherwise they point into a chunk of the file and hold only during `sink.datagram`;
 * `keepDatagram` makes a copy that may be kept. (A payload joined from fragments is always its own.)
 */
export class PacketDecoder {
  readonly #problems: ProblemList;
  readonly #delivery: Delivery;
  readonly #around = new SurroundingsCollector();
  readonly #reassembly: Reassembly;
  readonly #lowpan: Lowpan;
  readonly #levels = Array.from({ length: MOST_NESTED }, () => new Level());
  #packet = emptyPacket();

  constructor(capture: number, sink: CaptureSink, problems: ProblemList) {
    this.#problems = problems;
    this.#delivery = new Delivery(capture, sink, problems, this.#around);
    this.#reassembly = new Reassembly((datagram) => this.#around.incompleteIp(datagram));
    this.#lowpan = new Lowpan(problems, (datagram) => this.#around.incompleteLowpan(datagram));
  }

  /** Those inside all tunnels. */
  get udpDatagrams(): number {
    return this.#delivery.udpDatagrams;
  }

  get ipFragmentsReassembled(): number {
    return this.#reassembly.finishedCount;
  }

  /** What was found beside datagrams; complete after `end`. */
  surroundings(): CaptureSurroundings {
    return this.#around.result();
  }

  packet(packet: Packet): void {
    const [outermost] = this.#levels;
    if (!outermost) return;
    this.#around.packet(packet);
    const { frame } = outermost;
    // Never shorter than what was captured, whatever the record says.
    const wireLength = Math.max(packet.originalLength, packet.to - packet.from) - packet.fcsLength;
    frame.begin(packet.bytes, packet.from, packet.to, packet.from + Math.max(0, wireLength), packet.fileOffset);
    this.#packet = packet;
    const found = this.#walk(LINK + packet.linkType, 0);
    if (!found && isUserLink(packet.linkType)) {
      this.#once(`user link ${packet.linkType}`, (n) => `Packet ${n} is neither IP nor DTLS and was skipped.`);
    }
  }

  /** Call once, after the last packet. */
  end(): void {
    this.#reassembly.report(this.#problems);
    this.#lowpan.end();
    this.#delivery.end();
  }

  /** False if this is nothing of ours; true for what was handed on, for fragments and for what else IP and 6LoWPAN carry. */
  #walk(start: LayerKind, depth: number): boolean {
    const level = this.#levels[depth];
    if (!level) return false;
    const { frame } = level;
    let kind = start;
    for (let count = 0; count < MOST_LAYERS; count++) {
      let layer: Layer | undefined;
      if (kind === IP4 || kind === IP6) {
        const protocol = this.#network(kind, level);
        if (protocol === null) return false;
        if (protocol === HELD) return true;
        layer = IP_PROTOCOLS.get(protocol);
        if (!layer) return this.#transport(protocol, level, depth);
      } else if (kind === PAYLOAD) {
        this.#delivery.payload(this.#packet, frame);
        return true;
      } else if (kind === AGGREGATE) {
        return this.#aggregate(frame, depth);
      } else if (kind === LOWPAN) {
        frame.enter('6LoWPAN');
        kind = this.#lowpan.unpack(frame, this.#packet);
        if (kind === NOTHING) return true;
        continue;
      } else {
        layer = kind >= LINK ? LINK_LAYERS.get(kind - LINK) : ETHER_TYPES.get(kind);
        if (!layer) {
          if (kind >= LINK) this.#unknownLink(kind - LINK);
          return false;
        }
      }
      if (layer.carrier) frame.enter(layer.name);
      kind = layer.strip(frame);
      if (kind === SEALED) this.#sealed(layer.name);
    }
    return false;
  }

  /** Moves past the IP header and joins fragments. The protocol of what follows; null if this is no IP packet. */
  #network(kind: LayerKind, { frame, ip }: Level): number | typeof HELD | null {
    const decode = kind === IP4 ? decodeIp4 : decodeIp6;
    if (!decode(frame.bytes, frame.from, frame.to, frame.wireTo, ip)) return null;
    frame.from = ip.from;
    frame.to = ip.to;
    frame.wireTo = ip.wireTo;
    if (ip.isFragment) {
      // An extension header may stand between the fragment header and the rest.
      if (!isExtension(ip.protocol) && !isCarried(ip.protocol)) return HELD;
      const whole = this.#reassembly.add(this.#toFragment(frame, ip));
      if (!whole) return HELD;
      frame.become(whole.bytes, whole.missing, whole.pieces);
      ip.from = 0;
      ip.to = frame.to;
      ip.wireTo = frame.wireTo;
      ip.isFragment = false;
      // The addresses still lie in the packet, so a routing header inside the joined bytes must not move them.
      const { destinationAt } = ip;
      const readable = skipExtensions(whole.bytes, ip);
      ip.destinationAt = destinationAt;
      if (!readable || ip.isFragment) return HELD;
      frame.from = ip.from;
    }
    if (ip.authenticated) frame.enter('AH');
    return ip.protocol;
  }

  #toFragment(frame: Frame, ip: IpHeader): Fragment {
    const packet = this.#packet;
    const { addresses } = this.#delivery;
    const source = addresses.text(ip.bytes, ip.sourceAt, ip.addressLength);
    const destination = addresses.text(ip.bytes, ip.destinationAt, ip.addressLength);
    // Only IPv4 makes the protocol part of the name (RFC 791 §3.2, RFC 8200 §4.5).
    const protocol = ip.addressLength === 4 ? ip.protocol : 0;
    return {
      key: `${source} ${destination} ${protocol} ${ip.fragmentId}`,
      bytes: frame.bytes,
      from: ip.from,
      to: ip.to,
      wireLength: ip.wireTo - ip.from,
      offset: ip.fragmentOffset,
      more: ip.moreFragments,
      seconds: packet.clock.seconds(packet.timeHigh, packet.timeLow),
      timeNs: packet.clock.nanoseconds(packet.timeHigh, packet.timeLow),
      packet: packet.number,
      header: { source, destination, protocol: ip.protocol },
      pieces: frame.piecesOf(packet.number, ip.from, ip.to),
      recordOffset: packet.recordOffset,
    };
  }

  /** True for any protocol: an IP header was there. */
  #transport(protocol: number, { frame, ip, transport }: Level, depth: number): boolean {
    const packet = this.#packet;
    if (protocol === UDP || protocol === UDP_LITE) {
      if (!decodeUdp(frame, protocol, transport)) return true;
      if (!this.#tunnel(frame, transport, depth)) this.#delivery.udp(packet, frame, ip, transport, protocol);
    } else if (protocol === TCP) {
      if (decodeTcp(frame, transport)) this.#delivery.tcp(packet, frame, ip, transport);
    } else if (protocol === SCTP) {
      if (decodeSctp(frame, transport)) this.#delivery.sctp(packet, frame, ip, transport);
    } else if (protocol === (ip.addressLength === 4 ? ICMP4 : ICMP6)) {
      this.#icmp(frame, ip);
    }
    return true;
  }

  #icmp(frame: Frame, ip: IpHeader): void {
    const quote = decodeIcmp(frame, ip.addressLength === 4 ? 4 : 6);
    if (!quote) return;
    const from = this.#delivery.addresses.text(ip.bytes, ip.sourceAt, ip.addressLength);
    this.#around.icmp(quote, from, this.#packet);
  }

  /** Whether there was something inside the datagram. */
  #tunnel(frame: Frame, transport: TransportHeader, depth: number): boolean {
    const layer = UDP_TUNNELS.get(transport.destinationPort) ?? UDP_TUNNELS.get(transport.sourcePort);
    const inner = this.#levels[depth + 1]?.frame;
    if (!layer || !inner) return false;
    inner.copy(frame);
    inner.from = transport.payloadFrom;
    inner.endAt(transport.payloadTo + transport.missing);
    if (layer.carrier) inner.enter(layer.name);
    return this.#walk(layer.strip(inner), depth + 1);
  }

  #aggregate(frame: Frame, depth: number): boolean {
    const inner = this.#levels[depth + 1]?.frame;
    let found = false;
    while (inner && nextOfAggregate(frame, inner)) {
      if (this.#walk(snap(inner), depth + 1)) found = true;
    }
    return found;
  }

  #unknownLink(linkType: number): void {
    this.#once(
      `link type ${linkType}`,
      (n) => `Packets of link type ${linkType} cannot be read (the first is packet ${n}).`,
    );
  }

  #sealed(name: string): void {
    const sentence = (n: number) => `Frames that ${name} encrypts cannot be read (the first is packet ${n}).`;
    this.#once(`encrypted ${name}`, sentence);
  }

  #once(topic: string, sentence: (packet: number) => string): void {
    const { number, recordOffset } = this.#packet;
    this.#problems.once(topic, number, recordOffset, sentence(number));
  }
}

/** Whether a datagram may be inside. */
function isCarried(protocol: number): boolean {
  return (
    protocol === UDP || protocol === UDP_LITE || protocol === TCP || protocol === SCTP || IP_PROTOCOLS.has(protocol)
  );
}

function isUserLink(linkType: number): boolean {
  return linkType >= FIRST_USER_LINK && linkType <= LAST_USER_LINK;
}
