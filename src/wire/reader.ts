/**
 * A bounds-checked big-endian cursor over bytes of unknown origin. Decoders built on it are total:
 * malformed input becomes `Problem`s with a byte range, beside whatever could be read.
 */

/** Half-open byte range inside one buffer. The buffer is named, because a plaintext is not the capture. */
export interface Span {
  readonly buffer: BufferId;
  readonly from: number;
  readonly to: number;
}

/**
 * What a span counts in: the captured packet, the plaintext of one protected record, or a reassembled handshake
 * message (its 12-byte header included, as if it had never been fragmented). A record with parts of several
 * messages has `message`, `message-2`, … in order.
 */
export type BufferId = 'packet' | 'plaintext' | 'message' | `message-${number}`;

export type Problem =
  | { readonly kind: 'truncated'; readonly field: string; readonly at: Span; readonly missing: number }
  | { readonly kind: 'trailing'; readonly field: string; readonly at: Span }
  | { readonly kind: 'illegal'; readonly field: string; readonly at: Span; readonly why: string };

/** Receives every field a decoder reads. Absent on the bulk path, so recording costs nothing there. */
export interface FieldSink {
  /** Names and values alone are wanted: no meaning is worked out. */
  readonly wordless?: boolean;
  field(name: string, at: Span, value: number | Uint8Array, meaning: string | null): void;
  /** A group of fields begins: everything until the matching `close` lies inside it. */
  open(name: string, at: Span): void;
  close(at: Span, meaning: string | null): void;
}

/**
 * It never throws: the first read past the end records one `truncated` problem, later reads yield zero
 * and empty bytes, and `remaining` is 0 so every `while (r.remaining > 0)` loop ends.
 */
export class ByteReader {
  readonly problems: Problem[];
  readonly #bytes: Uint8Array;
  readonly #buffer: BufferId;
  readonly #sink: FieldSink | undefined;
  readonly #words: boolean;
  #at: number;
  readonly #end: number;
  #short = false;

  constructor(
    buffer: BufferId,
    bytes: Uint8Array,
    sink?: FieldSink,
    from = 0,
    to = bytes.length,
    problems: Problem[] = [],
  ) {
    this.#buffer = buffer;
    this.#bytes = bytes;
    this.#sink = sink;
    this.#words = sink !== undefined && sink.wordless !== true;
    this.#at = from;
    this.#end = to;
    this.problems = problems;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  get offset(): number {
    return this.#at;
  }

  /** True once a read asked for more bytes than there were. */
  get short(): boolean {
    return this.#short;
  }

  span(from: number, to = this.#at): Span {
    return { buffer: this.#buffer, from, to };
  }

  /** The next byte without consuming it; undefined at the end. */
  peek(ahead = 0): number | undefined {
    return this.#at + ahead < this.#end ? this.#bytes[this.#at + ahead] : undefined;
  }

  uint8(field: string, meaning?: (value: number) => string | null): number {
    return this.#uint(field, 1, meaning);
  }

  uint16(field: string, meaning?: (value: number) => string | null): number {
    return this.#uint(field, 2, meaning);
  }

  uint24(field: string, meaning?: (value: number) => string | null): number {
    return this.#uint(field, 3, meaning);
  }

  uint32(field: string, meaning?: (value: number) => string | null): number {
    return this.#uint(field, 4, meaning);
  }

  /** 2^48 < 2^53, so a plain number is exact. */
  uint48(field: string, meaning?: (value: number) => string | null): number {
    return this.#uint(field, 6, meaning);
  }

  /** A view of the next `length` bytes, or of as many as there are. */
  opaque(field: string, length: number, meaning?: (value: Uint8Array) => string | null): Uint8Array {
    const from = this.#take(field, length);
    const value = this.#bytes.subarray(from, this.#at);
    if (this.#sink) this.#sink.field(field, this.span(from), value, this.#meaningOf(value, meaning));
    return value;
  }

  /** A length-prefixed vector of bytes (RFC 8446 §3.4); the prefix is recorded as `<field>_length`. */
  vector(field: string, prefix: 1 | 2 | 3, meaning?: (value: Uint8Array) => string | null): Uint8Array {
    return this.opaque(field, this.#uint(`${field}_length`, prefix), meaning);
  }

  /** A reader for the next `length` bytes, sharing this reader's problems. Reads cannot leak past it. */
  sub(field: string, length: number): ByteReader {
    const from = this.#take(field, length);
    return new ByteReader(this.#buffer, this.#bytes, this.#sink, from, this.#at, this.problems);
  }

  /** A length-prefixed vector as a reader of its own. */
  subVector(field: string, prefix: 1 | 2 | 3): ByteReader {
    return this.sub(field, this.#uint(`${field}_length`, prefix));
  }

  /** Everything `body` reads becomes the children of one field; a string it returns is the group's meaning. */
  group<T>(field: string, body: () => T, meaning?: (value: T) => string | null): T {
    const from = this.#at;
    this.#sink?.open(field, this.span(from));
    const value = body();
    this.#sink?.close(this.span(from), this.#meaningOf(value, meaning));
    return value;
  }

  illegal(field: string, at: Span, why: string): void {
    this.problems.push({ kind: 'illegal', field, at, why });
  }

  /** Call last: bytes nobody decoded are evidence, not an exception. */
  finish(field: string): void {
    if (this.remaining > 0) {
      const from = this.#at;
      this.problems.push({ kind: 'trailing', field, at: this.span(from, this.#end) });
      this.opaque('trailing', this.remaining);
    }
  }

  #uint(field: string, width: number, meaning?: (value: number) => string | null): number {
    const from = this.#take(field, width);
    let value = 0;
    for (let i = from; i < this.#at; i++) value = value * 256 + (this.#bytes[i] ?? 0);
    if (this.#sink) this.#sink.field(field, this.span(from), value, this.#meaningOf(value, meaning));
    return value;
  }

  #meaningOf<T>(value: T, meaning: ((value: T) => string | null) | undefined): string | null {
    return this.#words && meaning ? meaning(value) : null;
  }

  /** Consumes up to `length` bytes and tells where they start. */
  #take(field: string, asked: number): number {
    // A length that was computed from the bytes may be anything; the cursor never goes back.
    const length = asked > 0 ? asked : 0;
    const from = this.#at;
    const missing = length - this.remaining;
    if (missing > 0 && !this.#short) {
      this.#short = true;
      this.problems.push({ kind: 'truncated', field, at: this.span(from, this.#end), missing });
    }
    this.#at = missing > 0 ? this.#end : from + length;
    return from;
  }
}
