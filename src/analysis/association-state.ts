/**
 * One association as it is read: who it is, and what its records gave. This is the place where dtls/ and crypto/
 * alternate: a hello gives keys (`HandshakeKeys`), keys open records (`RecordOpening`), and what is inside them
 * (`ContentReader`) may be the hellos of a renegotiation.
 */
import type { Endpoint } from '../capture/datagram.ts';
import type { GivenPsk } from '../crypto/psk.ts';
import type { RecordNumber } from '../dtls/messages/ack.ts';
import type { ApplicationRecords } from './application-records.ts';
import { associationId } from './association-id.ts';
import type { AssociationReading } from './association-reading.ts';
import type { Carriage } from './carriage.ts';
import type { AlertSeen } from './carried.ts';
import { ClosedRecords } from './closed-records.ts';
import { ContentReader } from './content-reader.ts';
import type { Claim } from './given.ts';
import { HandshakeKeys } from './handshake-keys.ts';
import type { HandshakeState } from './handshake-state.ts';
import { KeptReading } from './kept-reading.ts';
import type { Nonces } from './nonce-counters.ts';
import type { ReadingContext } from './reading-context.ts';
import { NO_RECORDS, type RecordList } from './record-list.ts';
import { RecordNotes } from './record-notes.ts';
import { RecordOpening } from './record-opening.ts';
import type { ReceivedRecord, RecordProtection } from './record-protection.ts';
import { RecordReceiver } from './record-receiver.ts';
import { type Side, STATE } from './record-table.ts';
import type { SentNumbers } from './sent-numbers.ts';

export interface AddressChange {
  readonly record: number;
  readonly side: Side;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Only at the other of two capture points, behind a NAT. */
  readonly far: boolean;
}

const NO_ADDRESS_CHANGES: readonly AddressChange[] = [];

export class AssociationState {
  readonly index: number;
  readonly rolesKnown: boolean;
  /** Client and server as they were first seen. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  /** The association that had the quartet before. */
  readonly replaces: AssociationState | null;
  replacedBy: AssociationState | null = null;
  /** All of them, once `finish` was called. */
  records = NO_RECORDS;
  /** Whoever shared the trace made names unreadable: what is computed over them cannot match. */
  altered = false;
  readonly #context: ReadingContext;
  readonly #notes: RecordNotes;
  readonly #kept: KeptReading;
  readonly #keys: HandshakeKeys;
  /** Null once everything was read. */
  #reader: { readonly receiver: RecordReceiver; readonly closed: ClosedRecords } | null;
  /** These are null where there are none: mostly. */
  #addressChanges: AddressChange[] | null = null;
  #farAddresses: [Endpoint | null, Endpoint | null] | null = null;

  constructor(
    index: number,
    endpoints: readonly [Endpoint, Endpoint],
    rolesKnown: boolean,
    replaces: AssociationState | null,
    context: ReadingContext,
  ) {
    this.index = index;
    this.endpoints = endpoints;
    this.rolesKnown = rolesKnown;
    this.replaces = replaces;
    this.#context = context;
    const { table } = context;
    const notes = new RecordNotes(table);
    const kept = new KeptReading(context);
    const keys = new HandshakeKeys(context, kept, () => opening.retryWaiting());
    const contents = new ContentReader(table, notes, kept, keys);
    const closed = new ClosedRecords(table, kept, keys, notes.applicationRecords);
    const opening = new RecordOpening(index, context, keys, contents, closed);
    const receiver = new RecordReceiver(index, context, { notes, keys, kept, contents, closed, opening });
    this.#notes = notes;
    this.#kept = kept;
    this.#keys = keys;
    this.#reader = { receiver, closed };
  }

  /** "a1" for the first. */
  get id(): string {
    return associationId(this.index);
  }

