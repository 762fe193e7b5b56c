/** A file that arrives in chunks, seen as one run of bytes of which only the unread tail is kept. */

const NOTHING = new Uint8Array();
/** A buffer of more than this is given back once what made it grow was read. */
const LARGEST_KEPT = 4 << 20;

export class ByteQueue {
  /** What is unread starts at `at`. It holds until the next `push`, which uses the same buffer again. */
  bytes: Uint8Array = NOTHING;
  at = 0;
  #end = 0;
  #base = 0;

  /** The chunk is copied, and may be overwritten afterwards. */
  push(chunk: Uint8Array): void {
    const rest = this.remaining;
    const length = rest + chunk.length;
    const tooLarge = this.bytes.length > LARGEST_KEPT && length < this.bytes.length / 4;
    if (this.#end + chunk.length > this.bytes.length || tooLarge) this.#moveToFront(rest, length, tooLarge);
    this.bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** How many bytes are unread. */
  get remaining(): number {
    return this.#end - this.at;
  }

  /** Where in the file `at` is. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** True if `length` unread bytes are at hand, in `bytes` from `at` on. */
  has(length: number): boolean {
    return this.#end - this.at >= length;
  }

  /** A long record comes in many chunks: twice the room each time keeps it from being copied once per chunk. */
  #moveToFront(rest: number, length: number, anew: boolean): void {
    if (length > this.bytes.length || anew) {
      const bytes = new Uint8Array(length * 2);
      bytes.set(this.bytes.subarray(this.at, this.#end));
      this.bytes = bytes;
    } else this.bytes.copyWithin(0, this.at, this.#end);
    this.#base += this.at;
    this.at = 0;
    this.#end = rest;
  }
}
