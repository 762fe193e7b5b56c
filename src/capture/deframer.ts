/**
 * Cuts one direction of a TCP stream into frames. Which framing it is, if any, the bytes have to tell: the first frame
 * whose content proves itself decides. After a gap, or where the bytes stop making sense, it looks for the next one.
 */
import type { Datagram, Piece } from './datagram.ts';
import { type Evidence, evidenceOf, FRAMINGS, type Frame, type Framing, skipNoise } from './framing.ts';
import { nonEmpty } from './inner-datagram.ts';
import { type Arrival, type Chunk, type ChunkReader, weightOf } from './tcp-stream.ts';

/** A frame that was cut out; `payload` has bytes of its own. */
export interface FrameFound extends Pick<Datagram, 'payload' | 'missing' | 'pieces'> {
  readonly framing: Framing;
  /** The packets it came in. */
  readonly arrivals: readonly [Arrival, ...Arrival[]];
}

/** Of the packets that the pieces lie in, the one that was captured last: it completed them. */
export function completedBy(pieces: Datagram['pieces'], arrivals: FrameFound['arrivals']): Arrival {
  const last = pieces.reduce((packet, piece) => Math.max(packet, piece.packet), 0);
  return arrivals.find(({ packet }) => packet === last) ?? arrivals.at(-1) ?? arrivals[0];
}

/** Bytes that are searched for a first frame before the stream is taken for something else: TLS, HTTP, SSH. */
const SEARCH_LIMIT = 16 * 1024;

/** A run of bytes in the buffer that came in one segment. */
interface Run {
  readonly from: number;
  readonly chunk: Chunk;
}

export class Deframer implements ChunkReader {
  /** The framing seen last in either direction of the connection. */
  framing: Framing | null = null;
  readonly #found: (frame: FrameFound) => void;
  #buffer = new Uint8Array(2048);
  /** The bytes from `#at` to `#end` of the buffer are not cut into frames yet. */
  #at = 0;
  #end = 0;
  #runs: Run[] = [];
  #held = 0;
  /** Frames follow one another from `#at` on. */
  #synced = false;
  /** The place was lost in a gap, so that the search may begin in the middle of a frame. */
  #lostInGap = false;
  /** Bytes to come that belong to a frame given up already. */
  #skip = 0;
  /** Nothing can be said before the buffer reaches to here. */
  #awaited = 0;
  #searched = 0;
  readonly #frame: Frame = { from: 0, to: 0, end: 0 };
  readonly #next: Frame = { from: 0, to: 0, end: 0 };

  constructor(found: (frame: FrameFound) => void) {
    this.#found = found;
  }

  /** Searched long enough without a frame. */
  get hopeless(): boolean {
    return this.framing === null && this.#searched > SEARCH_LIMIT;
  }

  /** What waits for the rest of a frame, with the packets it came in, in bytes. */
  get held(): number {
    return this.#held;
  }

