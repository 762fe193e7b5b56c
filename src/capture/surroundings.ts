/**
 * What a capture holds beside DTLS and what may explain it: other traffic between the same endpoints, ICMP errors,
 * lost IP fragments, damage, and how good the capture itself is. Numbers, times and addresses, never payloads; bounded.
 */

import { ip6Text } from './address.ts';
import { uint16 } from './big-endian.ts';
import type { Datagram, PlainDatagram } from './datagram.ts';
import type { Incomplete } from './fragments.ts';
import type { IcmpQuote } from './icmp.ts';
import { decodeIp6, IpHeader, UDP, UDP_LITE } from './ip.ts';
import { NO_CLOCK, type Packet } from './packet.ts';
import { TcpTable, type TcpTraffic } from './tcp-traffic.ts';
import { ChecksumTable, type DamagedDatagram } from './udp-checksum.ts';
import { UdpTable, type UdpTraffic } from './udp-traffic.ts';

export interface CaptureSurroundings {
  readonly udp: readonly UdpTraffic[];
  readonly tcp: readonly TcpTraffic[];
  /** The first of them. */
  readonly incomplete: readonly IncompleteDatagram[];
  readonly incompleteCount: number;
  /** Of those that may be DTLS. */
  readonly damaged: readonly DamagedDatagram[];
  /** Packets that the snaplen cut. */
  readonly cutPackets: number;
  readonly clockSteps: ClockSteps;
  /** Conversations of which nothing was kept, because there are too many. */
  readonly forgotten: { readonly udp: number; readonly tcp: number };
}

/** Packets that are older than the one before them in the file, by more than a millisecond. */
export interface ClockSteps {
  readonly count: number;
  readonly largestNs: bigint;
  /** The first such packet; null where there is none. */
  readonly firstPacket: number | null;
}

/** An IP or 6LoWPAN datagram of which fragments are missing. */
export interface IncompleteDatagram {
  readonly layer: 'IP' | '6LoWPAN';
  /** Of the fragment that was captured first. */
  readonly timeNs: bigint;
  readonly packet: number;
  /** Those that were captured, some of them. */
  readonly packets: readonly number[];
  /** Null where only the first fragment of a 6LoWPAN datagram tells it, and is missing. */
  readonly source: string | null;
  readonly destination: string | null;
  readonly protocol: number | null;
  /** Null without the first fragment, and for protocols without ports. */
  readonly ports: { readonly source: number; readonly destination: number } | null;
  readonly hasFirst: boolean;
  readonly bytesHeld: number;
  /** Of the whole; null where the last fragment is missing. */
  readonly length: number | null;
}

/** Nothing but datagrams, such as a trace that was never a capture has it. */
export const NOTHING_AROUND: CaptureSurroundings = {
  udp: [],
  tcp: [],
  incomplete: [],
  incompleteCount: 0,
  damaged: [],
  cutPackets: 0,
  clockSteps: { count: 0, largestNs: 0n, firstPacket: null },
  forgotten: { udp: 0, tcp: 0 },
};

const MOST_INCOMPLETE = 1024;
const STEP_NS = 1_000_000n;

export class SurroundingsCollector {
  readonly tcp = new TcpTable();
  readonly checksums = new ChecksumTable();
  readonly #udp = new UdpTable();
  readonly #incomplete: IncompleteDatagram[] = [];
  #incompleteCount = 0;
  #cutPackets = 0;
  #clock = NO_CLOCK;
  #timeHigh = 0;
  #timeLow = 0;
  #steps = { count: 0, largestNs: 0n, firstPacket: null as number | null };

  /** Every packet of the file. */
  packet({ clock, timeHigh, timeLow, originalLength, from, to, number }: Packet): void {
    if (originalLength > to - from) this.#cutPackets++;
    if (clock === NO_CLOCK) return;
    // Words of one clock compare as they are, and clocks rarely change: mostly no large number is made.
    const older = timeHigh < this.#timeHigh || (timeHigh === this.#timeHigh && timeLow < this.#timeLow);
    if (this.#clock !== NO_CLOCK && (older || clock !== this.#clock)) {
      const back = this.#clock.nanoseconds(this.#timeHigh, this.#timeLow) - clock.nanoseconds(timeHigh, timeLow);
      if (back > STEP_NS) this.#stepped(back, number);
    }
    this.#clock = clock;
    this.#timeHigh = timeHigh;
    this.#timeLow = timeLow;
  }

  datagram(datagram: Datagram, outermost: Datagram | null): void {
    if (datagram.directed) this.#udp.see(datagram, outermost);
  }

  plain(datagram: PlainDatagram): void {
    this.#udp.seePlain(datagram);
  }

  icmp(quote: IcmpQuote, from: string, packet: Packet): void {
    const timeNs = packet.clock.nanoseconds(packet.timeHigh, packet.timeLow);
    this.#udp.icmp({ ...quote, from, timeNs, packet: packet.number });
  }

  incompleteIp(datagram: Incomplete): void {
    const { header, start } = datagram;
    this.#add('IP', datagram, header, portsOf(header?.protocol ?? null, start, 0));
  }

  /** The first fragment holds the whole IPv6 header. */
  incompleteLowpan(datagram: Incomplete): void {
    const { start } = datagram;
    const ip = new IpHeader();
    if (!decodeIp6(start, 0, start.length, Number.MAX_SAFE_INTEGER, ip)) {
      this.#add('6LoWPAN', datagram, null, null);
      return;
    }
    const [source, destination] = [ip6Text(start, ip.sourceAt), ip6Text(start, ip.destinationAt)];
    const header = { source, destination, protocol: ip.protocol };
    this.#add('6LoWPAN', datagram, header, portsOf(ip.protocol, start, ip.from));
  }

  result(): CaptureSurroundings {
    return {
      udp: this.#udp.result(),
      tcp: this.tcp.result(),
      incomplete: this.#incomplete,
      incompleteCount: this.#incompleteCount,
      damaged: this.checksums.result(),
      cutPackets: this.#cutPackets,
      clockSteps: this.#steps,
      forgotten: { udp: this.#udp.forgotten, tcp: this.tcp.forgotten },
    };
  }

  #stepped(back: bigint, packet: number): void {
    const { count, largestNs, firstPacket } = this.#steps;
    this.#steps = {
      count: count + 1,
      largestNs: back > largestNs ? back : largestNs,
      firstPacket: firstPacket ?? packet,
    };
  }

  #add(
    layer: IncompleteDatagram['layer'],
    { timeNs, packet, packets, start, bytesHeld, length }: Incomplete,
    header: Incomplete['header'],
    ports: IncompleteDatagram['ports'],
  ): void {
    if (this.#incompleteCount++ >= MOST_INCOMPLETE) return;
    const { source = null, destination = null, protocol = null } = header ?? {};
    const hasFirst = start.length > 0;
    const about = { source, destination, protocol, ports, hasFirst };
    this.#incomplete.push({ layer, timeNs, packet, packets, ...about, bytesHeld, length });
  }
}

function portsOf(protocol: number | null, bytes: Uint8Array, at: number): IncompleteDatagram['ports'] {
  if ((protocol !== UDP && protocol !== UDP_LITE) || bytes.length < at + 4) return null;
  return { source: uint16(bytes, at), destination: uint16(bytes, at + 2) };
}
