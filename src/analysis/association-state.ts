/**
 * One association while its records are read. This is the place where dtls/ and crypto/ alternate: a hello gives
 * keys, keys open records, and what is inside them may be the hellos of a renegotiation.
 */
import type { Endpoint } from '../capture/datagram.ts';
import type { GivenPsk } from '../crypto/psk.ts';
import { cipherSuite } from '../crypto/suites.ts';
import {
  connectionId,
  hasEncryptThenMac,
  hasExtendedMasterSecret,
  hasTruncatedHmac,
  sessionTicket,
} from '../dtls/extensions/accessors.ts';
import { decodeFragments, type HandshakeFragment, readsAsFragment } from '../dtls/fragment.ts';
import { decodeAck, type RecordNumber } from '../dtls/messages/ack.ts';
import { decodeAlert } from '../dtls/messages/alert.ts';
import { negotiatedVersion } from '../dtls/messages/server-hello.ts';
import { MAX_PIECES } from '../dtls/reassembly.ts';
import { CONTENT_TYPE, type DtlsRecord } from '../dtls/record.ts';
import { HANDSHAKE_TYPE, VERSION } from '../dtls/registry.ts';
import { ByteReader } from '../wire/reader.ts';
import { toHex } from '../wire/text.ts';
import { ApplicationRecords } from './application-records.ts';
import { associationId } from './association-id.ts';
import { AssociationReading, type Placed, type ReadFragment } from './association-reading.ts';
import { type Carriage, noteData } from './carriage.ts';
import { type AlertSeen, type Carried, carriedIn } from './carried.ts';
import type { DataBudget } from './data-budget.ts';
import { hiddenRecord } from './data-datagram.ts';
import type { Claim } from './given.ts';
import { type HandshakeState, type MessageInstance, MOST_VARIANTS, type Unnumbered } from './handshake-state.ts';
import type { Keyring, MasterSecret } from './keyring.ts';
import type { Forgetful, LoadedReadings } from './loaded-readings.ts';
import type { LogStore } from './log-store.ts';
import { NonceCounters } from './nonce-counters.ts';
import { ReadingLog } from './reading-log.ts';
import { NO_RECORDS, type RecordList } from './record-list.ts';
import { RecordNumbers } from './record-numbers.ts';
import { type Opened, type ReceivedRecord, RecordProtection } from './record-protection.ts';
import { DUPLICATE_ORIGINS, HIDDEN_TYPE, MARK, REASONS, type RecordTable, type Side, STATE } from './record-table.ts';
import type { ClosedReason } from './trace.ts';
import type { SkimmedData } from './traffic-keys.ts';
import { hash12, transcriptBefore } from './transcripts.ts';
import { publicKeyOf } from './verification.ts';

/** A protected record that nobody can open, in full. */
interface Sealed {
  readonly index: number;
  readonly side: Side;
  readonly record: ReceivedRecord;
}

/** What an association needs of the trace it is read from. */
export interface ReadingContext {
  readonly table: RecordTable;
  readonly keyring: Keyring;
  readonly budget: DataBudget;
  readonly loaded: LoadedReadings;
  readonly logs: LogStore;
  /** Reads a record again, as it was read when it came. */
  record(index: number): ReceivedRecord;
}

/** How a record came to us. */
export interface Reception {
  /** The capture has less of the datagram than was sent. */
  readonly cut: boolean;
  /** Its content is not there: the sharer of the trace left it out. */
  readonly leftOut: boolean;
  /** Its content as the sharer of the trace tells it. */
  readonly claim?: Claim;
}

/** Epochs of DTLS 1.3 (RFC 9147 §6.1). */
const EARLY_EPOCH = 1;
const HANDSHAKE_EPOCH = 2;

/** Where client_version(2) and random(32) end. */
const HELLO_RANDOM_END = 34;

