/**
 * A column of numbers of up to 32 bits of which nearly all fit into one byte or two. Those that do not are kept aside, so
 * that every number is read as it was written.
 */
import { SparseColumn } from './sparse-column.ts';

type Narrow = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

export class NarrowColumn {
  #narrow: Narrow;
  /** Stands for those that are kept aside. */
  readonly #aside: number;
  readonly #wide = new SparseColumn();

  constructor(bytes: 1 | 2) {
    this.#narrow = bytes === 1 ? new Uint8Array() : new Uint16Array();
    this.#aside = bytes === 1 ? 0xff : 0xffff;
  }

  /** 0 where nothing was written. */
  get(row: number): number {
    const value = this.#narrow[row] ?? 0;
    return value === this.#aside ? this.#wide.get(row) : value;
  }

  /** There has to be room for the row. */
  set(row: number, value: number): void {
    this.#narrow[row] = value < this.#aside ? value : this.#aside;
    if (value >= this.#aside) this.#wide.set(row, value);
  }

  makeRoom(rows: number): void {
    const narrow = this.#narrow instanceof Uint8Array ? new Uint8Array(rows) : new Uint16Array(rows);
    narrow.set(this.#narrow);
    this.#narrow = narrow;
  }
}
