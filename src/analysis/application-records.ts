/**
 * The records of application data of one association, in order of capture. They are marked in a column, and known by that
 * among all records of the association once those are listed.
 */
import { NO_RECORDS, type RecordList } from './record-list.ts';
import { HIDDEN_TYPE, type RecordTable, type Side } from './record-table.ts';

export interface ApplicationRecord {
  /** 0-based. */
  readonly record: number;
  readonly side: Side;
  /** Of a closed record of DTLS 1.3, the first one that application data can have. */
  readonly epoch: number;
}

type Mutable = { -readonly [Key in keyof ApplicationRecord]: ApplicationRecord[Key] };

/** Epoch of application data in DTLS 1.3 until keys are updated (RFC 9147 §6.1). */
const FIRST_EPOCH_13 = 3;

export class ApplicationRecords implements Iterable<ApplicationRecord> {
  readonly #table: RecordTable;
  #length = 0;
  /** All of the association. */
  #records = NO_RECORDS;

  constructor(table: RecordTable) {
    this.#table = table;
  }

  get length(): number {
    return this.#length;
  }

  /** Each record once. */
  push(record: number): void {
    this.#table.columns.isData[record] = 1;
    this.#length++;
  }

  /** @param records all of the association: those that are application data can be asked for from now on. */
  list(records: RecordList): void {
    this.#records = records;
  }

  /** The object is the same in each call of `test`. */
  some(test: (record: ApplicationRecord) => boolean): boolean {
    return this.find(test) !== undefined;
  }

  find(test: (record: ApplicationRecord) => boolean): ApplicationRecord | undefined {
    return this.#findFrom(0, test);
  }

  /** The first of those that come later; `isLater` holds for all records from some one on. */
  findLater(
    isLater: (record: number) => boolean,
    test: (record: ApplicationRecord) => boolean,
  ): ApplicationRecord | undefined {
    let [low, high] = [0, this.#records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(this.#records[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return this.#findFrom(low, test);
  }

  *[Symbol.iterator](): Generator<ApplicationRecord> {
    const { isData } = this.#table.columns;
    for (const record of this.#records)
      if (isData[record] === 1) yield this.#read(record, { record: 0, side: 0, epoch: 0 });
  }

  #findFrom(place: number, test: (record: ApplicationRecord) => boolean): ApplicationRecord | undefined {
    if (this.#length === 0) return undefined;
    const { isData } = this.#table.columns;
    const one: Mutable = { record: 0, side: 0, epoch: 0 };
    for (let i = place; i < this.#records.length; i++) {
      const record = this.#records[i] ?? 0;
      if (isData[record] === 1 && test(this.#read(record, one))) return one;
    }
    return undefined;
  }

  #read(record: number, into: Mutable): ApplicationRecord {
    const c = this.#table.columns;
    into.record = record;
    into.side = c.side[record] === 1 ? 1 : 0;
    into.epoch = c.contentType[record] === HIDDEN_TYPE ? FIRST_EPOCH_13 : (c.epoch[record] ?? 0);
    return into;
  }
}
