/**
 * All records of a trace as columns of numbers, 26 bytes for most: what every record has, and nothing that can be
 * read again from the datagram. A record object is made only when somebody looks at it.
 */
import { uint16 } from '../capture/big-endian.ts';
import { roomFor } from '../capture/columns/growth.ts';
import { NarrowColumn } from '../capture/columns/narrow-column.ts';
import { NearColumn } from '../capture/columns/near-column.ts';
import { SparseColumn } from '../capture/columns/sparse-column.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import { FlightPlaces } from './flight-places.ts';
import { SequenceNumbers } from './sequence-numbers.ts';
import type { DuplicateOrigin } from './story.ts';
import type { ClosedReason, Mark, RecordState, Sender } from './trace.ts';

export const STATES: readonly RecordState[] = ['plaintext', 'decrypted', 'undecryptable', 'malformed'];
export const REASONS: readonly ClosedReason[] = [
  'no-key',
  'authentication-failed',
  'unsupported-suite',
  'truncated-capture',
  'unknown-cid-length',
];
export const MARKS: readonly Mark[] = ['original', 'retransmission', 'duplicate', 'reordered'];
export const DUPLICATE_ORIGINS: readonly DuplicateOrigin[] = ['network', 'capture', 'replay', 'reused-number'];
export const SENDERS: readonly Sender[] = ['client', 'server'];

export const SIDE = { client: 0, server: 1 } as const;
export type Side = 0 | 1;

/** `waiting` is that of records to which a key may still come, while they are read. */
export const STATE = { plaintext: 0, decrypted: 1, undecryptable: 2, malformed: 3, waiting: 4 } as const;
export const MARK = { original: 0, retransmission: 1, duplicate: 2, reordered: 3 } as const;

type Arrays = {
  /** As the header says it, or in DTLS 1.3 the plaintext; `HIDDEN_TYPE` while that is closed. */
  readonly contentType: Uint8Array;
  readonly version: Uint16Array;
  readonly epoch: Uint16Array;
  /** Index of the association, of which there are at most `MOST_ASSOCIATIONS`; `NO_ASSOCIATION` before it is known. */
  readonly association: Uint16Array;
  readonly side: Uint8Array;
  readonly state: Uint8Array;
  /** Index into REASONS plus 1; 0 where the record is open. */
  readonly reason: Uint8Array;
  readonly mark: Uint8Array;
  /** 0 without connection ID; else the length that it was taken to have, in bytes, plus 1. */
  readonly cid: Uint8Array;
  /** Of application data in the clear, in bytes, plus 1; 0 for all else. */
  readonly dataLength: Uint16Array;
  /** 1 where it counts as application data of its association, be it open or closed. */
  readonly isData: Uint8Array;
};

type Others = {
  /** Index of the datagram in the trace. */
  readonly datagram: NearColumn;
  readonly sequenceNumber: SequenceNumbers;
  /** Where the record starts in the payload of its datagram. Only a jumbogram or a text may have more than 64 KB. */
  readonly from: NarrowColumn;
  readonly length: NarrowColumn;
  readonly place: FlightPlaces;
  /** Index into DUPLICATE_ORIGINS plus 1; 0 where it is no duplicate. */
  readonly duplicateOrigin: SparseColumn;
  /** Record number (1-based) that this one repeats; 0 for none. */
  readonly repeats: SparseColumn;
};

export const NONE = 0xffffffff;
export const NO_ASSOCIATION = 0xffff;
/** The content type of a DTLS 1.3 record that stayed closed. */
export const HIDDEN_TYPE = 0xff;

const allocate = (capacity: number) =>
  ({
    contentType: new Uint8Array(capacity),
    version: new Uint16Array(capacity),
    epoch: new Uint16Array(capacity),
    association: new Uint16Array(capacity),
    side: new Uint8Array(capacity),
    state: new Uint8Array(capacity),
    reason: new Uint8Array(capacity),
    mark: new Uint8Array(capacity),
    cid: new Uint8Array(capacity),
    dataLength: new Uint16Array(capacity),
    isData: new Uint8Array(capacity),
  }) satisfies Arrays;