  chunk(chunk: Chunk): void {
    const skipped = Math.min(this.#skip, chunk.bytes.length);
    this.#skip -= skipped;
    if (skipped === chunk.bytes.length) return;
    this.#append(chunk, skipped);
    if (this.#end >= this.#awaited) this.#cut(false);
  }

  gap(length: number): void {
    const behindSkip = length - this.#skip;
    if (this.#skip > 0 && behindSkip <= 0) {
      this.#skip -= length;
      return;
    }
    // What was to skip ends inside the gap.
    if (this.#skip > 0) this.#synced = false;
    this.#skip = 0;
    this.#cut(true);
    const frame = this.#frame;
    const known = this.#synced && this.framing?.measure(this.#buffer, this.#at, this.#end, frame) === 'frame';
    const afterGap = this.#end + length;
    if (known && frame.from < this.#end) this.#emit(frame);
    this.#synced = known && frame.end >= afterGap;
    this.#skip = this.#synced ? frame.end - afterGap : 0;
    this.#lostInGap = !this.#synced;
    this.#at = this.#end = this.#awaited = 0;
    this.#clear();
  }

  #clear(): void {
    this.#runs = [];
    this.#held = 0;
  }

  end(): void {
    this.#cut(true);
  }

  /** `last`: no more bytes follow these, so what waits for more is decided without. */
  #cut(last: boolean): void {
    for (;;) {
      if (!this.#synced && !this.#search(last)) break;
      const measured = this.framing?.measure(this.#buffer, this.#at, this.#end, this.#frame) ?? 'no';
      if (measured === 'more') break;
      if (measured === 'no') {
        this.#synced = false;
        continue;
      }
      this.#awaited = this.#frame.end;
      if (this.#frame.end > this.#end) break;
      this.#emit(this.#frame);
      this.#at = this.#frame.end;
    }
    this.#compact();
  }

  /** Moves `#at` to the first frame that proves itself; false if there is none, with the rejected bytes left behind. */
  #search(last: boolean): boolean {
    for (; this.#at < this.#end; this.#at++, this.#searched++) {
      if (!this.framing || !this.#startsRun()) {
        const place = skipNoise(this.#buffer, this.#at, this.#end);
        this.#searched += place - this.#at;
        this.#at = place;
      }
      let waits = false;
      for (const framing of this.#candidates()) {
        const evidence = this.#evidenceAt(framing, last);
        if (evidence === 'strong') {
          this.framing = framing;
          this.#synced = true;
          this.#lostInGap = false;
          this.#searched = 0;
          return true;
        }
        waits ||= evidence === 'more';
      }
      if (waits && !last) return false;
    }
    return false;
  }

  /** The inside of a TURN message can look like RFC 4571, so a known framing has the first say after a gap. */
  #candidates(): readonly Framing[] {
    return this.framing && this.#lostInGap && this.#searched <= SEARCH_LIMIT ? [this.framing] : FRAMINGS;
  }

  #evidenceAt(framing: Framing, last: boolean): Evidence {
    const frame = this.#frame;
    const measured = framing.measure(this.#buffer, this.#at, this.#end, frame);
    if (measured !== 'frame') return measured === 'more' ? 'more' : 'none';
    // A segment that holds whole frames of the known kind, as most do, needs no more proof.
    if (framing === this.framing && frame.end === this.#end && frame.to > frame.from && this.#startsRun())
      return 'strong';
    const evidence = evidenceOf(framing, this.#buffer, frame, this.#end);
    if (evidence !== 'strong' && evidence !== 'weak') return evidence;
    if (frame.end > this.#end) return evidence === 'strong' ? 'strong' : 'more';
    return this.#withNext(framing, evidence, last);
  }

  /** A frame must be followed by another, if by anything; and two weak witnesses make a strong one. */
  #withNext(framing: Framing, evidence: 'strong' | 'weak', last: boolean): Evidence {
    const { end } = this.#frame;
    if (end === this.#end) return evidence === 'strong' ? 'strong' : last ? 'none' : 'more';
    const next = this.#next;
    const measured = framing.measure(this.#buffer, end, this.#end, next);
    if (measured === 'no') return 'none';
    if (evidence === 'strong') return 'strong';
    if (measured === 'more') return 'more';
    const second = evidenceOf(framing, this.#buffer, next, this.#end);
    if (second === 'more') this.#awaited = next.to;
    return second === 'weak' ? 'strong' : second;
  }

  #startsRun(): boolean {
    return this.#runs.at(-1)?.from === this.#at;
  }

  #append(chunk: Chunk, skipped: number): void {
    const { bytes } = chunk;
    const from = this.#end - skipped;
    const end = from + bytes.length;
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#buffer.subarray(0, this.#end));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes.subarray(skipped), this.#end);
    this.#end = end;
    // Where bytes were skipped the run starts before them, so that its pieces still fit.
    this.#runs.push({ from, chunk });
    this.#held += weightOf(chunk);
  }

  /** Drops what is behind, when it is worth the copying. */
  #compact(): void {
    if (this.#at === this.#end) {
      this.#at = this.#end = this.#awaited = 0;
      this.#clear();
      return;
    }
    if (this.#at < 4096 || this.#at < this.#end - this.#at) return;
    const gone = this.#at;
    this.#buffer.copyWithin(0, gone, this.#end);
    this.#runs = this.#runs
      .filter(({ from, chunk }) => from + chunk.bytes.length > gone)
      .map(({ from, chunk }) => ({ from: from - gone, chunk }));
    this.#held = this.#runs.reduce((sum, { chunk }) => sum + weightOf(chunk), 0);
    this.#end -= gone;
    this.#awaited = Math.max(0, this.#awaited - gone);
    this.#at = 0;
  }

  #emit({ from, to }: Frame): void {
    const { framing } = this;
    const end = Math.min(to, this.#end);
    if (!framing || from >= end) return;
    const pieces: Piece[] = [];
    const arrivals: Arrival[] = [];
    for (let i = this.#firstRun(from); i < this.#runs.length; i++) {
      const run = this.#runs[i];
      if (!run || run.from >= end) break;
      arrivals.push(run.chunk.arrival);
      for (const piece of run.chunk.pieces) {
        const start = Math.max(run.from + piece.from, from);
        const stop = Math.min(run.from + piece.from + piece.length, end);
        const fileOffset = piece.fileOffset + start - run.from - piece.from;
        if (start < stop) pieces.push({ packet: piece.packet, from: start - from, fileOffset, length: stop - start });
      }
    }
    const inFile = nonEmpty(pieces);
    const [first, ...rest] = arrivals;
    if (!inFile || !first) return;
    const payload = this.#buffer.slice(from, end);
    this.#found({ framing, payload, missing: to - end, pieces: inFile, arrivals: [first, ...rest] });
  }

  /** Index of the last run that starts at or before `at`. */
  #firstRun(at: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.from ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}
