/**
 * The reading of one association, kept as a log of what was read: the messages themselves are forgotten when others were
 * asked about since, and made again of the log when somebody asks.
 */
import type { RecordNumber } from '../dtls/messages/ack.ts';
import { AssociationReading, type Finishing, type Placed, type ReadFragment } from './association-reading.ts';
import { noteData } from './carriage.ts';
import type { Carried } from './carried.ts';
import type { Unnumbered } from './handshake-state.ts';
import type { Forgetful, LastAsked } from './last-asked.ts';
import type { LogStore } from './log-store.ts';
import type { ReadingContext } from './reading-context.ts';
import { ReadingLog } from './reading-log.ts';
import type { RecordList } from './record-list.ts';
import { RecordNumbers } from './record-numbers.ts';
import type { RecordTable, Side } from './record-table.ts';

/** Of one association: no endpoint sends so many fragments, CCSs, alerts and ACKs, nor so much in them. */
export const MOST_PARTS = 65_536;
export const MOST_HANDSHAKE_BYTES = 32 * 1024 * 1024;

export class KeptReading implements Forgetful {
  generation = 0;
  #parts = 0;
  /** Of fragments, not counting what repeats. */
  #bytes = 0;
  readonly #table: RecordTable;
  readonly #readings: LastAsked;
  readonly #logs: LogStore;
  readonly #log: ReadingLog;
  /** Null where it was forgotten since somebody asked last. */
  #reading: AssociationReading | null;
  #byNumber: RecordNumbers | null = null;
  /** Whose it is, once all was read. */
  #finished: Finishing | null = null;

  constructor({ table, readings, logs }: Pick<ReadingContext, 'table' | 'readings' | 'logs'>) {
    this.#table = table;
    this.#readings = readings;
    this.#logs = logs;
    this.#log = new ReadingLog(logs);
    this.#reading = new AssociationReading(table);
    readings.touch(this);
  }

  /** Made anew where nobody asked for long: two readings have the same content, but no object in common. */
  get reading(): AssociationReading {
    this.#readings.touch(this);
    this.#reading ??= this.#readAgain();
    return this.#reading;
  }

  #readAgain(): AssociationReading {
    const reading = new AssociationReading(this.#table);
    this.#log.replay(reading);
    if (this.#finished) reading.finish(this.#finished);
    return reading;
  }

  /** Called when others were asked about since. */
  forget(): void {
    this.#reading = null;
    this.#byNumber = null;
  }

  addItem(record: number, item: Carried): void {
    if (item.kind === 'alert' || item.kind === 'ack') this.#parts++;
    this.#log.addItem(record, item);
    this.#reading?.addItem(record, item);
  }

  /** There is more than any endpoint sends: no more of it is to be added. */
  get full(): boolean {
    return this.#parts >= MOST_PARTS || this.#bytes >= MOST_HANDSHAKE_BYTES;
  }

  /** A record was not read, or not to its end, because `full` is true. */
  noteUnread(): void {
    this.#logs.unread++;
  }

  addFragment(fragment: ReadFragment): Placed {
    const { reading } = this;
    const placed = reading.place(fragment);
    this.#parts++;
    for (const { bytes } of placed.added.fresh) this.#bytes += bytes.length;
    this.#log.addFragment(placed);
    return reading.addFragment(placed);
  }

  /** Application data of so many bytes in the clear. */
  addData(record: number, length: number): void {
    if (!noteData(this.#table, record, length)) this.addItem(record, { kind: 'applicationData', length });
  }

  addUnnumbered(handshake: number, unnumbered: Unnumbered): void {
    this.#parts++;
    this.#log.addUnnumbered(handshake, unnumbered);
    this.#reading?.addUnnumbered(handshake, unnumbered);
  }

  /** Called once everything was read. */
  finish(association: Finishing): void {
    this.#finished = association;
    this.#reading?.finish(association);
  }

  /**
   * The number (1-based) of the record that an ACK in record `by` names: one of the other side; null if not captured.
   * `records` are all of the association.
   */
  recordWithNumber(records: RecordList, by: number, { epoch, sequenceNumber }: RecordNumber): number | null {
    this.#byNumber ??= new RecordNumbers(this.#table, records);
    const other: Side = this.#table.columns.side[by] === 0 ? 1 : 0;
    const record = this.#byNumber.find(other, epoch, sequenceNumber);
    return record === null ? null : record + 1;
  }
}
