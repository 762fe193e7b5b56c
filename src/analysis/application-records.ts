/** The records of application data of one association, in order of capture: numbers, of which columns tell the rest. */
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
  readonly #records: number[] = [];

  constructor(table: RecordTable) {
    this.#table = table;
  }

  get length(): number {
    return this.#records.length;
  }

  push(record: number): void {
    this.#records.push(record);
  }

  /** Records may have been opened late. */
  sort(): void {
    sortRecords(this.#records);
  }

  at(index: number): ApplicationRecord | undefined {
    return this.#read(this.#records.at(index), { record: 0, side: 0, epoch: 0 });
  }

  /** The object is the same in each call of `test`. */
  some(test: (record: ApplicationRecord) => boolean): boolean {
    return this.#indexOf(test) >= 0;
  }

  find(test: (record: ApplicationRecord) => boolean): ApplicationRecord | undefined {
    const index = this.#indexOf(test);
    return index < 0 ? undefined : this.at(index);
  }

  *[Symbol.iterator](): Generator<ApplicationRecord> {
    for (const record of this.#records) {
      const read = this.#read(record, { record: 0, side: 0, epoch: 0 });
      if (read) yield read;
    }
  }

  #indexOf(test: (record: ApplicationRecord) => boolean): number {
    const one: Mutable = { record: 0, side: 0, epoch: 0 };
    for (let i = 0; i < this.#records.length; i++) {
      const read = this.#read(this.#records[i], one);
      if (read && test(read)) return i;
    }
    return -1;
  }

  #read(record: number | undefined, into: Mutable): ApplicationRecord | undefined {
    if (record === undefined) return undefined;
    const c = this.#table.columns;
    into.record = record;
    into.side = c.side[record] === 1 ? 1 : 0;
    into.epoch = c.contentType[record] === HIDDEN_TYPE ? FIRST_EPOCH_13 : (c.epoch[record] ?? 0);
    return into;
  }
}

/** Ascending; most are so already. */
export function sortRecords(records: number[]): void {
  for (let i = 1; i < records.length; i++) {
    if ((records[i - 1] ?? 0) <= (records[i] ?? 0)) continue;
    records.sort((a, b) => a - b);
    return;
  }
}
