/** A text → datagrams, as a capture file gives them: frames are decoded, bare records become datagrams as they are. */
import { uint16 } from '../big-endian.ts';
import type { CaptureFacts, CaptureSink, Datagram, Endpoint, OpenFailure } from '../datagram.ts';
import { type Clock, emptyPacket } from '../packet.ts';
import { PacketDecoder } from '../packet-decoder.ts';
import { ProblemList } from '../problems.ts';
import { LONGEST_DATAGRAM, type Nodes, type TextBlock } from './block.ts';
import { contentOf, mayBeUnified } from './content.ts';
import { KeyHarvest } from './keys.ts';
import { readingOf } from './read-text.ts';
import { SourceText } from './source-text.ts';
import { stackLog } from './stack-logs.ts';
import { TextClock } from './text-clock.ts';

/** A text that is the dump of a whole capture file gives that file's bytes. */
export type TextResult = CaptureFacts | OpenFailure | { readonly capture: Uint8Array };

/** Larger texts are not read: in memory they take several times their size. */
export const LARGEST_TEXT = 64 * 1024 * 1024;
/** Enough of a text to tell which program wrote it. */
const HEAD_CHARACTERS = 64 * 1024;
const UDP_HEADER = 8;

/** The ends of a conversation whose addresses the text does not tell. */
const PLACEHOLDERS: Nodes = [
  { address: 'A', port: 0 },
  { address: 'B', port: 0 },
];

const WORDS: Clock = {
  nanoseconds: (high, low) => BigInt(high) * 1_000_000_000n + BigInt(low),
  since: (high, low, baseHigh, baseLow) => (high - baseHigh) * 1e9 + (low - baseLow),
  seconds: (high) => high,
  digits: 9,
};

/** What the beginning of a text would be read as; null where no reader finds anything in it. */
export function recogniseText(head: Uint8Array): string | null {
  const { text } = new SourceText(head);
  const reading = readingOf(text, new KeyHarvest());
  for (const block of reading.blocks) if (contentOf(block.bytes).kind !== 'unknown') return reading.format;
  // The bytes may come later, and the secrets of such a log are of use in any case.
  return stackLog(text)?.looksLike ?? null;
}

/** Reads a text from beginning to end. Never throws because of it. */
export function readText(name: string, bytes: Uint8Array, capture: number, sink: CaptureSink): TextResult {
  const source = new SourceText(bytes);
  const keys = new KeyHarvest();
  const reading = readingOf(source.text, keys);
  const blocks = [...reading.blocks];
  keys.addText(source.text);
  const file = blocks.find((block) => contentOf(block.bytes).kind === 'capture');
  if (file) return { capture: file.bytes };
  const out = new TextDatagrams(capture, sink, source, reading.nodes?.() ?? null);
  for (const [i, block] of blocks.entries()) {
    if (i % 256 === 0 && sink.cancelled?.()) break;
    out.add(block);
  }
  if (keys.count > 0) sink.keyLog(keys.text, name);
  if (out.packets === 0) return failure(name, source.text, reading.format, blocks.length, keys.count > 0);
  return out.facts(name, reading.remarks?.() ?? []);
}

class TextDatagrams {
  packets = 0;
  readonly #capture: number;
  readonly #sink: CaptureSink;
  readonly #source: SourceText;
  readonly #nodes: Nodes;
  readonly #problems = new ProblemList();
  readonly #clock = new TextClock();
  readonly #decoder: PacketDecoder;
  readonly #packet = emptyPacket();
  readonly #linkTypes = new Set<number>();
  #block: TextBlock | null = null;
  #datagrams = 0;
  #sawRecords = false;
  #unknown = 0;
  #firstUnknown = 0;

