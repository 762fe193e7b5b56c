/** Whole numbers in as few bytes as they need: seven bits a byte, the lowest first (LEB128), signs zigzagged. */

/** Collects bytes; grows as needed. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  uint8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.uint8(rest);
  }

  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Of the eighth byte, in which the last of 53 bits lie. */
const LARGEST_SCALE = 2 ** 49;

/** Thrown by `ByteSource`, and caught where a payload is decoded: what was read is not what a writer writes. */
export class Damaged extends Error {}

/** Reads what `ByteWriter` wrote; throws `Damaged` at its end and for numbers that no writer writes. */
export class ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new Damaged('ends too early');
    return value;
  }

  bytes(length: number): Uint8Array {
    if (length > this.remaining) throw new Damaged('ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new Damaged('holds a number that is too large');
      if (byte < 0x80) return value;
      scale *= 0x80;
      if (scale > LARGEST_SCALE) throw new Damaged('holds a number that is too long');
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
