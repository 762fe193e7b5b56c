/** Records of one association that no key opens: as long as keys may still come they wait, at the end it is said why. */
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { ApplicationRecords } from './application-records.ts';
import type { HandshakeKeys } from './handshake-keys.ts';
import type { Unnumbered } from './handshake-state.ts';
import type { KeptReading } from './kept-reading.ts';
import type { ReceivedRecord } from './record-protection.ts';
import { HIDDEN_TYPE, REASONS, type RecordTable, type Side, STATE } from './record-table.ts';
import type { ClosedReason } from './trace.ts';

/** A protected record that nobody can open, in full. */
interface Sealed {
  readonly index: number;
  readonly side: Side;
  readonly record: ReceivedRecord;
}

/** Epochs of DTLS 1.3 (RFC 9147 §6.1). */
const EARLY_EPOCH = 1;
const HANDSHAKE_EPOCH = 2;

export class ClosedRecords {
  readonly #table: RecordTable;
  readonly #kept: KeptReading;
  readonly #keys: HandshakeKeys;
  readonly #data: ApplicationRecords;
  /** The newest protected record that waits for keys; -1 for none. Each knows the one before it. */
  #lastWaiting = -1;
  /** Protected records that were altered on the way. */
  readonly #altered: Sealed[] = [];
  /** Records whose content was left out. */
  readonly #emptied: number[] = [];

  /** @param data the records of application data, to which those that stay closed may count. */
  constructor(table: RecordTable, kept: KeptReading, keys: HandshakeKeys, data: ApplicationRecords) {
    this.#table = table;
    this.#kept = kept;
    this.#keys = keys;
    this.#data = data;
  }

  wait(index: number): void {
    this.#table.columns.state[index] = STATE.waiting;
    this.#table.noteWaiting(index, this.#lastWaiting);
    this.#lastWaiting = index;
  }

  /** Those that waited, in order; they wait no longer. */
  takeWaiting(): readonly number[] {
    const waiting: number[] = [];
    for (let record = this.#lastWaiting; record >= 0; record = this.#table.waitedBefore(record)) waiting.push(record);
    this.#lastWaiting = -1;
    return waiting.reverse();
  }

  /** Whatever key there is, it does not open. */
  addAltered(index: number, side: Side, record: ReceivedRecord): void {
    this.#altered.push({ index, side, record });
  }

  /** Nobody can open what is not there: it waits with the others until the end. */
  addEmptied(index: number): void {
    this.#emptied.push(index);
  }

  close(index: number, reason: ClosedReason): void {
    const c = this.#table.columns;
    c.state[index] = STATE.undecryptable;
    c.reason[index] = REASONS.indexOf(reason) + 1;
  }

  /** Called once everything was read. */
  finish(): void {
    const { protection } = this.#keys;
    for (const { index, side, record } of this.#altered) this.close(index, protection.reasonClosed(side, record));
    for (const index of this.takeWaiting()) this.#stayedClosed(index, false);
    for (const index of this.#emptied) this.#stayedClosed(index, true);
  }

  /** No key opened it, or its content was left out by whoever shared the trace. */
  #stayedClosed(index: number, leftOut: boolean): void {
    const c = this.#table.columns;
    const side: Side = c.side[index] === 1 ? 1 : 0;
    const contentType = c.contentType[index] ?? 0;
    const epoch = c.epoch[index] ?? 0;
    const isUnified = contentType === HIDDEN_TYPE;
    const hiddenCid = c.cid[index] === 1 && this.#keys.connectionIds[side === 0 ? 1 : 0].length === 0;
    const reason = hiddenCid
      ? 'unknown-cid-length'
      : this.#keys.protection.reasonClosed(
          side,
          isUnified ? { form: 'unified', epochBits: epoch & 3 } : { form: 'plaintext', epoch },
        );
    // No key opens what is not there, so none has failed.
    this.close(index, leftOut && reason === 'authentication-failed' ? 'no-key' : reason);
    if (isUnified) {
      if ((epoch & 3) === HANDSHAKE_EPOCH) this.#addUnnumbered(1, { kind: 'closed', side, record: index });
      else if ((epoch & 3) !== EARLY_EPOCH) this.#data.push(index);
    } else if (contentType === CONTENT_TYPE.handshake)
      this.#addUnnumbered(epoch, { kind: 'closed', side, record: index });
    else if (contentType === CONTENT_TYPE.tls12Cid && c.sequenceNumber.get(index) === 0)
      this.#addUnnumbered(epoch, { kind: 'finished', side, record: index });
    else if (contentType === CONTENT_TYPE.applicationData || contentType === CONTENT_TYPE.tls12Cid)
      this.#data.push(index);
  }

  #addUnnumbered(handshake: number, unnumbered: Unnumbered): void {
    if (this.#kept.full) this.#kept.noteUnread();
    else this.#kept.addUnnumbered(handshake, unnumbered);
  }
}
