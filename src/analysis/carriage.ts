/** What the records of one association carry: of application data a length in a column, of all else what was read. */
import type { Carried } from './carried.ts';
import type { RecordTable } from './record-table.ts';

/** The longest that the column holds; it counts from 1. */
const LONGEST = 0xfffe;

export class Carriage implements Iterable<readonly [number, readonly Carried[]]> {
  readonly #table: RecordTable;
  readonly #items = new Map<number, Carried[]>();

  constructor(table: RecordTable) {
    this.#table = table;
  }

  /** By 0-based number of the record. */
  get(record: number): readonly Carried[] | undefined {
    return this.#items.get(record) ?? this.#data(record);
  }

  add(record: number, ...items: readonly Carried[]): void {
    const known = this.#items.get(record);
    if (!known) this.#items.set(record, [...(this.#data(record) ?? []), ...items]);
    else for (const item of items) known.push(item);
  }

  /** All records but those of application data, in the order in which they were read. */
  [Symbol.iterator](): Iterator<readonly [number, readonly Carried[]]> {
    return this.#items[Symbol.iterator]();
  }

  #data(record: number): readonly Carried[] | undefined {
    const length = this.#table.columns.dataLength[record] ?? 0;
    return length === 0 ? undefined : [{ kind: 'applicationData', length: length - 1 }];
  }
}

/** Notes application data of so many bytes in the clear; false where the column cannot hold it. */
export function noteData(table: RecordTable, record: number, length: number): boolean {
  if (length > LONGEST) return false;
  table.columns.dataLength[record] = length + 1;
  return true;
}
