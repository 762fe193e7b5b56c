/** What the readers of text hand on: runs of bytes, where each byte's digits stand, and what the text says of them. */
import type { Endpoint } from '../datagram.ts';

/** A DTLS datagram, an IP packet or a frame is never longer; longer runs of hex are whole files. */
export const LONGEST_DATAGRAM = 65_575;

/** A moment as the text tells it. */
export interface Stamp {
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Digits of a second that were written. */
  readonly digits: number;
  /** 'clock': a time of day without a date. 'start': counted from the beginning of something. */
  readonly since: 'epoch' | 'clock' | 'start';
}

/** Who sent it: side 0 is the one that wrote the log, or that sent first. */
export type Side = 0 | 1;

export interface TextBlock {
  readonly bytes: Uint8Array;
  /** Index in the text of the first digit of each byte. */
  readonly places: Uint32Array;
  readonly side: Side | null;
  readonly stamp: Stamp | null;
  /** True where the format says that this is a datagram, so that bytes which do not look like DTLS are one still. */
  readonly certain: boolean;
}

/** The two ends of a conversation where the text names them. */
export type Nodes = readonly [Endpoint, Endpoint];

export interface TextReading {
  /** As the facts and sentences call it: "xxd", "Mbed TLS debug log". */
  readonly format: string;
  readonly blocks: Iterable<TextBlock>;
  /** Null until the text named them; asked after the blocks. */
  readonly nodes?: () => Nodes | null;
  /** Whole sentences on what the text lacks; asked after the blocks. */
  readonly remarks?: () => readonly string[];
}

const NO_BYTES = new Uint8Array();
const NO_PLACES = new Uint32Array();

/** Bytes with their places, grown piece by piece. */
export class ByteRun {
  // Most runs of a text stay empty: nothing is taken for them.
  #bytes = NO_BYTES;
  #places = NO_PLACES;
  length = 0;

  push(byte: number, place: number): void {
    if (this.length === this.#bytes.length) this.#grow();
    this.#bytes[this.length] = byte;
    this.#places[this.length] = place;
    this.length++;
  }

  append(other: { readonly bytes: Uint8Array; readonly places: Uint32Array }): void {
    for (let i = 0; i < other.bytes.length; i++) this.push(other.bytes[i] ?? 0, other.places[i] ?? 0);
  }

  byte(at: number): number {
    return at < this.length ? (this.#bytes[at] ?? 0) : 0;
  }

  place(at: number): number {
    return this.#places[at] ?? 0;
  }

  cut(length: number): void {
    if (length < this.length) this.length = length;
  }

  /** Views on the run: they hold until the next `push`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  get places(): Uint32Array {
    return this.#places.subarray(0, this.length);
  }

  /** A block with bytes of its own. */
  block(of: Partial<Pick<TextBlock, 'side' | 'stamp' | 'certain'>> = {}): TextBlock {
    const { side = null, stamp = null, certain = false } = of;
    return { bytes: this.bytes.slice(), places: this.places.slice(), side, stamp, certain };
  }

  #grow(): void {
    const bytes = new Uint8Array(Math.max(64, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    const places = new Uint32Array(Math.max(64, this.#places.length * 2));
    places.set(this.#places);
    this.#places = places;
  }
}