export class AssociationState implements Forgetful {
  readonly index: number;
  /** "a1" for the first. */
  readonly id: string;
  readonly rolesKnown: boolean;
  /** Client and server as they were first seen. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  /** `far`: only at the other of two capture points, behind a NAT. */
  readonly addressChanges: { record: number; side: Side; from: Endpoint; to: Endpoint; far: boolean }[] = [];
  /** Whence the last datagram of each side came, at the point nearer to its receiver. */
  readonly farAddresses: [Endpoint | null, Endpoint | null] = [null, null];
  /** The association that had the quartet before. */
  readonly replaces: AssociationState | null;
  replacedBy: AssociationState | null = null;
  /** All of them, once `finish` was called. */
  records = NO_RECORDS;
  /** How many were read so far, and which is the first; -1 for none. */
  recordCount = 0;
  firstRecord = -1;
  readonly alerts: AlertSeen[] = [];
  /** Hex. Null until the ClientHello was read. */
  clientRandom: string | null = null;
  /** Every ClientHello random that this association was seen with: one, unless the client breaks the rules. Hex. */
  readonly randoms = new Set<string>();
  /** Whoever shared the trace made names unreadable: what is computed over them cannot match. */
  altered = false;
  /** Contents that are not opened but told, by record index. */
  readonly claims = new Map<number, Claim>();
  /** CIDs that each side wants to receive, the negotiated one first; empty where none was negotiated. */
  readonly connectionIds: readonly [Uint8Array[], Uint8Array[]] = [[], []];
  /** Handshake records under keys that read as messages in the clear. */
  readonly unsealed: number[] = [];
  readonly protection = new RecordProtection();
  /** Of the nonces that records of DTLS 1.2 have in the clear. */
  readonly nonces = new NonceCounters();
  /** Why pre-shared or private keys that were given do not open it, a sentence; null where they do or were not given. */
  whyClosed: string | null = null;
  /** Decided by the ServerHello, or by the header of the records where there is none. */
  isVersion13 = false;
  /** Who wrote application data when, in order of capture; still closed records count by their clear content type. */
  readonly applicationRecords: ApplicationRecords;
  readonly applicationData: [{ records: number; bytes: number }, { records: number; bytes: number }] = [
    { records: 0, bytes: 0 },
    { records: 0, bytes: 0 },
  ];
  readonly #table: RecordTable;
  readonly #keyring: Keyring;
  readonly #context: ReadingContext;
  /** What its messages say; null where it was forgotten since somebody asked last. */
  #reading: AssociationReading | null;
  readonly #log: ReadingLog;
  #finished = false;
  generation = 0;
  /** Whether any record is the client's. */
  #clientWrote = false;
  /** The newest protected record that waits for keys; -1 for none. Each knows the one before it. */
  #lastWaiting = -1;
  /** Protected records that were altered on the way. */
  readonly #altered: Sealed[] = [];
  /** Records whose content was left out. */
  readonly #emptied: number[] = [];
  #byNumber: RecordNumbers | null = null;
  #offeredWithoutHello = false;
  /** A ServerHello chose a suite; null until that is looked up. Every record of DTLS 1.3 asks. */
  #suiteChosen: boolean | null = null;
  /** Secrets were tried that no ClientHello named. */
  #tried = false;
  /** Last record number that each side wrote, by epoch * 2 + side. */
  readonly #lastSequence = new Map<number, number>();
  #numbersRise = true;

  constructor(
    index: number,
    endpoints: readonly [Endpoint, Endpoint],
    rolesKnown: boolean,
    replaces: AssociationState | null,
    context: ReadingContext,
  ) {
    this.index = index;
    this.id = associationId(index);
    this.endpoints = endpoints;
    this.rolesKnown = rolesKnown;
    this.replaces = replaces;
    this.#context = context;
    this.#table = context.table;
    this.#keyring = context.keyring;
    this.#reading = new AssociationReading(context.table);
    this.#log = new ReadingLog(context.logs);
    context.loaded.touch(this);
    this.applicationRecords = new ApplicationRecords(context.table);
  }

  /**
   * The messages that were read, and what each record carries. Made anew where nobody asked for long: two readings have
   * the same content, but no object in common.
   */
  get reading(): AssociationReading {
    this.#context.loaded.touch(this);
    this.#reading ??= this.#readAgain();
    return this.#reading;
  }

  /** Ascending by number once `finish` was called. */
  get handshakes(): readonly HandshakeState[] {
    return this.reading.handshakes;
  }

  /** What each record carries, by record index; application data only in short. */
  get carried(): Carriage {
    return this.reading.carried;
  }

