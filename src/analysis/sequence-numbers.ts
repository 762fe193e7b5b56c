/**
 * The record numbers of a trace, as a column. They count from 0, so that nearly all of them are short; a longer one, of up
 * to 64 bits as in DTLS 1.3 (RFC 9147 §4.2.2), is kept aside in two halves.
 */
import { SparseColumn } from '../capture/columns/sparse-column.ts';

/** Stand for those that record number encryption hides, and for long ones. */
const HIDDEN = 0xffff_ffff;
const LONG = 0xffff_fffe;
const HALF = 0x1_0000_0000;

export class SequenceNumbers {
  #short = new Uint32Array();
  readonly #high = new SparseColumn();
  readonly #low = new SparseColumn();

  /** NaN where it is hidden. */
  get(record: number): number {
    const number = this.#short[record] ?? HIDDEN;
    return number < LONG ? number : this.#special(record, number);
  }

  set(record: number, number: number): void {
    if (number < LONG) this.#short[record] = number;
    else if (Number.isNaN(number)) this.#short[record] = HIDDEN;
    else {
      this.#short[record] = LONG;
      this.#high.set(record, Math.floor(number / HALF));
      this.#low.set(record, number % HALF);
    }
  }

  makeRoom(records: number): void {
    const short = new Uint32Array(records);
    short.set(this.#short);
    this.#short = short;
  }

  #special(record: number, number: number): number {
    return number === HIDDEN ? Number.NaN : this.#high.get(record) * HALF + this.#low.get(record);
  }
}
