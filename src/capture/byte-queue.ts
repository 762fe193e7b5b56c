/** A file that arrives in chunks, seen as one run of bytes of which only the unread tail is kept. */
import { concat } from '../wire/text.ts';

const NOTHING = new Uint8Array();

export class ByteQueue {
  /** The bytes at hand; what is unread starts at `at`. */
  bytes: Uint8Array = NOTHING;
  at = 0;
  #base = 0;
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;

  push(chunk: Uint8Array): void {
    // Node hands out Buffers, whose subarray and slice mean something else.
    const plain = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.at === this.bytes.length && this.#waiting.length === 0) {
      this.#base += this.bytes.length;
      this.bytes = plain;
      this.at = 0;
    } else {
      this.#waiting.push(plain);
      this.#waitingLength += plain.length;
    }
  }

  /** Unread bytes, also those not at hand yet. */
  get remaining(): number {
    return this.bytes.length - this.at + this.#waitingLength;
  }

  /** Where in the file `at` is. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** True if `length` unread bytes exist; they are then at hand in `bytes` from `at` on. */
  has(length: number): boolean {
    if (this.bytes.length - this.at >= length) return true;
    if (this.remaining < length) return false;
    // Joining only when enough is there keeps a long record from being copied once per chunk.
    const joined = concat(this.bytes.subarray(this.at), ...this.#waiting);
    this.#base += this.at;
    this.bytes = joined;
    this.at = 0;
    this.#waiting = [];
    this.#waitingLength = 0;
    return true;
  }
}
