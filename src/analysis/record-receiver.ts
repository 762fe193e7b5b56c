/** Takes in the records of one association as they come, each by what it is and how much of it is there. */
import { readsAsFragment } from '../dtls/fragment.ts';
import { CONTENT_TYPE, type DtlsRecord } from '../dtls/record.ts';
import { carriedIn } from './carried.ts';
import type { ClosedRecords } from './closed-records.ts';
import type { ContentReader } from './content-reader.ts';
import type { DataBudget } from './data-budget.ts';
import { hiddenRecord } from './data-datagram.ts';
import type { Claim } from './given.ts';
import type { HandshakeKeys } from './handshake-keys.ts';
import type { KeptReading } from './kept-reading.ts';
import type { ReadingContext } from './reading-context.ts';
import type { RecordNotes } from './record-notes.ts';
import type { RecordOpening } from './record-opening.ts';
import type { ReceivedRecord } from './record-protection.ts';
import { DUPLICATE_ORIGINS, MARK, type RecordTable, type Side, STATE } from './record-table.ts';

/** How a record came to us. */
export interface Reception {
  /** The capture has less of the datagram than was sent. */
  readonly cut: boolean;
  /** Its content is not there: the sharer of the trace left it out. */
  readonly leftOut: boolean;
  /** Its content as the sharer of the trace tells it. */
  readonly claim?: Claim;
}

/** Who gets what was received. */
export interface ReceivingParts {
  readonly notes: RecordNotes;
  readonly keys: HandshakeKeys;
  readonly kept: KeptReading;
  readonly contents: ContentReader;
  readonly closed: ClosedRecords;
  readonly opening: RecordOpening;
}

export class RecordReceiver {
  /** Index of the association. */
  readonly #association: number;
  readonly #table: RecordTable;
  readonly #budget: DataBudget;
  readonly #notes: RecordNotes;
  readonly #keys: HandshakeKeys;
  readonly #kept: KeptReading;
  readonly #contents: ContentReader;
  readonly #closed: ClosedRecords;
  readonly #opening: RecordOpening;

  constructor(association: number, { table, budget }: ReadingContext, parts: ReceivingParts) {
    this.#association = association;
    this.#table = table;
    this.#budget = budget;
    this.#notes = parts.notes;
    this.#keys = parts.keys;
    this.#kept = parts.kept;
    this.#contents = parts.contents;
    this.#closed = parts.closed;
    this.#opening = parts.opening;
  }