  /** Takes in its records, as long as there may be any. */
  get receiver(): RecordReceiver {
    if (!this.#reader) throw new Error(`all records of ${this.id} were read`);
    return this.#reader.receiver;
  }

  /** Called once everything was read; `records` are all that were taken in. */
  finish(records: RecordList): void {
    this.records = records;
    this.#reader?.closed.finish();
    this.#notes.finish(records, this.#context.nonces);
    this.#kept.finish(this);
    this.#keys.finish();
    this.#reader = null;
  }

  get addressChanges(): readonly AddressChange[] {
    return this.#addressChanges ?? NO_ADDRESS_CHANGES;
  }

  addAddressChange(change: AddressChange): void {
    this.#addressChanges ??= [];
    this.#addressChanges.push(change);
  }

  /** Whence the last datagram of this side came, at the point nearer to its receiver. */
  farAddress(side: Side): Endpoint | null {
    return this.#farAddresses?.[side] ?? null;
  }

  setFarAddress(side: Side, address: Endpoint): void {
    this.#farAddresses ??= [null, null];
    this.#farAddresses[side] = address;
  }

  /**
   * The messages that were read, and what each record carries. Made anew where nobody asked for long: two readings have
   * the same content, but no object in common.
   */
  get reading(): AssociationReading {
    return this.#kept.reading;
  }

  /** Ascending by number once `finish` was called. */
  get handshakes(): readonly HandshakeState[] {
    return this.reading.handshakes;
  }

  /** What each record carries, by record index; application data only in short. */
  get carried(): Carriage {
    return this.reading.carried;
  }

  get alerts(): readonly AlertSeen[] {
    return this.#notes.alerts;
  }

  /** Who wrote application data when, in order of capture; still closed records count by their clear content type. */
  get applicationRecords(): ApplicationRecords {
    return this.#notes.applicationRecords;
  }

  get applicationData(): RecordNotes['applicationData'] {
    return this.#notes.applicationData;
  }

  /** How many records were taken in so far, and which is the first; -1 for none. */
  get recordCount(): number {
    return this.#notes.recordCount;
  }

  get firstRecord(): number {
    return this.#notes.firstRecord;
  }

  /** Whether any record is the client's. */
  get clientWrote(): boolean {
    return this.#notes.clientWrote;
  }

  get numbers(): SentNumbers {
    return this.#notes.numbers;
  }

  /** Of the nonces that records of DTLS 1.2 have in the clear. */
  get nonces(): Nonces {
    return this.#notes.nonces;
  }

  /** Contents that are not opened but told, by record index. */
  get claims(): ReadonlyMap<number, Claim> {
    return this.#notes.claims;
  }

  /** Handshake records under keys that read as messages in the clear. */
  get unsealed(): readonly number[] {
    return this.#notes.unsealed;
  }

  get protection(): RecordProtection {
    return this.#keys.protection;
  }

  /** Decided by the ServerHello, or by the header of the records where there is none. */
  get isVersion13(): boolean {
    return this.#keys.isVersion13;
  }

  /** Hex. Null until the ClientHello was read. */
  get clientRandom(): string | null {
    return this.#keys.clientRandom;
  }

  /** Every ClientHello random that this association was seen with: one, unless the client breaks the rules. Hex. */
  get randoms(): readonly string[] {
    return this.#keys.randoms;
  }

  get hasRandom(): boolean {
    return this.#keys.hasRandom;
  }

  /** @param random of a ClientHello, hex. */
  knowsRandom(random: string): boolean {
    return this.#keys.knowsRandom(random);
  }

  addRandom(random: string): void {
    this.#keys.addRandom(random);
  }

  /** CIDs that each side wants to receive, the negotiated one first; empty where none was negotiated. */
  get connectionIds(): HandshakeKeys['connectionIds'] {
    return this.#keys.connectionIds;
  }

  /** Why pre-shared or private keys that were given do not open it, a sentence; null where they do or were not given. */
  get whyClosed(): string | null {
    return this.#keys.whyClosed;
  }

  /** Pre-shared keys that were given for this identity, or for any. */
  givenPsks(identity: Uint8Array): readonly GivenPsk[] {
    return this.#context.keyring.psksFor(identity);
  }

  /** What EXPORTER_SECRET lines of the key logs say for this client random; null for none. */
  get exporterSecret(): Uint8Array | null {
    return this.clientRandom === null ? null : this.#context.keyring.exporterSecret(this.clientRandom);
  }

  /** The secret that opened its records was found by trying those of the key logs: the ClientHello is missing. */
  get keysFoundByTrial(): boolean {
    return this.#keys.tried && this.records.some((r) => this.#context.table.columns.state[r] === STATE.decrypted);
  }

  /** Whether a record opens with the keys of this association: to find out whose it is. */
  opens(side: Side, record: ReceivedRecord): boolean {
    return this.#keys.opens(side, record);
  }

  /** The number (1-based) of the record that an ACK in record `by` names: one of the other side; null if not captured. */
  recordWithNumber(by: number, name: RecordNumber): number | null {
    return this.#kept.recordWithNumber(this.records, by, name);
  }
}
