/** Rows of a table by the bytes of their names. Made for a million names: open addressing in one array of numbers. */

/** The names that the rows have. */
export interface RowNames {
  hash(row: number): number;
  same(a: number, b: number): boolean;
  /** Different for different names. */
  text(row: number): string;
}

/** Longer runs than this are no chance: somebody chose names that all hash alike. Such are kept as text. */
const LONGEST_RUN = 64;

export class NameIndex {
  readonly #names: RowNames;
  /** Row + 1 where one is; not more than half of them are taken. */
  #slots = new Int32Array(16);
  #taken = 0;
  readonly #alike = new Map<string, number>();

  constructor(names: RowNames) {
    this.#names = names;
  }

  /** The row with the name of this one; -1 where there is none. */
  find(row: number): number {
    const slot = this.#slotOf(row);
    return slot < 0 ? (this.#alike.get(this.#names.text(row)) ?? -1) : (this.#slots[slot] ?? 0) - 1;
  }

  /** Its name must not be there yet. */
  add(row: number): void {
    if (2 * ++this.#taken > this.#slots.length) this.#grow();
    this.#put(row);
  }

  #put(row: number): void {
    const slot = this.#slotOf(row);
    if (slot < 0) this.#alike.set(this.#names.text(row), row);
    else this.#slots[slot] = row + 1;
  }

  #grow(): void {
    const [held, alike] = [this.#slots, [...this.#alike.values()]];
    this.#slots = new Int32Array(2 * held.length);
    this.#alike.clear();
    for (const slot of held) if (slot > 0) this.#put(slot - 1);
    for (const row of alike) this.#put(row);
  }

  /** Where the name is or would be; below zero where too many others hash alike. */
  #slotOf(row: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#names.hash(row) & mask;
    for (let step = 0; step < LONGEST_RUN; step++) {
      const held = (this.#slots[slot] ?? 0) - 1;
      if (held < 0 || this.#names.same(held, row)) return slot;
      slot = (slot + 1) & mask;
    }
    return -1;
  }
}
