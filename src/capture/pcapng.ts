/**
 * pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces with their own link type and
 * clock, packets, packet comments and embedded key logs. Blocks that carry none of these are skipped.
 */
import { hexNumber } from '../wire/text.ts';
import { uint16In, uint32, uint32In } from './big-endian.ts';
import { ByteQueue } from './byte-queue.ts';
import { type CaptureTimes, type Container, type ContainerSink, LARGEST_PACKET, TimeSpan } from './container.ts';
import { emptyPacket, NO_COMMENTS, type Packet } from './packet.ts';
import { decodeInterface, eachOption, type Interface, optionText } from './pcapng-interface.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c2b1a;
/** Room for the largest packet and for long lists of names and secrets. */
const LARGEST_BLOCK = 4 * LARGEST_PACKET;
const TLS_KEY_LOG = 0x544c534b;
/** In all sections together; a capture on every interface of a big router has hundreds. */
const MOST_INTERFACES = 16_384;
const MOST_COMMENTS = 100;
/** Of secrets in all blocks together, and how many such blocks. */
const MOST_SECRETS = { bytes: 64 * 1024 * 1024, blocks: 10_000 };

const BLOCK = { interface: 1, packet: 2, simplePacket: 3, enhancedPacket: 6, decryptionSecrets: 10 } as const;

export function isPcapng(head: Uint8Array): boolean {
  if (head.length < 12 || uint32(head, 0) !== SECTION_HEADER) return false;
  const magic = uint32(head, 8);
  return magic === BYTE_ORDER_MAGIC || magic === BYTE_ORDER_MAGIC_SWAPPED;
}

export class PcapngReader implements Container {
  readonly format = 'pcapng';
  readonly linkTypes = new Set<number>();
  packets = 0;
  stopped = false;
  readonly #name: string;
  readonly #sink: ContainerSink;
  readonly #queue = new ByteQueue();
  readonly #packet = emptyPacket();
  readonly #spans: TimeSpan[] = [];
  #interfaces: Interface[] = [];
  #littleEndian = true;
  #block = 0;
  readonly #secretsRead = { bytes: 0, blocks: 0 };

  /** `name` is the file's, for sentences. */
  constructor(name: string, sink: ContainerSink) {
    this.#name = name;
    this.#sink = sink;
  }

