/** Classic pcap files (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds, "modified" records. */
import { uint16In, uint32, uint32In } from './big-endian.ts';
import { ByteQueue } from './byte-queue.ts';
import { type CaptureTimes, type Container, type ContainerSink, LARGEST_PACKET, TimeSpan } from './container.ts';
import { type Clock, emptyPacket } from './packet.ts';

interface Variant {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  /** 24 where Kuznetzov's patch added interface, protocol and packet type. */
  readonly recordHeader: 16 | 24;
}

/** By the first four bytes of the file, read as big-endian. */
const VARIANTS: ReadonlyMap<number, Variant> = new Map([
  [0xa1b2c3d4, { littleEndian: false, nanoseconds: false, recordHeader: 16 }],
  [0xd4c3b2a1, { littleEndian: true, nanoseconds: false, recordHeader: 16 }],
  [0xa1b23c4d, { littleEndian: false, nanoseconds: true, recordHeader: 16 }],
  [0x4d3cb2a1, { littleEndian: true, nanoseconds: true, recordHeader: 16 }],
  [0xa1b2cd34, { littleEndian: false, nanoseconds: false, recordHeader: 24 }],
  [0x34cdb2a1, { littleEndian: true, nanoseconds: false, recordHeader: 24 }],
]);

const FILE_HEADER = 24;
const MICROSECONDS: Clock = {
  nanoseconds: (s, us) => toNs(s, us, 1000n),
  since: (s, us, baseS, baseUs) => (s - baseS) * 1e9 + (us - baseUs) * 1e3,
  seconds: (s) => s,
  digits: 6,
};
const NANOSECONDS: Clock = {
  nanoseconds: (s, ns) => toNs(s, ns, 1n),
  since: (s, ns, baseS, baseNs) => (s - baseS) * 1e9 + (ns - baseNs),
  seconds: (s) => s,
  digits: 9,
};

export function isPcap(head: Uint8Array): boolean {
  return head.length >= 4 && VARIANTS.has(uint32(head, 0));
}

export class PcapReader implements Container {
  readonly format = 'pcap';
  readonly linkTypes = new Set<number>();
  packets = 0;
  stopped = false;
  readonly #sink: ContainerSink;
  readonly #queue = new ByteQueue();
  readonly #packet = emptyPacket();
  #variant: Variant | null = null;
  #times = new TimeSpan(MICROSECONDS);

  constructor(sink: ContainerSink) {
    this.#sink = sink;
  }

  feed(chunk: Uint8Array): void {
    if (this.stopped) return;
    this.#queue.push(chunk);
    const variant = this.#variant ?? this.#header();
    if (!variant) return;
    while (this.#record(variant));
  }

  end(): void {
    const { remaining, offset } = this.#queue;
    if (this.stopped) return;
    if (!this.#variant) this.#sink.problems.add(null, 0, 'The file ends inside its own header.');
    else if (remaining > 0) {
      const number = this.packets + 1;
      this.#sink.problems.add(number, offset, `The file ends inside packet ${number}.`);
    }
  }

  times(): CaptureTimes {
    return TimeSpan.join([this.#times]);
  }

  #header(): Variant | null {
    const queue = this.#queue;
    if (!queue.has(FILE_HEADER)) return null;
    const { bytes, at } = queue;
    const variant = VARIANTS.get(uint32(bytes, at));
    if (!variant) {
      this.stopped = true;
      this.#sink.problems.add(null, 0, 'The file does not begin like a pcap file.');
      return null;
    }
    const major = uint16In(bytes, at + 4, variant.littleEndian);
    if (major !== 2) {
      this.#sink.problems.add(null, 4, `The file has pcap version ${major}; it was read like version 2.`);
    }
    const network = uint32In(bytes, at + 20, variant.littleEndian);
    this.linkTypes.add(network & 0xffff);
    this.#packet.linkType = network & 0xffff;
    const snapLength = uint32In(bytes, at + 16, variant.littleEndian);
    // Bit 26 says that the top four bits count the FCS in 16-bit words.
    this.#packet.fcsLength = network & 0x04000000 ? (network >>> 28) * 2 : 0;
    this.#packet.clock = variant.nanoseconds ? NANOSECONDS : MICROSECONDS;
    this.#packet.port = {
      linkType: network & 0xffff,
      snapLength,
      fcsLength: this.#packet.fcsLength,
      resolution: this.#packet.clock.digits,
      offsetSeconds: 0n,
      name: null,
      description: null,
    };
    this.#times = new TimeSpan(this.#packet.clock);
    queue.at += FILE_HEADER;
    this.#variant = variant;
    return variant;
  }

  /** Hands on the next packet; false if it is not complete yet. */
  #record({ littleEndian, recordHeader }: Variant): boolean {
    const queue = this.#queue;
    if (!queue.has(recordHeader)) return false;
    const length = uint32In(queue.bytes, queue.at + 8, littleEndian);
    if (length > LARGEST_PACKET) {
      this.stopped = true;
      const number = this.packets + 1;
      const what = `Packet ${number} claims to be ${length} bytes long: the file is damaged from there on.`;
      this.#sink.problems.add(number, queue.offset, what);
      return false;
    }
    if (!queue.has(recordHeader + length)) return false;
    const { bytes, at, offset } = queue;
    const packet = this.#packet;
    packet.number = ++this.packets;
    packet.recordOffset = offset;
    packet.timeHigh = uint32In(bytes, at, littleEndian);
    packet.timeLow = uint32In(bytes, at + 4, littleEndian);
    packet.originalLength = uint32In(bytes, at + 12, littleEndian);
    packet.bytes = bytes;
    packet.from = at + recordHeader;
    packet.to = packet.from + length;
    packet.fileOffset = offset + recordHeader;
    this.#times.see(packet.timeHigh, packet.timeLow);
    queue.at += recordHeader + length;
    this.#sink.packet(packet);
    return true;
  }
}

function toNs(seconds: number, fraction: number, unit: bigint): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * unit;
}
