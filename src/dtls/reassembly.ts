/**
 * One handshake message put together from its fragments: any order, overlaps, retransmissions cut at other
 * offsets (RFC 6347 §4.2.3). Bytes that came first stay; later ones that differ are reported, not hidden.
 */

/** Fresh bytes of a message, and which record brought them. */
export interface MessagePiece {
  /** Offset in the message body. */
  readonly from: number;
  readonly bytes: Uint8Array;
  /** What the caller gave to `add`. */
  readonly record: number;
}

export interface Added {
  /** What of this fragment was not known before, in order. */
  readonly fresh: readonly MessagePiece[];
  /** Offset of the first byte that differs from what came earlier, or null. */
  readonly conflict: number | null;
  /** There were so many pieces already that some of these bytes were not kept. */
  readonly full: boolean;
}

/** More pieces than this and a message is being built by an attacker: RFC 6347 needs one per ~1 byte of MTU at worst. */
export const MAX_PIECES = 4096;

const NO_PIECES: readonly MessagePiece[] = [];

export class MessageAssembly {
  readonly length: number;
  #pieces: MessagePiece[] | null = null;
  #covered = 0;
  #sawEmpty = false;

  constructor(length: number) {
    this.length = length;
  }

  /** Every byte is known. A message without body is complete once its (empty) fragment was seen. */
  get complete(): boolean {
    return this.#covered === this.length && (this.length > 0 || this.#sawEmpty);
  }

  /** Disjoint, ascending by `from`. */
  get pieces(): readonly MessagePiece[] {
    return this.#pieces ?? NO_PIECES;
  }

  get covered(): number {
    return this.#covered;
  }

  /** Adds bytes at `offset`; those past the end of the message are ignored. */
  add(offset: number, bytes: Uint8Array, record: number): Added {
    const added = this.weigh(offset, bytes, record);
    this.take(added.fresh);
    return added;
  }

  /** What bytes at `offset` would add. */
  weigh(offset: number, bytes: Uint8Array, record: number): Added {
    const end = Math.min(offset + bytes.length, this.length);
    const room = MAX_PIECES - this.pieces.length;
    const fresh: MessagePiece[] = [];
    let conflict: number | null = null;
    let full = false;
    let at = offset;
    for (let i = this.#firstEndingAfter(offset); at < end; i++) {
      const piece = this.pieces[i];
      const gapEnd = Math.min(end, piece?.from ?? end);
      if (gapEnd > at) {
        if (fresh.length < room) fresh.push({ from: at, bytes: bytes.subarray(at - offset, gapEnd - offset), record });
        else full = true;
        at = gapEnd;
      }
      if (!piece) break;
      const overlap = Math.min(end, piece.from + piece.bytes.length);
      for (let k = at; k < overlap && conflict === null; k++) {
        if (piece.bytes[k - piece.from] !== bytes[k - offset]) conflict = k;
      }
      at = overlap;
    }
    return fresh.length === 0 ? { fresh: NO_PIECES, conflict, full } : { fresh, conflict, full };
  }

  /** Takes in what a fragment adds, as `weigh` told it. */
  take(fresh: readonly MessagePiece[]): void {
    if (this.length === 0) this.#sawEmpty = true;
    for (const piece of fresh) this.#insert(piece);
  }

  /** Whether these bytes are all known and the same. */
  holds(offset: number, bytes: Uint8Array): boolean {
    if (offset + bytes.length > this.length) return false;
    let at = offset;
    for (let i = this.#firstEndingAfter(offset); at < offset + bytes.length; i++) {
      const piece = this.pieces[i];
      if (piece === undefined || piece.from > at) return false;
      const stop = Math.min(offset + bytes.length, piece.from + piece.bytes.length);
      for (; at < stop; at++) if (piece.bytes[at - piece.from] !== bytes[at - offset]) return false;
    }
    return true;
  }

  /** The body; bytes that are not known are zero. */
  body(): Uint8Array {
    const only = this.pieces[0];
    if (this.pieces.length === 1 && only && only.bytes.length === this.length) return only.bytes;
    // A length that only an attacker claims is never allocated: at most what came, up to the last known byte.
    const last = this.pieces.at(-1);
    const body = new Uint8Array(this.complete ? this.length : last ? last.from + last.bytes.length : 0);
    for (const piece of this.pieces) body.set(piece.bytes, piece.from);
    return body;
  }

  #insert(piece: MessagePiece): void {
    // A list of one takes no room for more: most messages come in one piece.
    if (!this.#pieces) this.#pieces = [piece];
    else this.#pieces.splice(this.#firstEndingAfter(piece.from), 0, piece);
    this.#covered += piece.bytes.length;
  }

  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.pieces[middle];
      if (piece && piece.from + piece.bytes.length <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
