/**
 * The bytes of one direction of a TCP connection in order (RFC 9293 §3.4): segments may come late, twice, overlapping
 * or never. What never comes is told as a gap, once waiting for it makes no sense any more.
 */
import type { Datagram } from './datagram.ts';
import { cutPieces } from './inner-datagram.ts';

/** The packet that a run of bytes came in, copied, and what a datagram says about it. */
export type Arrival = Pick<Datagram, 'packet' | 'timeNs' | 'frame' | 'frameOffset' | 'comments'>;

export interface Chunk {
  readonly bytes: Uint8Array;
  /** Bytes of the segment after `bytes` that were not captured (snaplen). */
  readonly missing: number;
  readonly pieces: Datagram['pieces'];
  readonly arrival: Arrival;
}

export interface ChunkReader {
  chunk(chunk: Chunk): void;
  /** `length` bytes of the stream are not in the capture. */
  gap(length: number): void;
}

/** Segments and bytes that wait for an earlier one, before that one is given up. */
const MOST_WAITING = 1024;
const MOST_WAITING_BYTES = 512 * 1024;
/** What keeping a segment costs beside its frame. */
const OVERHEAD = 512;
/** No sender waits longer to repeat a segment that was lost (RFC 6298 §2.4 starts at 1 s and doubles). */
const LONGEST_WAIT_NS = 30_000_000_000n;
/** Farther away than any window (RFC 7323 §2.3): not the same stream. */
const FARTHEST = 0x40000000;

interface Waiting {
  /** Position in the stream. */
  readonly at: number;
  readonly chunk: Chunk;
}

/** What it costs to keep a chunk. */
export function weightOf({ arrival }: Chunk): number {
  return arrival.frame.length + OVERHEAD;
}

export class TcpStream {
  /** What waits, with the frames it came in, in bytes. */
  held = 0;
  readonly #reader: ChunkReader;
  /** Ascending by `at`. */
  #waiting: Waiting[] = [];
  /** Position in the stream of the next byte, and its sequence number. Positions do not wrap. */
  #at = 0;
  #sequence: number;

  /** `sequence` is that of the first byte to come. */
  constructor(sequence: number, reader: ChunkReader) {
    this.#sequence = sequence;
    this.#reader = reader;
  }

  /** Could this sequence number belong to the stream? */
  fits(sequence: number): boolean {
    return Math.abs((sequence - this.#sequence) | 0) < FARTHEST;
  }

  add(sequence: number, chunk: Chunk): void {
    const at = this.#at + ((sequence - this.#sequence) | 0);
    if (at <= this.#at) {
      this.#deliver({ at, chunk });
    } else {
      this.#wait({ at, chunk });
      const oldest = this.#waiting[0];
      const late = oldest && chunk.arrival.timeNs - oldest.chunk.arrival.timeNs > LONGEST_WAIT_NS;
      if (late || this.#waiting.length > MOST_WAITING || this.held > MOST_WAITING_BYTES) this.giveUpGap();
    }
    this.#drain();
  }

  /** Goes on behind the first gap. */
  giveUpGap(): void {
    const next = this.#waiting[0];
    if (!next) return;
    this.#skip(next.at - this.#at);
    this.#drain();
  }

  /** Nothing more will come: tells all that is left. */
  end(): void {
    while (this.#waiting.length > 0) this.giveUpGap();
  }

  #wait(waiting: Waiting): void {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle]?.at ?? 0) <= waiting.at) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, waiting);
    this.held += weightOf(waiting.chunk);
  }

  #drain(): void {
    let count = 0;
    for (const waiting of this.#waiting) {
      if (waiting.at > this.#at) break;
      count++;
      this.held -= weightOf(waiting.chunk);
      this.#deliver(waiting);
    }
    if (count > 0) this.#waiting.splice(0, count);
  }

  /** Tells what is new of a chunk that starts at or before the next byte. */
  #deliver({ at, chunk }: Waiting): void {
    const old = this.#at - at;
    const { bytes, missing } = chunk;
    if (old < bytes.length) {
      this.#advance(bytes.length - old);
      const pieces = old === 0 ? chunk.pieces : cutPieces(chunk.pieces, old, bytes.length);
      this.#reader.chunk(old === 0 ? chunk : { ...chunk, bytes: bytes.subarray(old), pieces });
    }
    const cut = at + bytes.length + missing - this.#at;
    // A later copy could have what the snaplen cut, but the same snaplen cuts it again.
    if (missing > 0 && cut > 0) this.#skip(cut);
  }

  #skip(length: number): void {
    this.#advance(length);
    this.#reader.gap(length);
  }

  #advance(length: number): void {
    this.#at += length;
    this.#sequence = (this.#sequence + length) >>> 0;
  }
}