  #readAgain(): AssociationReading {
    const reading = new AssociationReading(this.#table);
    this.#log.replay(reading);
    if (this.#finished) reading.finish(this);
    return reading;
  }

  /** Called when others were asked about since. */
  forget(): void {
    this.#reading = null;
    this.#byNumber = null;
  }

  #noteItem(record: number, item: Carried): void {
    this.#log.addItem(record, item);
    this.#reading?.addItem(record, item);
  }

  #place(fragment: ReadFragment): Placed {
    const { reading } = this;
    this.#log.addFragment(fragment);
    return reading.addFragment(fragment);
  }

  #noteData(record: number, length: number): void {
    if (!noteData(this.#table, record, length)) this.#noteItem(record, { kind: 'applicationData', length });
  }

  #noteUnnumbered(handshake: number, unnumbered: Unnumbered): void {
    this.#log.addUnnumbered(handshake, unnumbered);
    this.#reading?.addUnnumbered(handshake, unnumbered);
  }

  /**
   * Every record has a number that can be read, and each is higher than those before it of the same sender and epoch:
   * then none is a copy, and none came late.
   */
  get numbersRise(): boolean {
    return this.#numbersRise;
  }

  #noteNumber(key: number, sequenceNumber: number): void {
    if (sequenceNumber > (this.#lastSequence.get(key) ?? -1)) this.#lastSequence.set(key, sequenceNumber);
    else this.#numbersRise = false;
  }

  lastSequence(side: Side, epoch: number): number | undefined {
    return this.#lastSequence.get(epoch * 2 + side);
  }

  /** Pre-shared keys that were given for this identity, or for any. */
  givenPsks(identity: Uint8Array): readonly GivenPsk[] {
    return this.#keyring.psksFor(identity);
  }

  /** What EXPORTER_SECRET lines of the key logs say for this client random; null for none. */
  get exporterSecret(): Uint8Array | null {
    return this.clientRandom === null ? null : this.#keyring.exporterSecret(this.clientRandom);
  }

  /** The secret that opened its records was found by trying those of the key logs: the ClientHello is missing. */
  get keysFoundByTrial(): boolean {
    return this.#tried && this.records.some((r) => this.#table.columns.state[r] === STATE.decrypted);
  }

  /** The client's hello is not answered beyond HelloVerifyRequest. */
  get awaitsClientHello(): boolean {
    return this.handshakes.every((h) => h.serverHello === null);
  }

  /** Only the server was heard yet: its answer was captured before the ClientHello, or a repeat of that is what comes. */
  get lacksClient(): boolean {
    const hello = this.reading.known(1);
    return hello !== undefined && hello.messages.length > 0 && !this.#clientWrote;
  }

  /** Later parts of this ClientHello have come, or a part of the one before the cookie; but nothing yet that has the random. */
  lacksStartOf({ messageSeq, length }: Pick<HandshakeFragment, 'messageSeq' | 'length'>): boolean {
    if (this.randoms.size > 0) return false;
    const hellos = this.reading.known(1)?.messages.filter((m) => m.type === HANDSHAKE_TYPE.clientHello) ?? [];
    const known = hellos.filter((m) => m.messageSeq === messageSeq);
    return known.some((m) => m.length === length) || (messageSeq > 0 && known.length === 0 && hellos.length > 0);
  }

  /** The client has said hello, and its server has said nothing yet. */
  get awaitsAnswer(): boolean {
    const hello = this.handshakes.find((h) => h.number === 1);
    return hello !== undefined && hello.clientHello !== null && hello.messages.every((m) => m.side === 0);
  }

  /** The first handshake is under way, and this side's message of that number has not come yet. */
  expects(side: Side, messageSeq: number): boolean {
    if (this.lastSequence(side, 1) !== undefined) return false;
    const hello = this.handshakes.find((h) => h.number === 1);
    return (
      hello !== undefined &&
      !hello.messages.some((m) => m.side === side && m.messageSeq === messageSeq && m.assembly.complete)
    );
  }

  /** Whether this side has come far enough to write in this epoch. */
  mayWrite(side: Side, epoch: number): boolean {
    const handshake = this.handshakes.find((h) => h.number === epoch);
    if (!handshake) return !this.rolesKnown;
    return handshake.unnumbered.some((u) => u.side === side) || handshake.serverHello !== null;
  }

  /** Whether a record opens with the keys of this association: to find out whose it is. */
  opens(side: Side, record: ReceivedRecord): boolean {
    if (record.form === 'unified') this.#offerWithoutHello();
    return this.protection.hasKeysFor(side, record) && this.protection.open(side, record) !== null;
  }

  #takeIn(index: number, side: Side): void {
    const c = this.#table.columns;
    c.association[index] = this.index;
    c.side[index] = side;
    if (this.recordCount++ === 0) this.firstRecord = index;
    if (side === 0) this.#clientWrote = true;
  }

  /** Takes in the record at `index` of the table. */
  receive(index: number, side: Side, record: ReceivedRecord, how: Reception): void {
    const c = this.#table.columns;
    this.#takeIn(index, side);
    const isProtected = record.form === 'unified' || record.epoch > 0;
    if (record.form === 'unified') {
      this.isVersion13 = true;
      this.#numbersRise = false;
      this.#offerWithoutHello();
    } else {
      const { epoch, sequenceNumber, fragment } = record;
      const key = epoch * 2 + side;
      this.#noteNumber(key, sequenceNumber);
      if (epoch > 0) this.nonces.note(side, epoch, sequenceNumber, fragment, 0);
      if (epoch > 0 && record.contentType === CONTENT_TYPE.handshake && readsAsFragment(fragment))
        this.unsealed.push(index);
    }
    if (how.claim && isProtected) this.#acceptClaim(index, side, how.claim);
    else if (record.fragment.length < record.length) this.#receiveCut(index, side, record, how.cut);
    else if (how.leftOut) this.#receiveEmptied(index, record, isProtected);
    else if (isProtected) this.#decrypt(index, side, record);
    else {
      c.state[index] = STATE.plaintext;
      this.#read(index, side, 0, record.contentType, record.fragment);
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
    const key = epoch * 2 + side;
    this.#noteNumber(key, sequenceNumber);
    this.nonces.note(side, epoch, sequenceNumber, bytes, from, to);
    if (!this.protection.hasKeysOf(epoch)) {
      this.#wait(index);
      return;
    }
    const { budget } = this.#context;
    const length = this.protection.dataLength(epoch, side, to - from);
    if (length !== null && budget.spent) {
      budget.skipped++;
      c.state[index] = STATE.decrypted;
      this.#countData(index, side, length);
      return;
    }
    if (length !== null) budget.take(to - from);
    this.#decrypt(index, side, {
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
    this.isVersion13 = true;
    this.#numbersRise = false;
    this.#offerWithoutHello();
    if (!this.protection.traffic.has(side, (c.epoch[index] ?? 0) & 3)) {
      this.#wait(index);
      return;
    }
    const { budget } = this.#context;
    const record = hiddenRecord(bytes, from, to);
    const skimmed = budget.spent ? this.protection.skimData(side, record) : null;
    if (skimmed) {
      budget.skipped++;
      this.#acceptSkimmed(index, side, skimmed);
      return;
    }
    this.#decrypt(index, side, record);
    if (c.contentType[index] === CONTENT_TYPE.applicationData) budget.take(record.length);
  }

  /** Nobody can open what is not there: it waits with the others until the end, when they are closed. */
  #receiveEmptied(index: number, record: ReceivedRecord, isProtected: boolean): void {
    if (isProtected) this.#emptied.push(index);
    else {
      this.#table.columns.state[index] = STATE.plaintext;
      this.#noteData(index, record.fragment.length);
      this.applicationRecords.push(index);
    }
  }

  #acceptClaim(index: number, side: Side, claim: Claim): void {
    const { contentType, epoch, sequenceNumber, plaintext } = claim;
    const c = this.#table.columns;
    this.claims.set(index, claim);
    c.state[index] = STATE.decrypted;
    c.epoch[index] = epoch;
    c.sequenceNumber.set(index, sequenceNumber);
    c.contentType[index] = contentType;
    this.#read(index, side, epoch, contentType, plaintext);
  }

  #receiveCut(index: number, side: Side, record: ReceivedRecord, cutByCapture: boolean): void {
    const isProtected = record.form === 'unified' || record.epoch > 0;
    if (cutByCapture && isProtected) {
      this.#close(index, 'truncated-capture');
      return;
    }
    const where = cutByCapture ? 'the capture cut it' : 'the datagram ends';
    const missing = record.length - record.fragment.length;
    this.#malformed(index, `${where} ${missing} bytes before the record does`, record.fragment.length);
    if (!isProtected && record.contentType === CONTENT_TYPE.handshake)
      this.#readHandshake(index, side, 0, record.fragment, true);
  }

  /** The number (1-based) of the record that an ACK in record `by` names: one of the other side; null if not captured. */
  recordWithNumber(by: number, { epoch, sequenceNumber }: RecordNumber): number | null {
    this.#byNumber ??= new RecordNumbers(this.#table, this.records);
    const other: Side = this.#table.columns.side[by] === 0 ? 1 : 0;
    const record = this.#byNumber.find(other, epoch, sequenceNumber);
    return record === null ? null : record + 1;
  }

  /** Takes in bytes in which no record begins. */
  receiveUnrecognised(index: number, side: Side, firstByte: number): void {
    this.#numbersRise = false;
    this.#takeIn(index, side);
    this.#malformed(index, noRecord(firstByte), 0);
  }

  /**
   * Takes in what arrived in place of the record at `original`: it shows what the receiver got, while what was sent
   * makes the handshake. Whatever key there is, an altered record does not open.
   */
  receiveAltered(index: number, side: Side, record: DtlsRecord, original: number): void {
    this.#numbersRise = false;
    const c = this.#table.columns;
    this.#takeIn(index, side);
    c.mark[index] = MARK.duplicate;
    c.duplicateOrigin.set(index, DUPLICATE_ORIGINS.indexOf('network') + 1);
    c.repeats.set(index, original + 1);
    if (record.form === 'unrecognised') this.#malformed(index, noRecord(record.firstByte), 0);
    else if (record.fragment.length < record.length)
      this.#malformed(
        index,
        `the datagram ends ${record.length - record.fragment.length} bytes before the record does`,
        0,
      );
    else if (record.form === 'unified' || record.epoch > 0) this.#altered.push({ index, side, record });
    else {
      c.state[index] = STATE.plaintext;
      for (const item of carriedIn(record.contentType, record.fragment)) this.#noteItem(index, item);
    }
  }

  /** Records that no key opened, and why. Called once everything was read; `records` are all that were taken in. */
  finish(records: RecordList): void {
    this.records = records;
    this.applicationRecords.list(records);
    for (const { index, side, record } of this.#altered) this.#close(index, this.protection.reasonClosed(side, record));
    for (const index of this.#takeWaiting()) this.#stayedClosed(index, false);
    for (const index of this.#emptied) this.#stayedClosed(index, true);
    this.#finished = true;
    this.#reading?.finish(this);
    this.alerts.sort((a, b) => a.record - b.record);
  }

  /** No key opened it, or its content was left out by whoever shared the trace. */
  #stayedClosed(index: number, leftOut: boolean): void {
    const c = this.#table.columns;
    const side: Side = c.side[index] === 1 ? 1 : 0;
    const contentType = c.contentType[index] ?? 0;
    const epoch = c.epoch[index] ?? 0;
    const isUnified = contentType === HIDDEN_TYPE;
    const hiddenCid = c.cid[index] === 1 && this.connectionIds[side === 0 ? 1 : 0].length === 0;
    const reason = hiddenCid
      ? 'unknown-cid-length'
      : this.protection.reasonClosed(
          side,
          isUnified ? { form: 'unified', epochBits: epoch & 3 } : { form: 'plaintext', epoch },
        );
    // No key opens what is not there, so none has failed.
    this.#close(index, leftOut && reason === 'authentication-failed' ? 'no-key' : reason);
    if (isUnified) {
      if ((epoch & 3) === HANDSHAKE_EPOCH) this.#noteUnnumbered(1, { kind: 'closed', side, record: index });
      else if ((epoch & 3) !== EARLY_EPOCH) this.applicationRecords.push(index);
    } else if (contentType === CONTENT_TYPE.handshake)
      this.#noteUnnumbered(epoch, { kind: 'closed', side, record: index });
    else if (contentType === CONTENT_TYPE.tls12Cid && c.sequenceNumber.get(index) === 0)
      this.#noteUnnumbered(epoch, { kind: 'finished', side, record: index });
    else if (contentType === CONTENT_TYPE.applicationData || contentType === CONTENT_TYPE.tls12Cid)
      this.applicationRecords.push(index);
  }

  #decrypt(index: number, side: Side, record: ReceivedRecord): void {
    const opened = this.protection.open(side, record);
    if (opened) this.#accept(index, side, opened);
    else this.#wait(index);
  }

  #wait(index: number): void {
    this.#table.columns.state[index] = STATE.waiting;
    this.#table.noteWaiting(index, this.#lastWaiting);
    this.#lastWaiting = index;
  }

  /** Those that waited, in order; they wait no longer. */
  #takeWaiting(): readonly number[] {
    const waiting: number[] = [];
    for (let record = this.#lastWaiting; record >= 0; record = this.#table.waitedBefore(record)) waiting.push(record);
    this.#lastWaiting = -1;
    return waiting.reverse();
  }

  #accept(index: number, side: Side, opened: Opened): void {
    const c = this.#table.columns;
    const { epoch, sequenceNumber, inner, secret } = opened;
    this.#keyring.opened(secret, this.id);
    c.state[index] = STATE.decrypted;
    c.epoch[index] = epoch;
    c.sequenceNumber.set(index, sequenceNumber);
    if (!inner) {
      this.#malformed(index, 'the inner plaintext has no content type, only zeros', 0);
      return;
    }
    if (c.contentType[index] === HIDDEN_TYPE) c.contentType[index] = inner.contentType;
    this.#read(index, side, epoch, inner.contentType, inner.content);
  }

  #acceptSkimmed(index: number, side: Side, { epoch, sequenceNumber, length, secret }: SkimmedData): void {
    const c = this.#table.columns;
    this.#keyring.opened(secret, this.id);
    c.state[index] = STATE.decrypted;
    c.epoch[index] = epoch;
    c.sequenceNumber.set(index, sequenceNumber);
    c.contentType[index] = CONTENT_TYPE.applicationData;
    this.#countData(index, side, length);
  }

  #retryWaiting(): void {
    for (const index of this.#takeWaiting())
      this.#decrypt(index, this.#table.columns.side[index] === 1 ? 1 : 0, this.#context.record(index));
  }

  /** Protected records of 1.3 and no ServerHello: the secrets of the client random are tried with every suite. */
  #offerWithoutHello(): void {
    if (this.#offeredWithoutHello) return;
    this.#suiteChosen ??= this.handshakes.some((h) => h.serverHello && !h.serverHello.isHelloRetryRequest);
    if (this.#suiteChosen) return;
    this.#offeredWithoutHello = true;
    this.#tried ||= this.clientRandom === null;
    this.protection.offer13(this.#keyring.trafficSecrets(this.clientRandom), null);
  }

  #close(index: number, reason: ClosedReason): void {
    const c = this.#table.columns;
    c.state[index] = STATE.undecryptable;
    c.reason[index] = REASONS.indexOf(reason) + 1;
  }

  #countData(index: number, side: Side, length: number): void {
    const count = this.applicationData[side];
    count.records++;
    count.bytes += length;
    this.applicationRecords.push(index);
    this.#noteData(index, length);
  }

  #read(index: number, side: Side, epoch: number, contentType: number, content: Uint8Array): void {
    switch (contentType) {
      case CONTENT_TYPE.handshake:
        this.#readHandshake(index, side, epoch, content, false);
        break;
      case CONTENT_TYPE.changeCipherSpec:
        this.#noteUnnumbered(epoch + 1, { kind: 'changeCipherSpec', side, record: index });
        this.#noteItem(index, { kind: 'changeCipherSpec' });
        break;
      case CONTENT_TYPE.alert:
        this.#readAlert(index, side, epoch, content);
        break;
      case CONTENT_TYPE.ack:
        this.#noteItem(index, {
          kind: 'ack',
          recordNumbers: decodeAck(new ByteReader('plaintext', content)).recordNumbers,
        });
        break;
      case CONTENT_TYPE.applicationData:
        this.#countData(index, side, content.length);
        break;
      default:
        this.#noteItem(index, { kind: 'other', contentType, length: content.length });
    }
  }

  #readAlert(index: number, side: Side, epoch: number, content: Uint8Array): void {
    const r = new ByteReader('plaintext', content);
    const { level, description } = decodeAlert(r);
    if (r.short) {
      this.#malformed(index, 'an alert has two bytes', 0);
      return;
    }
    this.alerts.push({ record: index, side, epoch, level, code: description });
    this.#noteItem(index, { kind: 'alert', level, code: description });
  }

  #malformed(index: number, why: string, offset: number): void {
    this.#table.columns.state[index] = STATE.malformed;
    this.#noteItem(index, { kind: 'malformed', why, offset });
  }

  #readHandshake(index: number, side: Side, epoch: number, content: Uint8Array, cut: boolean): void {
    const r = new ByteReader('plaintext', content);
    for (const fragment of decodeFragments(r)) {
      const usable = fragment.fault === null || (cut && fragment.at.to - fragment.at.from > 12);
      const number = this.#handshakeNumber(epoch, fragment.msgType);
      const opening = fragment.msgType === HANDSHAKE_TYPE.clientHello && number === 1 && fragment.fragmentOffset === 0;
      if (opening && fragment.body.length >= HELLO_RANDOM_END)
        this.randoms.add(toHex(fragment.body.subarray(2, HELLO_RANDOM_END)));
      const { msgType, messageSeq, length, fragmentOffset, fragmentLength, body } = fragment;
      const read = { msgType, messageSeq, length, fragmentOffset, fragmentLength, body };
      const placed = this.#place({ ...read, record: index, side, epoch, handshake: number, usable });
      if (fragment.fault !== null && !cut) this.#malformed(index, fragment.fault, fragment.at.from);
      if (placed.completed) this.#messageComplete(placed);
      const limit = usable ? limitReached(placed.message) : null;
      if (limit !== null) this.#malformed(index, limit, fragment.at.from);
    }
    if (content.length === 0) this.#malformed(index, 'a handshake record without content', 0);
  }

  /**
   * In DTLS 1.2 Finished ends the handshake that opened its epoch, and everything else belongs to the one that opens
   * the next. DTLS 1.3 has one handshake; what follows it (tickets, key updates) counts as its continuation.
   */
  #handshakeNumber(epoch: number, type: number): number {
    if (this.isVersion13) return 1;
    return type === HANDSHAKE_TYPE.finished && epoch > 0 ? epoch : epoch + 1;
  }

  /** What others say is read when somebody asks. */
  #isTelling(type: number): boolean {
    return type === HANDSHAKE_TYPE.clientKeyExchange ? this.#keyring.hasOtherKeys : TELLING.has(type);
  }

  /** Of a message follow keys, and what connection IDs there are. */
  #messageComplete({ handshake, message, readAgain }: Placed): void {
    if (!message || !this.#isTelling(message.type)) return;
    const { decoded } = message;
    switch (decoded?.type) {
      case 'ClientHello': {
        if (handshake.number === 1) {
          this.clientRandom = toHex(decoded.random);
          this.randoms.add(this.clientRandom);
        }
        if (handshake.serverHello) this.#deriveKeys(handshake);
        break;
      }
      case 'ServerHello': {
        this.#suiteChosen = null;
        this.isVersion13 = negotiatedVersion(decoded) === VERSION.dtls13;
        for (const early of readAgain)
          if (early.type === HANDSHAKE_TYPE.clientKeyExchange || early.type === HANDSHAKE_TYPE.newSessionTicket)
            this.#messageComplete({ handshake, message: early, completed: true, readAgain: [] });
        if (decoded.isHelloRetryRequest) break;
        this.#negotiateConnectionIds(handshake);
        this.#deriveKeys(handshake);
        break;
      }
      case 'ClientKeyExchange':
        this.#deriveFromKeyExchange(handshake, message);
        break;
      case 'NewConnectionId':
        this.connectionIds[message.side].push(...decoded.connectionIds);
        break;
      case 'NewSessionTicket': {
        const ticket = toHex(decoded.ticket);
        if (ticket && !this.isVersion13)
          this.#keyring.remember(this.protection.keys(handshake.number).secrets, { ticket });
        break;
      }
      default:
    }
  }

  /** Pre-shared keys, private keys and premaster secrets need the ClientKeyExchange, and with EMS all before it (RFC 7627). */
  #deriveFromKeyExchange(handshake: HandshakeState, message: MessageInstance): void {
    const { clientHello, serverHello } = handshake;
    const suite = serverHello ? cipherSuite(serverHello.cipherSuite) : undefined;
    const { decoded } = message;
    if (!this.#keyring.hasOtherKeys || !suite || !clientHello || !serverHello || decoded?.type !== 'ClientKeyExchange')
      return;
    const choice = { version: serverHello.version, prfHash: suite.prfHash };
    const before = transcriptBefore(handshake, message, true);
    const { secrets, why } = this.#keyring.derive({
      ...choice,
      suite,
      clientRandom: clientHello.random,
      serverRandom: serverHello.random,
      pskIdentity: decoded.pskIdentity,
      encryptedPremaster: decoded.encryptedPreMasterSecret,
      extendedMasterSecret: hasExtendedMasterSecret(serverHello.extensions),
      sessionHash: before && hash12(before, choice),
      serverKey: publicKeyOf(handshake, 1),
    });
    this.whyClosed = why;
    if (secrets.length === 0) return;
    this.#offer(handshake, secrets);
    const sessionId = toHex(serverHello.sessionId);
    if (sessionId) this.#keyring.remember(secrets, { sessionId });
    this.#retryWaiting();
  }

  #negotiateConnectionIds({ clientHello, serverHello }: HandshakeState): void {
    const [client, server] = [
      clientHello && connectionId(clientHello.extensions),
      serverHello && connectionId(serverHello.extensions),
    ];
    if (!client || !server) return;
    // A renegotiation may change them; records of the old epoch still carry the old ones.
    this.connectionIds[0].unshift(client.cid);
    this.connectionIds[1].unshift(server.cid);
    this.protection.draftConnectionId = server.draft;
  }

  #deriveKeys(handshake: HandshakeState): void {
    const { clientHello, serverHello } = handshake;
    if (!serverHello) return;
    const suite = cipherSuite(serverHello.cipherSuite);
    if (!suite) return;
    const random = clientHello && toHex(clientHello.random);
    if (suite.tls13) {
      this.#tried ||= random === null;
      this.protection.offer13(this.#keyring.trafficSecrets(random), suite);
      this.#retryWaiting();
      return;
    }
    const sessionId = toHex(serverHello.sessionId);
    const ticket = clientHello && sessionTicket(clientHello.extensions);
    const found = this.#keyring.candidates({
      clientRandom: random,
      sessionId: sessionId || null,
      ticket: ticket && ticket.length > 0 ? toHex(ticket) : null,
    });
    const secrets = clientHello ? found : this.#keyring.trials();
    this.#tried ||= clientHello === null;
    this.#offer(handshake, secrets);
    if (sessionId) this.#keyring.remember(found, { sessionId });
    this.#retryWaiting();
  }

  #offer(handshake: HandshakeState, secrets: readonly MasterSecret[]): void {
    const { clientHello, serverHello } = handshake;
    const suite = serverHello ? cipherSuite(serverHello.cipherSuite) : undefined;
    if (!serverHello || !suite) return;
    this.protection.keys(handshake.number).offer(secrets, {
      suite,
      version: serverHello.version,
      clientRandom: clientHello?.random ?? null,
      serverRandom: serverHello.random,
      encryptThenMac: hasEncryptThenMac(serverHello.extensions),
      truncatedHmac: hasTruncatedHmac(serverHello.extensions),
    });
  }
}

/** What was left out of the reassembly, and why; null where nothing was. */
function limitReached(message: MessageInstance | null): string | null {
  if (message === null)
    return `there are ${MOST_VARIANTS} different messages with this message_seq already: this one is not put together`;
  return message.full ? `the message comes in more than ${MAX_PIECES} pieces: it is not put together` : null;
}

const noRecord = (firstByte: number): string =>
  `no DTLS record begins with the byte 0x${firstByte.toString(16).padStart(2, '0')}`;

const NO_BYTES = new Uint8Array();

/** Messages of which keys or connection IDs follow. */
const TELLING: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.clientHello,
  HANDSHAKE_TYPE.serverHello,
  HANDSHAKE_TYPE.newSessionTicket,
  HANDSHAKE_TYPE.newConnectionId,
]);
