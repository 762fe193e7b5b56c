/** The records of one association by their numbers, as acknowledgements name them (RFC 9147 §7). */
import type { RecordList } from './record-list.ts';
import type { RecordTable, Side } from './record-table.ts';

export class RecordNumbers {
  /** Of each sender and epoch, indexes by sequence number. */
  readonly #streams = new Map<number, Map<number, number>>();

  constructor({ columns: c }: RecordTable, records: RecordList) {
    for (const record of records) {
      const number = c.sequenceNumber.get(record);
      if (Number.isNaN(number)) continue;
      const stream = streamOf(c.side[record] === 1 ? 1 : 0, c.epoch[record] ?? 0);
      const indexes = this.#streams.get(stream) ?? new Map<number, number>();
      this.#streams.set(stream, indexes);
      // The first copy counts where a record came twice.
      if (!indexes.has(number)) indexes.set(number, record);
    }
  }

  /** The index; null where no record has that number, or none that opened. */
  find(side: Side, epoch: number, sequenceNumber: number): number | null {
    return this.#streams.get(streamOf(side, epoch))?.get(sequenceNumber) ?? null;
  }
}

const streamOf = (side: Side, epoch: number): number => epoch * 2 + side;
