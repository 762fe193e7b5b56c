/**
 * A column of whole numbers up to 2^53 that mostly rise slowly, as times and places in a file do: each is kept as its
 * distance from the first of its block. A block in which one lies too far away, or below, is kept in full.
 */

const BLOCK_BITS = 6;
const BLOCK_ROWS = 1 << BLOCK_BITS;

type Distances = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

export class NearColumn {
  /** Of each block the number in its first row; NaN where the block is kept in full. */
  #bases = new Float64Array();
  #distances: Distances;
  readonly #furthest: number;
  readonly #full = new Map<number, Float64Array>();

  /** @param bytes for each distance. */
  constructor(bytes: 2 | 4) {
    this.#distances = bytes === 2 ? new Uint16Array() : new Uint32Array();
    this.#furthest = bytes === 2 ? 0xffff : 0xffff_ffff;
  }

  get(row: number): number {
    const block = row >> BLOCK_BITS;
    const number = (this.#bases[block] ?? 0) + (this.#distances[row] ?? 0);
    return Number.isNaN(number) ? (this.#full.get(block)?.[row & (BLOCK_ROWS - 1)] ?? 0) : number;
  }

  /** Rows are written once and one after the other, and there has to be room for them. */
  add(row: number, number: number): void {
    const [block, place] = [row >> BLOCK_BITS, row & (BLOCK_ROWS - 1)];
    if (place === 0) this.#bases[block] = number;
    const distance = number - (this.#bases[block] ?? 0);
    if (distance >= 0 && distance <= this.#furthest) this.#distances[row] = distance;
    else this.#fullBlock(block)[place] = number;
  }

  makeRoom(rows: number): void {
    const bases = new Float64Array(Math.ceil(rows / BLOCK_ROWS));
    bases.set(this.#bases);
    this.#bases = bases;
    const distances = this.#distances instanceof Uint16Array ? new Uint16Array(rows) : new Uint32Array(rows);
    distances.set(this.#distances);
    this.#distances = distances;
  }

  #fullBlock(block: number): Float64Array {
    const known = this.#full.get(block);
    if (known) return known;
    const first = block << BLOCK_BITS;
    const full = Float64Array.from({ length: BLOCK_ROWS }, (_, place) => this.get(first + place));
    this.#full.set(block, full);
    this.#bases[block] = Number.NaN;
    return full;
  }
}
