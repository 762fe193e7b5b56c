/**
 * A column of numbers of 32 bits that are 0 in most rows: only pages of rows with another number take room. At the worst,
 * with one in each page, that is what a plain column takes, and 1/16 byte for each row on top.
 */

const PAGE_BITS = 6;
const PAGE_ROWS = 1 << PAGE_BITS;

export class SparseColumn {
  /** By page: where its rows begin in the values; 0 where all of them are 0. */
  #begins = new Uint32Array(16);
  /** The first page belongs to nobody and stays as it is: absent pages are read there. */
  #values = new Uint32Array(PAGE_ROWS);
  #end = PAGE_ROWS;

  get(row: number): number {
    return this.#values[(this.#begins[row >> PAGE_BITS] ?? 0) + (row & (PAGE_ROWS - 1))] ?? 0;
  }

  set(row: number, value: number): void {
    const page = row >> PAGE_BITS;
    let begin = this.#begins[page] ?? 0;
    if (begin === 0) {
      if (value === 0) return;
      begin = this.#make(page);
    }
    this.#values[begin + (row & (PAGE_ROWS - 1))] = value;
  }

  #make(page: number): number {
    if (page >= this.#begins.length) this.#begins = longer(this.#begins, Math.max(page + 1, this.#begins.length * 2));
    const begin = this.#end;
    this.#end += PAGE_ROWS;
    if (this.#end > this.#values.length) this.#values = longer(this.#values, this.#end + (this.#values.length >> 1));
    this.#begins[page] = begin;
    return begin;
  }
}

function longer(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const made = new Uint32Array(length);
  made.set(column);
  return made;
}