  feed(chunk: Uint8Array): void {
    if (this.stopped) return;
    this.#queue.push(chunk);
    while (this.#next());
  }

  end(): void {
    if (this.stopped || this.#queue.remaining === 0) return;
    const queue = this.#queue;
    const type = queue.has(4) ? uint32In(queue.bytes, queue.at, this.#littleEndian) : 0;
    const number = isPacket(type) ? this.packets + 1 : null;
    const where = number === null ? `block ${this.#block + 1}` : `packet ${number}`;
    this.#sink.problems.add(number, queue.offset, `The file ends inside ${where}.`);
  }

  times(): CaptureTimes {
    return TimeSpan.join(this.#spans);
  }

  /** Reads the next block; false if it is not complete yet or nothing more can be read. */
  #next(): boolean {
    const queue = this.#queue;
    if (!queue.has(12)) return false;
    const section = uint32(queue.bytes, queue.at) === SECTION_HEADER;
    if (section && !this.#byteOrder()) return false;
    const type = uint32In(queue.bytes, queue.at, this.#littleEndian);
    const length = uint32In(queue.bytes, queue.at + 4, this.#littleEndian);
    if (length < (section ? 28 : 12) || length % 4 !== 0 || length > LARGEST_BLOCK) {
      return this.#stop(`has the impossible length ${length}`);
    }
    if (!queue.has(length)) return false;
    const { bytes, at, offset } = queue;
    this.#block++;
    if (uint32In(bytes, at + length - 4, this.#littleEndian) !== length) {
      this.#sink.problems.add(null, offset, `Block ${this.#block} does not end with the length it begins with.`);
    }
    queue.at += length;
    if (section) return this.#section(bytes, at, offset);
    this.#body(type, bytes, at + 8, at + length - 4, offset);
    return true;
  }

  #stop(what: string): boolean {
    this.stopped = true;
    const message = `Block ${this.#block + 1} ${what}: the file is damaged from there on.`;
    this.#sink.problems.add(null, this.#queue.offset, message);
    return false;
  }

  #byteOrder(): boolean {
    const magic = uint32(this.#queue.bytes, this.#queue.at + 8);
    if (magic !== BYTE_ORDER_MAGIC && magic !== BYTE_ORDER_MAGIC_SWAPPED) return this.#stop('has no byte order');
    this.#littleEndian = magic === BYTE_ORDER_MAGIC_SWAPPED;
    return true;
  }

  #section(bytes: Uint8Array, at: number, offset: number): boolean {
    const major = uint16In(bytes, at + 12, this.#littleEndian);
    this.#interfaces = [];
    if (major === 1) return true;
    this.stopped = true;
    this.#sink.problems.add(null, offset, `The section has pcapng version ${major}, and only version 1 is known.`);
    return false;
  }

  #body(type: number, bytes: Uint8Array, from: number, to: number, offset: number): void {
    const first = uint32In(bytes, from, this.#littleEndian);
    if (type === BLOCK.interface && to - from >= 8) this.#interface(bytes, from, to, offset);
    else if (type === BLOCK.enhancedPacket) this.#enhanced(bytes, from, to, offset, first);
    else if (type === BLOCK.simplePacket) this.#simple(bytes, from, to, offset);
    else if (type === BLOCK.decryptionSecrets) this.#secrets(bytes, from, to, offset);
    else if (type === BLOCK.packet) {
      // The obsolete kind is like the enhanced one, but half of the first word counts drops.
      this.#enhanced(bytes, from, to, offset, uint16In(bytes, from, this.#littleEndian));
    }
  }

  #interface(bytes: Uint8Array, from: number, to: number, offset: number): void {
    if (this.#spans.length >= MOST_INTERFACES) {
      const sentence = `The file describes more than ${MOST_INTERFACES} interfaces; packets of those after them were skipped.`;
      this.#sink.problems.once('interfaces', null, offset, sentence);
      return;
    }
    const added = decodeInterface(bytes, from, to, this.#littleEndian);
    this.#interfaces.push(added);
    this.#spans.push(added.times);
    this.linkTypes.add(added.linkType);
  }

  #enhanced(bytes: Uint8Array, from: number, to: number, offset: number, id: number): void {
    const number = ++this.packets;
    const length = uint32In(bytes, from + 12, this.#littleEndian);
    const start = from + 20;
    const via = this.#via(id, start + length <= to, number, offset);
    if (!via) return;
    const packet = this.#packet;
    packet.timeHigh = uint32In(bytes, from + 4, this.#littleEndian);
    packet.timeLow = uint32In(bytes, from + 8, this.#littleEndian);
    packet.clock = via.times.clock;
    packet.originalLength = uint32In(bytes, from + 16, this.#littleEndian);
    packet.fcsLength = via.fcsLength;
    via.times.see(packet.timeHigh, packet.timeLow);
    this.#options(packet, bytes, start + ((length + 3) & ~3), to);
    this.#emit(number, via, bytes, start, length, offset, from);
  }

  /** These blocks have no time and no interface: they get the time of the packet before. */
  #simple(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const number = ++this.packets;
    const via = this.#via(0, to - from >= 4, number, offset);
    if (!via) return;
    const packet = this.#packet;
    packet.originalLength = uint32In(bytes, from, this.#littleEndian);
    packet.fcsLength = via.fcsLength;
    packet.comments = NO_COMMENTS;
    const limit = via.snapLength === 0 ? packet.originalLength : via.snapLength;
    const length = Math.min(packet.originalLength, limit, to - from - 4);
    const without = 'Some packets have no time in the file; they are shown at the time of the packet before.';
    this.#sink.problems.once('no time', number, offset, without);
    this.#emit(number, via, bytes, from + 4, length, offset, from);
  }

  #emit(number: number, via: Interface, bytes: Uint8Array, at: number, length: number, offset: number, from: number) {
    const packet = this.#packet;
    packet.number = number;
    packet.linkType = via.linkType;
    packet.port = via;
    packet.recordOffset = offset;
    packet.bytes = bytes;
    packet.from = at;
    packet.to = at + length;
    // A block's body starts 8 bytes into the block.
    packet.fileOffset = offset + 8 + at - from;
    this.#sink.packet(packet);
  }

  /** The interface of a packet; null if the packet cannot be read. */
  #via(id: number, fits: boolean, number: number, offset: number): Interface | null {
    const known = this.#interfaces[id];
    if (known && fits) return known;
    const what = fits ? `names interface ${id}, which the file does not describe` : 'is longer than its block';
    this.#sink.problems.add(number, offset, `Packet ${number} ${what}; it was skipped.`);
    return null;
  }

  #options(packet: Packet, bytes: Uint8Array, from: number, to: number): void {
    packet.comments = NO_COMMENTS;
    if (to - from < 4) return;
    const comments: string[] = [];
    eachOption(bytes, from, to, this.#littleEndian, (code, at, end) => {
      if (code === 1 && comments.length < MOST_COMMENTS) comments.push(optionText(bytes.subarray(at, end)));
      if (code === 2 && end - at === 4) {
        // epb_flags: bits 5 to 8 are the FCS length of this packet, 0 for unknown.
        packet.fcsLength = (uint32In(bytes, at, this.#littleEndian) >>> 5) & 15 || packet.fcsLength;
      }
    });
    if (comments.length > 0) packet.comments = comments;
  }

  #secrets(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const type = uint32In(bytes, from, this.#littleEndian);
    const length = uint32In(bytes, from + 4, this.#littleEndian);
    const problems = this.#sink.problems;
    if (to - from < 8 || from + 8 + length > to) {
      problems.add(
        null,
        offset,
        `Block ${this.#block} holds secrets that are longer than the block; they were skipped.`,
      );
    } else if (type === TLS_KEY_LOG) {
      const read = this.#secretsRead;
      read.bytes += length;
      read.blocks++;
      if (read.bytes > MOST_SECRETS.bytes || read.blocks > MOST_SECRETS.blocks) {
        const sentence = `The file holds more than ${MOST_SECRETS.bytes / 2 ** 20} MB or ${MOST_SECRETS.blocks} blocks of secrets; those from block ${this.#block} on were not read.`;
        problems.once('secrets', null, offset, sentence);
        return;
      }
      this.#sink.keyLog(optionText(bytes.subarray(from + 8, from + 8 + length)), `${this.#name}, block ${this.#block}`);
    } else {
      const what = `Block ${this.#block} holds secrets of type ${hexNumber(type, 8)}, which are not a TLS key log.`;
      problems.add(null, offset, what);
    }
  }
}

function isPacket(type: number): boolean {
  return type === BLOCK.enhancedPacket || type === BLOCK.simplePacket || type === BLOCK.packet;
}