  constructor(capture: number, sink: CaptureSink, source: SourceText, nodes: Nodes | null) {
    this.#capture = capture;
    this.#sink = sink;
    this.#source = source;
    this.#nodes = nodes ?? PLACEHOLDERS;
    const inText: CaptureSink = {
      datagram: (datagram) => sink.datagram(this.#placed(datagram)),
      keyLog: (text, where) => sink.keyLog(text, where),
    };
    this.#decoder = new PacketDecoder(capture, inText, this.#problems);
  }

  add(block: TextBlock): void {
    const content = contentOf(block.bytes);
    if (block.bytes.length > LONGEST_DATAGRAM) this.#leaveOut(block);
    else if (content.kind === 'frame') this.#frame(block, content.linkType);
    else if (content.kind === 'records') this.#datagram(block, content.from, null);
    else if (content.kind === 'udp') this.#datagram(block, UDP_HEADER, block.bytes);
    else if (block.certain || (this.#sawRecords && mayBeUnified(block.bytes, 0))) this.#datagram(block, 0, null);
    else this.#leaveOut(block);
  }

  facts(name: string, remarks: readonly string[]): CaptureFacts {
    this.#decoder.end();
    if (this.#unknown > 0) this.#problems.add(null, this.#firstUnknown, leftOut(this.#unknown));
    for (const remark of [...this.#clock.remarks, ...remarks]) this.#problems.add(null, 0, remark);
    return {
      name,
      format: 'hex',
      linkTypes: [...this.#linkTypes].sort((a, b) => a - b),
      packets: this.packets,
      ...this.#clock.span(),
      udpDatagrams: this.#decoder.udpDatagrams + this.#datagrams,
      ipFragmentsReassembled: this.#decoder.ipFragmentsReassembled,
      problems: this.#problems.list,
      surroundings: this.#decoder.surroundings(),
    };
  }

  #leaveOut(block: TextBlock): void {
    if (this.#unknown++ === 0) this.#firstUnknown = this.#source.offset(block.places[0] ?? 0);
  }

  /** Where its first digit stands in the file. */
  #begin(block: TextBlock): number {
    const offset = this.#source.offset(block.places[0] ?? 0);
    this.#block = block;
    this.packets++;
    this.#clock.see(block.stamp);
    return offset;
  }

  #frame(block: TextBlock, linkType: number): void {
    const packet = this.#packet;
    packet.fileOffset = this.#begin(block);
    packet.recordOffset = packet.fileOffset;
    packet.number = this.packets;
    packet.bytes = block.bytes;
    packet.from = 0;
    packet.to = block.bytes.length;
    packet.originalLength = block.bytes.length;
    packet.linkType = linkType;
    packet.clock = WORDS;
    packet.timeHigh = this.#clock.seconds;
    packet.timeLow = this.#clock.nanoseconds;
    this.#linkTypes.add(linkType);
    this.#decoder.packet(packet);
  }

  /**
   * The decoder counts bytes from the first digit of the frame, but in the text they are further apart. The place of
   * the payload is made true; the frame's moves with it, because readers take the difference for the header's length.
   */
  #placed(datagram: Datagram): Datagram {
    const [first, ...rest] = datagram.pieces;
    const index = first.fileOffset - this.#packet.fileOffset;
    const place = this.#block?.places[index];
    const isPlain = rest.length === 0 && first.packet === this.packets;
    if (!isPlain || place === undefined || datagram.frameOffset !== this.#packet.fileOffset) return datagram;
    const fileOffset = this.#source.offset(place);
    return { ...datagram, frameOffset: fileOffset - index, pieces: [{ ...first, fileOffset }] };
  }

  #datagram(block: TextBlock, from: number, udp: Uint8Array | null): void {
    this.#begin(block);
    const payload = block.bytes.subarray(from);
    const fileOffset = this.#source.offset(block.places[from] ?? 0);
    this.#sawRecords = true;
    this.#datagrams++;
    this.#sink.datagram({
      capture: this.#capture,
      packet: this.packets,
      timeNs: this.#clock.timeNs,
      ...this.#ends(block, udp),
      carriers: [],
      tag: '',
      payload,
      missing: 0,
      pieces: [{ packet: this.packets, from: 0, fileOffset, length: payload.length }],
      frame: block.bytes,
      frameOffset: fileOffset - from,
      comments: [],
    });
  }

  #ends(block: TextBlock, udp: Uint8Array | null): { source: Endpoint; destination: Endpoint; directed: boolean } {
    const [first, second] = this.#nodes;
    if (udp) {
      const end = (at: number): Endpoint => ({ address: 'text', port: uint16(udp, at) });
      return { source: end(0), destination: end(2), directed: uint16(udp, 0) !== uint16(udp, 2) };
    }
    if (block.side === 1) return { source: second, destination: first, directed: true };
    return { source: first, destination: second, directed: block.side === 0 };
  }
}

function leftOut(count: number): string {
  const blocks = count === 1 ? 'One block of hex was' : `${count} blocks of hex were`;
  return `${blocks} left out: neither a DTLS record nor an IP packet or a frame begins there.`;
}

function failure(name: string, text: string, format: string, blocks: number, hasKeys: boolean): OpenFailure {
  const looks = stackLog(text.slice(0, HEAD_CHARACTERS));
  const used = hasKeys ? ' The secrets in it were added to the keys.' : '';
  if (looks)
    return {
      kind: 'notACapture',
      message: `${name} is ${looks.looksLike}, not a capture. ${looks.advice ?? ''}${used}`,
    };
  const what = blocks > 0 ? format : 'text';
  return {
    kind: 'notACapture',
    message: `${name} is ${what} in which no DTLS record, IP packet or Ethernet frame begins, not a capture. Paste whole datagrams from their first byte on.${used}`,
  };
}
