/**
 * Puts IP datagrams together from their fragments (RFC 791 §3.2, RFC 8200 §4.5): any order, duplicates, overlaps.
 * Where fragments overlap the first copy wins. Memory is bounded; the oldest unfinished datagram goes first.
 */
import type { Piece } from './datagram.ts';
import type { ProblemList } from './problems.ts';

/** After so much capture time the same identification means another datagram. */
const TIMEOUT_SECONDS = 30;
const MOST_OPEN = 4096;
const MOST_BYTES = 32 * 1024 * 1024;
/** What keeping a fragment costs beside its bytes: of fragments without any, millions would fit else. */
const OVERHEAD = 256;
/** Finished datagrams remembered, to know late copies of their fragments. */
const MOST_FINISHED = 64;
const LARGEST_DATAGRAM = 65_535;

export interface Fragment {
  /** Names the datagram: addresses, identification and for IPv4 the protocol. */
  readonly key: string;
  /** The buffer the fragment lies in, from `from` to `to` as captured. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** In bytes; larger than `to - from` if the snaplen cut it. */
  readonly wireLength: number;
  /** Where in the datagram it belongs, in bytes. */
  readonly offset: number;
  readonly more: boolean;
  /** Capture time. */
  readonly seconds: number;
  readonly timeNs: bigint;
  readonly packet: number;
  /** Whose it is, where the header around the fragment says it. */
  readonly header?: FragmentHeader;
  /** Where the bytes lie in the file; `Piece.from` counts from `from`. */
  readonly pieces: readonly Piece[];
  /** Where in the file the record of the packet begins. */
  readonly recordOffset: number;
}

export interface FragmentHeader {
  readonly source: string;
  readonly destination: string;
  /** IANA protocol number of what the datagram holds. */
  readonly protocol: number;
}

/** A datagram of which fragments are missing at the end of the capture, or did not come in time. */
export interface Incomplete {
  /** Of the fragment that was captured first. */
  readonly timeNs: bigint;
  readonly packet: number;
  readonly header: FragmentHeader | null;
  /** The bytes from the start of the datagram on, as far as they came; empty where the first fragment is missing. */
  readonly start: Uint8Array;
  readonly packets: readonly number[];
  readonly bytesHeld: number;
  /** Bytes of the whole; null where the last fragment is missing. */
  readonly length: number | null;
}

export interface Reassembled {
  /** What was captured, up to the first gap that a snaplen left. */
  readonly bytes: Uint8Array;
  /** Bytes from there to the end of the datagram. */
  readonly missing: number;
  /** Where `bytes` come from; `from` counts in `bytes`. */
  readonly pieces: readonly Piece[];
}

interface Part {
  /** Where in the datagram it belongs. */
  readonly from: number;
  readonly length: number;
  /** Shorter than `length` if the snaplen cut it. */
  readonly bytes: Uint8Array;
  /** `Piece.from` counts in the datagram. */
  readonly pieces: readonly Piece[];
}

interface Train {
  /** Disjoint, ascending. */
  readonly parts: Part[];
  readonly seconds: number;
  readonly timeNs: bigint;
  readonly packet: number;
  readonly header: FragmentHeader | null;
  readonly recordOffset: number;
  total: number | null;
  covered: number;
  /** All of it repeats a datagram that was finished. */
  echo: boolean;
}

interface Finished {
  readonly bytes: Uint8Array;
  readonly seconds: number;
}

/** What a fragment is called in sentences, and why one may be missing. */
export interface FragmentWords {
  readonly kind: string;
  readonly because: string;
}

const IP_WORDS: FragmentWords = {
  kind: 'IP',
  because: '; a capture filter on a port loses all fragments but the first',
};

export class Reassembly {
  /** Datagrams put together from two or more fragments. */
  finishedCount = 0;
  readonly #open = new Map<string, Train>();
  readonly #finished = new Map<string, Finished>();
  #held = 0;
  #incomplete = 0;
  #crowdedOut = 0;
  #firstIncomplete: Train | null = null;
  readonly #words: FragmentWords;
  readonly #incompleteFound: (datagram: Incomplete) => void;

  constructor(incomplete: (datagram: Incomplete) => void, words: FragmentWords = IP_WORDS) {
    this.#incompleteFound = incomplete;
    this.#words = words;
  }