export interface NewRecord {
  readonly datagram: number;
  readonly from: number;
  readonly length: number;
  readonly contentType: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  readonly cid: number;
}

export class RecordTable {
  count = 0;
  /** The part of the input that was read so far, which tells how many rows will come; null while nobody knows. */
  readShare: number | null = null;
  readonly #others: Others = {
    datagram: new NearColumn(2),
    sequenceNumber: new SequenceNumbers(),
    from: new NarrowColumn(2),
    length: new NarrowColumn(2),
    place: new FlightPlaces(),
    duplicateOrigin: new SparseColumn(),
    repeats: new SparseColumn(),
  };
  columns = { ...allocate(0), ...this.#others };
  /** What the first bytes of records with a hidden number add up to: tells copies apart from others. */
  #heads: Uint32Array | null = null;
  /** Of records that wait for a key: the one of the same association that waited before, plus 1; 0 for none. */
  #waiting: Uint32Array | null = null;

  /** Returns the index; the record's number is one more. */
  add(record: NewRecord): number {
    const index = this.#next();
    const c = this.columns;
    c.datagram.add(index, record.datagram);
    c.from.set(index, record.from);
    c.length.set(index, record.length);
    c.contentType[index] = record.contentType;
    c.version[index] = record.version;
    c.epoch[index] = record.epoch;
    c.sequenceNumber.set(index, record.sequenceNumber);
    c.cid[index] = record.cid;
    c.association[index] = NO_ASSOCIATION;
    return index;
  }

  /** The same for a record of application data without a connection ID, whose header begins at `at`. */
  addData(datagram: number, from: number, length: number, bytes: Uint8Array, at: number): number {
    const index = this.#next();
    const c = this.columns;
    c.datagram.add(index, datagram);
    c.from.set(index, from);
    c.length.set(index, length);
    c.contentType[index] = CONTENT_TYPE.applicationData;
    c.version[index] = uint16(bytes, at + 1);
    c.epoch[index] = uint16(bytes, at + 3);
    const number = uint16(bytes, at + 5) * 0x1_0000_0000 + uint16(bytes, at + 7) * 0x1_0000 + uint16(bytes, at + 9);
    c.sequenceNumber.set(index, number);
    return index;
  }

  noteHead(index: number, head: number): void {
    this.#heads ??= new Uint32Array(this.columns.epoch.length);
    this.#heads[index] = head;
  }

  /** Of a record whose number was hidden when it was read. */
  head(index: number): number {
    return this.#heads?.[index] ?? 0;
  }

  /** Once copies are told from others, nobody asks for them. */
  forgetHeads(): void {
    this.#heads = null;
  }

  /** `before` is the one of the same association that waited before it; -1 for none. */
  noteWaiting(index: number, before: number): void {
    this.#waiting ??= new Uint32Array(this.columns.epoch.length);
    this.#waiting[index] = before + 1;
  }

  /** The record that waited before this one; -1 for none. */
  waitedBefore(index: number): number {
    return (this.#waiting?.[index] ?? 0) - 1;
  }

  /** Once all were read, none waits any more. */
  endWaiting(): void {
    this.#waiting = null;
  }

  #next(): number {
    const index = this.count++;
    if (index >= this.columns.epoch.length) this.#grow();
    return index;
  }

  #grow(): void {
    const old = this.columns;
    const { datagram, sequenceNumber, from, length, place } = this.#others;
    const capacity = roomFor(old.epoch.length, this.readShare);
    const arrays = allocate(capacity);
    for (const key of Object.keys(arrays) as (keyof Arrays)[]) arrays[key].set(old[key]);
    for (const column of [datagram, sequenceNumber, from, length, place]) column.makeRoom(capacity);
    this.columns = { ...arrays, ...this.#others };
    this.#heads &&= longer(this.#heads, capacity);
    this.#waiting &&= longer(this.#waiting, capacity);
  }
}

function longer(column: Uint32Array, length: number): Uint32Array {
  const made = new Uint32Array(length);
  made.set(column);
  return made;
}
