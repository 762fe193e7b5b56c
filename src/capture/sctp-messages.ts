/**
 * Puts the user messages of one direction of an SCTP association together from their fragments (RFC 9260 §6.9,
 * RFC 8260 §2.2): any order, any stream. Each TSN counts once, however often it was sent.
 */
import { concat } from '../wire/text.ts';
import { BoundedMap } from './bounded-map.ts';
import type { SctpPacket } from './carriers.ts';
import type { Datagram, Piece } from './datagram.ts';
import { nonEmpty } from './inner-datagram.ts';
import type { Arrival } from './tcp-stream.ts';

/** TSNs remembered, to know retransmissions; a window of 1 MB has fewer. */
const MOST_TSNS = 8192;
/** Several times the largest DTLS datagram. */
const MOST_HELD = 256 * 1024;
/** What keeping a fragment, or remembering a TSN, costs beside the bytes. */
const OVERHEAD = { fragment: 256, tsn: 64 };

export interface SctpFragment {
  readonly tsn: number;
  readonly begins: boolean;
  readonly ends: boolean;
  /** I-DATA: which message, and which part of it. Null for DATA, whose fragments follow one another by TSN. */
  readonly interleaved: { readonly message: string; readonly index: number } | null;
  /** Hold only during the call. */
  readonly bytes: Uint8Array;
  /** Bytes after them that the snaplen cut. */
  readonly missing: number;
  /** Where `bytes` lie in the file. */
  pieces(): Datagram['pieces'];
  readonly packet: SctpPacket;
}

export type UserMessage = Arrival & Pick<Datagram, 'payload' | 'missing' | 'pieces'>;

interface Part {
  readonly bytes: Uint8Array;
  readonly missing: number;
  readonly pieces: readonly Piece[];
}

/** Fragments with consecutive TSNs. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly begins: boolean;
  readonly ends: boolean;
}

interface Interleaved {
  readonly parts: Map<number, Part>;
  /** Known once the fragment that ends the message is there. */
  count: number | null;
}

export class SctpMessages {
  readonly #seen = new BoundedMap<number, true>(MOST_TSNS);
  readonly #parts = new Map<number, Part>();
  readonly #byFirst = new Map<number, Run>();
  readonly #byLast = new Map<number, Run>();
  readonly #interleaved = new Map<string, Interleaved>();
  #held = 0;
  /** How often more waited than is held. */
  forgotten = 0;

  /** In bytes, about. */
  get weight(): number {
    return this.#held + this.#seen.size * OVERHEAD.tsn;
  }

  /** The message that this fragment completes. */
  add(fragment: SctpFragment): UserMessage | null {
    if (this.#seen.get(fragment.tsn)) return null;
    this.#seen.set(fragment.tsn, true);
    const { begins, ends, packet } = fragment;
    if (begins && ends) return joined(packet, [{ ...fragment, pieces: fragment.pieces() }]);
    if (this.#held + weightOf(fragment) > MOST_HELD) this.forget();
    const part = { bytes: fragment.bytes.slice(), missing: fragment.missing, pieces: fragment.pieces() };
    this.#held += weightOf(part);
    const parts = fragment.interleaved
      ? this.#addInterleaved(fragment.interleaved, ends, part)
      : this.#addConsecutive(fragment, part);
    if (!parts) return null;
    for (const one of parts) this.#held -= weightOf(one);
    return joined(packet, parts);
  }

  #addConsecutive({ tsn, begins, ends }: SctpFragment, part: Part): Part[] | null {
    this.#parts.set(tsn, part);
    const left = begins ? undefined : this.#byLast.get(before(tsn));
    const right = ends ? undefined : this.#byFirst.get(after(tsn));
    let run: Run = { first: tsn, last: tsn, begins, ends };
    if (left && !left.ends) {
      this.#removeRun(left);
      run = { ...run, first: left.first, begins: left.begins };
    }
    if (right && !right.begins) {
      this.#removeRun(right);
      run = { ...run, last: right.last, ends: right.ends };
    }
    if (!run.begins || !run.ends) {
      this.#byFirst.set(run.first, run);
      this.#byLast.set(run.last, run);
      return null;
    }
    const parts: Part[] = [];
    for (let at = run.first; ; at = after(at)) {
      const found = this.#parts.get(at);
      if (found) parts.push(found);
      this.#parts.delete(at);
      if (at === run.last) return parts;
    }
  }

  #removeRun(run: Run): void {
    this.#byFirst.delete(run.first);
    this.#byLast.delete(run.last);
  }

  #addInterleaved({ message, index }: { message: string; index: number }, ends: boolean, part: Part): Part[] | null {
    const open = this.#interleaved.get(message) ?? { parts: new Map<number, Part>(), count: null };
    this.#interleaved.set(message, open);
    const before = open.parts.get(index);
    if (before) this.#held -= weightOf(before);
    open.parts.set(index, part);
    if (ends) open.count = index + 1;
    // Only fragment 0 begins a message, so as many parts as the last index says are all of them.
    if (open.count !== open.parts.size) return null;
    this.#interleaved.delete(message);
    return [...open.parts.entries()].toSorted(([a], [b]) => a - b).map(([, found]) => found);
  }

  /** Gives up what waits. */
  forget(): void {
    if (this.#held > 0) this.forgotten++;
    for (const map of [this.#parts, this.#byFirst, this.#byLast, this.#interleaved]) map.clear();
    this.#held = 0;
  }
}

function weightOf({ bytes }: Pick<Part, 'bytes'>): number {
  return bytes.length + OVERHEAD.fragment;
}

/** TSNs are counted modulo 2^32 (RFC 9260 §1.6). */
function after(tsn: number): number {
  return (tsn + 1) >>> 0;
}

function before(tsn: number): number {
  return (tsn - 1) >>> 0;
}

/** What was captured, up to the first byte that was not. `packet` is the one that completed the message. */
function joined(packet: SctpPacket, parts: readonly Part[]): UserMessage | null {
  const total = parts.reduce((sum, { bytes, missing }) => sum + bytes.length + missing, 0);
  const cut = parts.findIndex(({ missing }) => missing > 0);
  const usable = cut < 0 ? parts : parts.slice(0, cut + 1);
  const payload = concat(...usable.map(({ bytes }) => bytes));
  const pieces: Piece[] = [];
  let at = 0;
  for (const part of usable) {
    for (const piece of part.pieces) if (piece.length > 0) pieces.push({ ...piece, from: at + piece.from });
    at += part.bytes.length;
  }
  const inFile = nonEmpty(pieces);
  if (!inFile) return null;
  const { timeNs, frameOffset, comments } = packet;
  const frame = packet.frame.slice();
  return { packet: packet.packet, timeNs, frame, frameOffset, comments, payload, missing: total - at, pieces: inFile };
}