  /** The datagram, if this fragment completes it. */
  add(fragment: Fragment): Reassembled | null {
    const { key } = fragment;
    if (fragment.wireLength === 0 || fragment.offset + fragment.wireLength > LARGEST_DATAGRAM) return null;
    const train = this.#trainOf(fragment);
    this.#insert(train, fragment);
    if (!fragment.more) train.total ??= fragment.offset + fragment.wireLength;
    const whole = isWhole(train);
    if (whole) {
      this.#forget(key, train);
      const datagram = join(train);
      this.finishedCount++;
      this.#finished.delete(key);
      this.#finished.set(key, { bytes: datagram.bytes, seconds: fragment.seconds });
      for (const oldest of this.#finished.keys()) {
        if (this.#finished.size <= MOST_FINISHED) break;
        this.#finished.delete(oldest);
      }
      return datagram;
    }
    for (const [oldest, old] of this.#open) {
      if (this.#open.size <= MOST_OPEN && this.#held <= MOST_BYTES) break;
      this.#crowdedOut++;
      this.#giveUp(oldest, old);
    }
    return null;
  }

  /** Call at the end of the file: what is still open will never be complete. */
  report(problems: ProblemList): void {
    for (const [key, train] of this.#open) this.#giveUp(key, train);
    const first = this.#firstIncomplete;
    if (!first) return;
    const subject = this.#incomplete === 1 ? 'One datagram' : `${this.#incomplete} datagrams`;
    problems.add(
      first.packet,
      first.recordOffset,
      `${subject} could not be put together, because not all of the ${this.#words.kind} fragments are in the ` +
        `capture (first in packet ${first.packet})${this.#words.because}.`,
    );
    if (this.#crowdedOut > 0)
      problems.add(
        first.packet,
        first.recordOffset,
        `More than ${MOST_OPEN} datagrams or ${MOST_BYTES / 2 ** 20} MB of ${this.#words.kind} fragments waited for the rest at once: ` +
          `the oldest ${this.#crowdedOut} were given up, though their other fragments may have come later.`,
      );
  }

  #trainOf(fragment: Fragment): Train {
    const echo = this.#isEcho(fragment);
    const open = this.#open.get(fragment.key);
    if (open) {
      const late = Math.abs(fragment.seconds - open.seconds) > TIMEOUT_SECONDS;
      // Leftover copies of a finished datagram must not mix with the next one of the same identification.
      if (!late && (echo || !open.echo)) return open;
      this.#giveUp(fragment.key, open);
    }
    const { seconds, timeNs, packet, recordOffset, header = null } = fragment;
    const start = { seconds, timeNs, packet, recordOffset, header };
    const train: Train = { ...start, parts: [], total: null, covered: 0, echo };
    this.#open.set(fragment.key, train);
    return train;
  }

  #isEcho(fragment: Fragment): boolean {
    const finished = this.#finished.get(fragment.key);
    if (!finished || Math.abs(fragment.seconds - finished.seconds) > TIMEOUT_SECONDS) return false;
    const { bytes, from, to, offset } = fragment;
    if (offset + to - from > finished.bytes.length) return false;
    for (let i = from; i < to; i++) if (bytes[i] !== finished.bytes[offset + i - from]) return false;
    return true;
  }

  /** Stores those bytes of the fragment that nothing covers yet. */
  #insert(train: Train, fragment: Fragment): void {
    const end = fragment.offset + fragment.wireLength;
    let at = fragment.offset;
    let index = firstEndingAfter(train.parts, at);
    while (at < end) {
      const next = train.parts[index];
      const gapEnd = next ? Math.min(end, next.from) : end;
      if (at < gapEnd) {
        const skipped = at - fragment.offset;
        const from = Math.min(fragment.to, fragment.from + skipped);
        const bytes = fragment.bytes.slice(from, Math.min(fragment.to, fragment.from + gapEnd - fragment.offset));
        const pieces = cutPieces(fragment.pieces, skipped, skipped + bytes.length, at);
        train.parts.splice(index++, 0, { from: at, length: gapEnd - at, bytes, pieces });
        train.covered += gapEnd - at;
        this.#held += bytes.length + OVERHEAD;
      }
      at = next ? Math.max(at, next.from + next.length) : end;
      index++;
    }
  }

  #giveUp(key: string, train: Train): void {
    this.#forget(key, train);
    if (train.echo) return;
    this.#incomplete++;
    this.#incompleteFound(toIncomplete(train));
    if (!this.#firstIncomplete || train.packet < this.#firstIncomplete.packet) this.#firstIncomplete = train;
  }

  #forget(key: string, train: Train): void {
    this.#open.delete(key);
    for (const part of train.parts) this.#held -= part.bytes.length + OVERHEAD;
  }
}

/** The part of `pieces` from `from` to `to`, counted so that `from` becomes `start`. */
export function cutPieces(pieces: readonly Piece[], from: number, to: number, start: number): readonly Piece[] {
  const inside: Piece[] = [];
  for (const piece of pieces) {
    const first = Math.max(piece.from, from);
    const end = Math.min(piece.from + piece.length, to);
    if (first >= end) continue;
    const fileOffset = piece.fileOffset + first - piece.from;
    inside.push({ packet: piece.packet, from: first - from + start, fileOffset, length: end - first });
  }
  return inside;
}

/** Packets that are named of one datagram. */
const MOST_PACKETS = 16;

function toIncomplete({ timeNs, packet, header, parts, covered, total }: Train): Incomplete {
  const [first] = parts;
  const packets = parts.slice(0, MOST_PACKETS).flatMap((part) => part.pieces.map((piece) => piece.packet));
  return {
    timeNs,
    packet,
    header,
    start: first?.from === 0 ? first.bytes : new Uint8Array(),
    packets: [...new Set(packets)].sort((a, b) => a - b),
    bytesHeld: covered,
    length: total,
  };
}

/** Index of the first part that ends behind this place. */
function firstEndingAfter(parts: readonly Part[], at: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const part = parts[middle];
    if (part && part.from + part.length <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWhole(train: Train): boolean {
  if (train.total === null || train.covered < train.total) return false;
  let at = 0;
  for (const part of train.parts) {
    if (part.from !== at) break;
    at += part.length;
  }
  return at >= train.total;
}

function join(train: Train): Reassembled {
  const total = train.total ?? 0;
  const bytes = new Uint8Array(total);
  const pieces: Piece[] = [];
  let length = 0;
  for (const { from, bytes: captured, length: wireLength, pieces: lie } of train.parts) {
    const taken = captured.subarray(0, total - from);
    bytes.set(taken, from);
    pieces.push(...cutPieces(lie, from, from + taken.length, from));
    length = from + taken.length;
    if (length >= total || captured.length < wireLength) break;
  }
  return { bytes: bytes.subarray(0, length), missing: total - length, pieces };
}
