/**
 * What is noted of the records of one association while they are read, beside their messages. It stays when everything was
 * read, and of a busy server's capture there are thousands: what most associations do not have takes no room.
 */
import { ApplicationRecords } from './application-records.ts';
import type { AlertSeen } from './carried.ts';
import type { Claim } from './given.ts';
import { NonceCounters, type Nonces } from './nonce-counters.ts';
import type { RecordList } from './record-list.ts';
import type { RecordTable, Side } from './record-table.ts';
import { SentNumbers } from './sent-numbers.ts';

/** What one side wrote, in the clear. */
export interface DataCount {
  readonly records: number;
  readonly bytes: number;
}

export class RecordNotes {
  /** How many were taken in so far, and which is the first; -1 for none. */
  recordCount = 0;
  firstRecord = -1;
  /** Whether any record is the client's. */
  clientWrote = false;
  readonly numbers = new SentNumbers();
  /** Who wrote application data when, in order of capture; still closed records count by their clear content type. */
  readonly applicationRecords: ApplicationRecords;
  /** Takes in the nonces; null once all were read. */
  #counters: NonceCounters | null;
  #nonces: Nonces;
  #alerts: AlertSeen[] | null = null;
  #unsealed: number[] | null = null;
  #claims: Map<number, Claim> | null = null;
  #clientRecords = 0;
  #clientBytes = 0;
  #serverRecords = 0;
  #serverBytes = 0;

  constructor(table: RecordTable) {
    this.applicationRecords = new ApplicationRecords(table);
    this.#counters = new NonceCounters();
    this.#nonces = this.#counters;
  }

  takeIn(index: number, side: Side): void {
    if (this.recordCount++ === 0) this.firstRecord = index;
    if (side === 0) this.clientWrote = true;
  }

  /** Of a record of DTLS 1.2 under keys, whose nonce may be in the clear from `from` on. */
  noteNonce(side: Side, epoch: number, sequenceNumber: number, bytes: Uint8Array, from: number, to?: number): void {
    this.#counters?.note(side, epoch, sequenceNumber, bytes, from, to);
  }

  /** A record of application data of so many bytes in the clear. */
  countData(index: number, side: Side, length: number): void {
    if (side === 0) {
      this.#clientRecords++;
      this.#clientBytes += length;
    } else {
      this.#serverRecords++;
      this.#serverBytes += length;
    }
    this.applicationRecords.push(index);
  }

  addAlert(alert: AlertSeen): void {
    this.#alerts ??= [];
    this.#alerts.push(alert);
  }

  /** A handshake record under keys that reads as messages in the clear. */
  addUnsealed(index: number): void {
    this.#unsealed ??= [];
    this.#unsealed.push(index);
  }

  addClaim(index: number, claim: Claim): void {
    this.#claims ??= new Map();
    this.#claims.set(index, claim);
  }

  /** Called once everything was read; `records` are all that were taken in. */
  finish(records: RecordList, settled: Map<string, Nonces>): void {
    this.applicationRecords.list(records);
    // Sorted anew, a list has no room for more.
    this.#alerts &&= this.#alerts.toSorted((a, b) => a.record - b.record);
    this.#nonces = this.#counters?.settled(settled) ?? this.#nonces;
    this.#counters = null;
  }

  /** In order of capture once `finish` was called. */
  get alerts(): readonly AlertSeen[] {
    return this.#alerts ?? NO_ALERTS;
  }

  /** Of the nonces that records of DTLS 1.2 have in the clear. */
  get nonces(): Nonces {
    return this.#nonces;
  }

  /** Handshake records under keys that read as messages in the clear. */
  get unsealed(): readonly number[] {
    return this.#unsealed ?? NO_NUMBERS;
  }

  /** Contents that are not opened but told, by record index. */
  get claims(): ReadonlyMap<number, Claim> {
    return this.#claims ?? NO_CLAIMS;
  }

  /** By side. */
  get applicationData(): readonly [DataCount, DataCount] {
    return [
      { records: this.#clientRecords, bytes: this.#clientBytes },
      { records: this.#serverRecords, bytes: this.#serverBytes },
    ];
  }
}

const NO_ALERTS: readonly AlertSeen[] = [];
const NO_NUMBERS: readonly number[] = [];
const NO_CLAIMS: ReadonlyMap<number, Claim> = new Map();