  #takeIn(index: number, side: Side): void {
    const c = this.#table.columns;
    c.association[index] = this.#association;
    c.side[index] = side;
    this.#notes.takeIn(index, side);
  }

  /** Takes in the record at `index` of the table. */
  receive(index: number, side: Side, record: ReceivedRecord, how: Reception): void {
    const c = this.#table.columns;
    this.#takeIn(index, side);
    const isProtected = record.form === 'unified' || record.epoch > 0;
    if (record.form === 'unified') {
      this.#keys.isVersion13 = true;
      this.#notes.numbers.noteHidden();
      this.#keys.offerWithoutHello();
    } else {
      const { epoch, sequenceNumber, fragment } = record;
      this.#notes.numbers.note(side, epoch, sequenceNumber);
      if (epoch > 0) this.#notes.noteNonce(side, epoch, sequenceNumber, fragment, 0);
      if (epoch > 0 && record.contentType === CONTENT_TYPE.handshake && readsAsFragment(fragment))
        this.#notes.addUnsealed(index);
    }
    if (how.claim && isProtected) this.#acceptClaim(index, side, how.claim);
    else if (record.fragment.length < record.length) this.#receiveCut(index, side, record, how.cut);
    else if (how.leftOut) this.#receiveEmptied(index, record, isProtected);
    else if (isProtected) this.#opening.open(index, side, record);
    else {
      c.state[index] = STATE.plaintext;
      this.#contents.read(index, side, 0, record.contentType, record.fragment);
    }
  }

  /**
   * Takes in a record of application data of DTLS 1.2 that is whole. The fragment lies in `bytes` from `from` to `to`;
   * they hold only during the call.
   */
  receiveData(index: number, side: Side, bytes: Uint8Array, from: number, to: number): void {
    const c = this.#table.columns;
    this.#takeIn(index, side);
    const epoch = c.epoch[index] ?? 0;
    const sequenceNumber = c.sequenceNumber.get(index);
    this.#notes.numbers.note(side, epoch, sequenceNumber);
    this.#notes.noteNonce(side, epoch, sequenceNumber, bytes, from, to);
    if (!this.#keys.protection.hasKeysOf(epoch)) {
      this.#closed.wait(index);
      return;
    }
    const budget = this.#budget;
    const length = this.#keys.protection.dataLength(epoch, side, to - from);
    if (length !== null && budget.spent) {
      budget.skipped++;
      c.state[index] = STATE.decrypted;
      this.#contents.countData(index, side, length);
      return;
    }
    if (length !== null) budget.take(to - from);
    this.#opening.open(index, side, {
      form: 'plaintext',
      contentType: CONTENT_TYPE.applicationData,
      version: c.version[index] ?? 0,
      epoch,
      sequenceNumber,
      connectionId: NO_BYTES,
      length: to - from,
      fragment: bytes.subarray(from, to),
      at: { buffer: 'packet', from: 0, to: to - from },
    });
  }

  /**
   * Takes in a record of DTLS 1.3 without connection ID that is whole, and lies in `bytes` from `from` to `to`; they hold
   * only during the call.
   */
  receiveHidden(index: number, side: Side, bytes: Uint8Array, from: number, to: number): void {
    const c = this.#table.columns;
    this.#takeIn(index, side);
    this.#keys.isVersion13 = true;
    this.#notes.numbers.noteHidden();
    this.#keys.offerWithoutHello();
    if (!this.#keys.protection.traffic.has(side, (c.epoch[index] ?? 0) & 3)) {
      this.#closed.wait(index);
      return;
    }
    const budget = this.#budget;
    const record = hiddenRecord(bytes, from, to);
    const skimmed = budget.spent ? this.#keys.protection.skimData(side, record) : null;
    if (skimmed) {
      budget.skipped++;
      this.#opening.acceptSkimmed(index, side, skimmed);
      return;
    }
    this.#opening.open(index, side, record);
    if (c.contentType[index] === CONTENT_TYPE.applicationData) budget.take(record.length);
  }

  /** Nobody can open what is not there: it waits with the others until the end, when they are closed. */
  #receiveEmptied(index: number, record: ReceivedRecord, isProtected: boolean): void {
    if (isProtected) this.#closed.addEmptied(index);
    else {
      this.#table.columns.state[index] = STATE.plaintext;
      this.#kept.addData(index, record.fragment.length);
      this.#notes.applicationRecords.push(index);
    }
  }

  #acceptClaim(index: number, side: Side, claim: Claim): void {
    const { contentType, epoch, sequenceNumber, plaintext } = claim;
    const c = this.#table.columns;
    this.#notes.addClaim(index, claim);
    c.state[index] = STATE.decrypted;
    c.epoch[index] = epoch;
    c.sequenceNumber.set(index, sequenceNumber);
    c.contentType[index] = contentType;
    this.#contents.read(index, side, epoch, contentType, plaintext);
  }

  #receiveCut(index: number, side: Side, record: ReceivedRecord, cutByCapture: boolean): void {
    const isProtected = record.form === 'unified' || record.epoch > 0;
    if (cutByCapture && isProtected) {
      this.#closed.close(index, 'truncated-capture');
      return;
    }
    const where = cutByCapture ? 'the capture cut it' : 'the datagram ends';
    const missing = record.length - record.fragment.length;
    this.#contents.malformed(index, `${where} ${missing} bytes before the record does`, record.fragment.length);
    if (!isProtected && record.contentType === CONTENT_TYPE.handshake)
      this.#contents.readHandshake(index, side, 0, record.fragment, true);
  }

  /** Takes in bytes in which no record begins. */
  receiveUnrecognised(index: number, side: Side, firstByte: number): void {
    this.#notes.numbers.noteHidden();
    this.#takeIn(index, side);
    this.#contents.malformed(index, noRecord(firstByte), 0);
  }

  /**
   * Takes in what arrived in place of the record at `original`: it shows what the receiver got, while what was sent
   * makes the handshake. Whatever key there is, an altered record does not open.
   */
  receiveAltered(index: number, side: Side, record: DtlsRecord, original: number): void {
    this.#notes.numbers.noteHidden();
    const c = this.#table.columns;
    this.#takeIn(index, side);
    c.mark[index] = MARK.duplicate;
    c.duplicateOrigin.set(index, DUPLICATE_ORIGINS.indexOf('network') + 1);
    c.repeats.set(index, original + 1);
    if (record.form === 'unrecognised') this.#contents.malformed(index, noRecord(record.firstByte), 0);
    else if (record.fragment.length < record.length)
      this.#contents.malformed(
        index,
        `the datagram ends ${record.length - record.fragment.length} bytes before the record does`,
        0,
      );
    else if (record.form === 'unified' || record.epoch > 0) this.#closed.addAltered(index, side, record);
    else {
      c.state[index] = STATE.plaintext;
      for (const item of carriedIn(record.contentType, record.fragment)) this.#kept.addItem(index, item);
    }
  }
}

const noRecord = (firstByte: number): string =>
  `no DTLS record begins with the byte 0x${firstByte.toString(16).padStart(2, '0')}`;

const NO_BYTES = new Uint8Array();
