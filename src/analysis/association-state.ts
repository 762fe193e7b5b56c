/**
 * One association while its records are read. This is the place where dtls/ and crypto/ alternate: a hello gives
 * keys, keys open records, and what is inside them may be the hellos of a renegotiation.
 */
import type { Endpoint } from '../capture/datagram.ts';
import { type ProtectedRecord, stripInnerPlaintext } from '../crypto/protection12.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { connectionId, hasEncryptThenMac, hasTruncatedHmac, sessionTicket } from '../dtls/extensions/accessors.ts';
import { decodeFragments } from '../dtls/fragment.ts';
import { decodeAlert } from '../dtls/messages/alert.ts';
import { CONTENT_TYPE, type PlaintextRecord } from '../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { ByteReader } from '../wire/reader.ts';
import { toHex } from '../wire/text.ts';
import { EpochKeys } from './epoch-keys.ts';
import { HandshakeState, type MessageInstance } from './handshake-state.ts';
import type { Keyring } from './keyring.ts';
import { MARK, REASONS, type RecordTable, type Side, STATE } from './record-table.ts';
import type { ClosedReason } from './trace.ts';

/** One fragment as a record carries it, and the message it became part of. */
export interface CarriedFragment {
  readonly kind: 'fragment';
  readonly type: number;
  readonly messageSeq: number;
  readonly length: number;
  readonly fragmentOffset: number;
  readonly fragmentLength: number;
  readonly message: MessageInstance | null;
}

export type Carried =
  | CarriedFragment
  | { readonly kind: 'changeCipherSpec' }
  | { readonly kind: 'alert'; readonly level: number; readonly code: number }
  | { readonly kind: 'applicationData'; readonly length: number; readonly head: Uint8Array }
  | { readonly kind: 'other'; readonly contentType: number; readonly length: number }
  | { readonly kind: 'malformed'; readonly why: string; readonly offset: number };

export interface AlertSeen {
  readonly record: number;
  readonly side: Side;
  readonly epoch: number;
  readonly level: number;
  readonly code: number;
}

/** A protected record that waits for keys, or stays closed for want of them. */
interface Waiting {
  readonly index: number;
  readonly side: Side;
  readonly record: PlaintextRecord;
}

/** Bytes of application data shown in lists. */
const PREVIEW_LENGTH = 96;

export class AssociationState {
  readonly index: number;
  readonly rolesKnown: boolean;
  /** Client and server as they were first seen. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  readonly addressChanges: { record: number; side: Side; from: Endpoint; to: Endpoint }[] = [];
  /** The association that had the quartet before. */
  readonly replaces: AssociationState | null;
  replacedBy: AssociationState | null = null;
  readonly records: number[] = [];
  readonly handshakes: HandshakeState[] = [];
  readonly alerts: AlertSeen[] = [];
  /** What each record carries, by record index; application data only in short. */
  readonly carried = new Map<number, readonly Carried[]>();
  /** Hex. Null until the ClientHello was read. */
  clientRandom: string | null = null;
  /** Every ClientHello random that this association was seen with: one, unless the client breaks the rules. Hex. */
  readonly randoms = new Set<string>();
  /** CIDs that each side wants to receive; undefined where none was negotiated. */
  readonly connectionIds: [Uint8Array | undefined, Uint8Array | undefined] = [undefined, undefined];
  draftConnectionId = false;
  /** Who wrote application data when, in order of capture; still closed records count by their clear content type. */
  readonly applicationRecords: { record: number; side: Side; epoch: number }[] = [];
  readonly applicationData: [{ records: number; bytes: number }, { records: number; bytes: number }] = [
    { records: 0, bytes: 0 },
    { records: 0, bytes: 0 },
  ];
  readonly #table: RecordTable;
  readonly #keyring: Keyring;
  readonly #epochs = new Map<number, EpochKeys>();
  readonly #waiting = new Map<number, Waiting[]>();
  /** Last record number that each side wrote, by epoch * 2 + side. */
  readonly #lastSequence = new Map<number, number>();

  constructor(
    index: number,
    endpoints: readonly [Endpoint, Endpoint],
    rolesKnown: boolean,
    replaces: AssociationState | null,
    table: RecordTable,
    keyring: Keyring,
  ) {
    this.index = index;
    this.endpoints = endpoints;
    this.rolesKnown = rolesKnown;
    this.replaces = replaces;
    this.#table = table;
    this.#keyring = keyring;
  }

  get id(): string {
    return `a${this.index + 1}`;
  }

  /** The handshake with this number, made where it is the first one asked for. */
  handshake(number: number): HandshakeState {
    let handshake = this.handshakes.find((h) => h.number === number);
    if (!handshake) {
      handshake = new HandshakeState(number);
      this.handshakes.push(handshake);
      this.handshakes.sort((a, b) => a.number - b.number);
    }
    return handshake;
  }

  keys(epoch: number): EpochKeys {
    let keys = this.#epochs.get(epoch);
    if (!keys) {
      keys = new EpochKeys();
      this.#epochs.set(epoch, keys);
    }
    return keys;
  }

  hasKeys(epoch: number): boolean {
    return (this.#epochs.get(epoch)?.size ?? 0) > 0;
  }

  lastSequence(side: Side, epoch: number): number | undefined {
    return this.#lastSequence.get(epoch * 2 + side);
  }

  /** The client's hello is not answered beyond HelloVerifyRequest. */
  get awaitsClientHello(): boolean {
    return this.handshakes.every((h) => h.serverHello === null);
  }

  /** Whether this side has come far enough to write in this epoch. */
  mayWrite(side: Side, epoch: number): boolean {
    const handshake = this.handshakes.find((h) => h.number === epoch);
    if (!handshake) return !this.rolesKnown;
    return handshake.unnumbered.some((u) => u.side === side) || handshake.serverHello !== null;
  }

  /** Opens a protected record without taking note of anything: to find out whose it is, or to show it again. */
  open(side: Side, record: PlaintextRecord): Uint8Array | null {
    return this.#epochs.get(record.epoch)?.open(side, this.#protectedForm(record))?.plaintext ?? null;
  }

  /** Takes in the record at `index` of the table. */
  receive(index: number, side: Side, record: PlaintextRecord, cutByCapture: boolean): void {
    const c = this.#table.columns;
    this.records.push(index);
    c.association[index] = this.index;
    c.side[index] = side;
    const key = record.epoch * 2 + side;
    this.#lastSequence.set(key, Math.max(this.#lastSequence.get(key) ?? -1, record.sequenceNumber));
    if (record.fragment.length < record.length) {
      if (cutByCapture && record.epoch > 0) this.#close(index, 'truncated-capture');
      else {
        c.state[index] = STATE.malformed;
        const where = cutByCapture ? 'the capture cut it' : 'the datagram ends';
        this.#carry(index, {
          kind: 'malformed',
          why: `${where} ${record.length - record.fragment.length} bytes before the record does`,
          offset: record.fragment.length,
        });
        if (record.epoch === 0 && record.contentType === CONTENT_TYPE.handshake)
          this.#readHandshake(index, side, 0, record.fragment, true);
      }
      return;
    }
    if (record.epoch === 0) {
      c.state[index] = STATE.plaintext;
      this.#read(index, side, 0, record.contentType, record.fragment);
      return;
    }
    this.#decrypt({ index, side, record });
  }

  /** Takes in bytes in which no record begins. */
  receiveUnrecognised(index: number, side: Side, firstByte: number): void {
    const c = this.#table.columns;
    this.records.push(index);
    c.association[index] = this.index;
    c.side[index] = side;
    this.#malformed(index, `no DTLS record begins with the byte 0x${firstByte.toString(16).padStart(2, '0')}`, 0);
  }

  /** Records that no key opened, and why. Called once everything was read. */
  finish(): void {
    for (const [epoch, waiting] of this.#waiting) {
      for (const { index, side, record } of waiting) {
        this.#close(index, this.#reasonClosed(epoch));
        if (record.contentType === CONTENT_TYPE.applicationData)
          this.applicationRecords.push({ record: index, side, epoch });
        if (record.contentType === CONTENT_TYPE.handshake)
          this.handshake(epoch).unnumbered.push({ kind: 'closed', side, record: index });
      }
    }
    this.records.sort((a, b) => a - b);
    for (const handshake of this.handshakes) {
      handshake.unnumbered.sort((a, b) => a.record - b.record);
      for (const message of handshake.messages) message.appearances.sort((a, b) => a.record - b.record);
    }
    this.alerts.sort((a, b) => a.record - b.record);
  }

  #reasonClosed(epoch: number): ClosedReason {
    const keys = this.#epochs.get(epoch);
    if (keys?.unsupportedSuite) return 'unsupported-suite';
    return keys && keys.size > 0 ? 'authentication-failed' : 'no-key';
  }

  #decrypt(waiting: Waiting): void {
    const { index, side, record } = waiting;
    const opened = this.#epochs.get(record.epoch)?.open(side, this.#protectedForm(record));
    if (!opened) {
      const list = this.#waiting.get(record.epoch) ?? [];
      list.push(waiting);
      this.#waiting.set(record.epoch, list);
      return;
    }
    this.#keyring.opened(opened.secret, this.id);
    this.#table.columns.state[index] = STATE.decrypted;
    if (record.contentType !== CONTENT_TYPE.tls12Cid) {
      this.#read(index, side, record.epoch, record.contentType, opened.plaintext);
      return;
    }
    const inner = stripInnerPlaintext(opened.plaintext);
    if (inner) this.#read(index, side, record.epoch, inner.contentType, inner.content);
    else {
      this.#table.columns.state[index] = STATE.malformed;
      this.#carry(index, { kind: 'malformed', why: 'the inner plaintext has no content type, only zeros', offset: 0 });
    }
  }

  #retryWaiting(epoch: number): void {
    const waiting = this.#waiting.get(epoch);
    if (!waiting) return;
    this.#waiting.delete(epoch);
    for (const one of waiting) this.#decrypt(one);
  }

  #protectedForm(record: PlaintextRecord): ProtectedRecord {
    const { contentType, version, epoch, sequenceNumber, fragment, connectionId: id } = record;
    const base = { contentType, version, epoch, sequenceNumber, fragment };
    return contentType === CONTENT_TYPE.tls12Cid
      ? { ...base, cid: { connectionId: id, draft: this.draftConnectionId } }
      : base;
  }

  #close(index: number, reason: ClosedReason): void {
    const c = this.#table.columns;
    c.state[index] = STATE.undecryptable;
    c.reason[index] = REASONS.indexOf(reason) + 1;
    c.mark[index] = MARK.original;
  }

  #carry(index: number, ...items: Carried[]): void {
    this.carried.set(index, [...(this.carried.get(index) ?? []), ...items]);
  }

  #read(index: number, side: Side, epoch: number, contentType: number, content: Uint8Array): void {
    switch (contentType) {
      case CONTENT_TYPE.handshake:
        this.#readHandshake(index, side, epoch, content, false);
        break;
      case CONTENT_TYPE.changeCipherSpec:
        this.handshake(epoch + 1).unnumbered.push({ kind: 'changeCipherSpec', side, record: index });
        this.#carry(index, { kind: 'changeCipherSpec' });
        break;
      case CONTENT_TYPE.alert:
        this.#readAlert(index, side, epoch, content);
        break;
      case CONTENT_TYPE.applicationData: {
        const count = this.applicationData[side];
        count.records++;
        count.bytes += content.length;
        this.applicationRecords.push({ record: index, side, epoch });
        this.#carry(index, { kind: 'applicationData', length: content.length, head: content.slice(0, PREVIEW_LENGTH) });
        break;
      }
      default:
        this.#carry(index, { kind: 'other', contentType, length: content.length });
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
    this.#carry(index, { kind: 'alert', level, code: description });
  }

  #malformed(index: number, why: string, offset: number): void {
    this.#table.columns.state[index] = STATE.malformed;
    this.#carry(index, { kind: 'malformed', why, offset });
  }

  #readHandshake(index: number, side: Side, epoch: number, content: Uint8Array, cut: boolean): void {
    const r = new ByteReader('plaintext', content);
    for (const fragment of decodeFragments(r)) {
      const usable = fragment.fault === null || (cut && fragment.at.to - fragment.at.from > 12);
      const handshake = this.handshake(this.#handshakeNumber(epoch, fragment.msgType));
      const message = usable ? handshake.place(side, fragment, epoch) : null;
      const { msgType: type, messageSeq, length, fragmentOffset, fragmentLength } = fragment;
      this.#carry(index, { kind: 'fragment', type, messageSeq, length, fragmentOffset, fragmentLength, message });
      if (fragment.fault !== null && !cut) this.#malformed(index, fragment.fault, fragment.at.from);
      if (message && handshake.add(message, fragment, index)) this.#messageComplete(handshake, message);
    }
    if (content.length === 0) this.#malformed(index, 'a handshake record without content', 0);
  }

  /** Finished ends the handshake that opened its epoch; everything else belongs to the one that opens the next. */
  #handshakeNumber(epoch: number, type: number): number {
    return type === HANDSHAKE_TYPE.finished && epoch > 0 ? epoch : epoch + 1;
  }

  #messageComplete(handshake: HandshakeState, message: MessageInstance): void {
    const decoded = message.decoded;
    switch (decoded?.type) {
      case 'ClientHello': {
        handshake.clientHello = decoded;
        if (handshake.number === 1) {
          this.clientRandom = toHex(decoded.random);
          this.randoms.add(this.clientRandom);
        }
        if (handshake.serverHello) this.#deriveKeys(handshake);
        break;
      }
      case 'ServerHello': {
        handshake.serverHello = decoded;
        handshake.keyExchange = cipherSuite(decoded.cipherSuite)?.keyExchange ?? null;
        this.#negotiateConnectionIds(handshake);
        this.#deriveKeys(handshake);
        break;
      }
      case 'NewSessionTicket': {
        const ticket = toHex(decoded.ticket);
        if (ticket) this.#keyring.remember(this.keys(handshake.number).secrets, { ticket });
        break;
      }
      default:
    }
  }

  #negotiateConnectionIds({ clientHello, serverHello }: HandshakeState): void {
    const [client, server] = [
      clientHello && connectionId(clientHello.extensions),
      serverHello && connectionId(serverHello.extensions),
    ];
    if (!client || !server) return;
    this.connectionIds[0] = client.cid;
    this.connectionIds[1] = server.cid;
    this.draftConnectionId = server.draft;
  }

  #deriveKeys(handshake: HandshakeState): void {
    const { clientHello, serverHello } = handshake;
    if (!serverHello) return;
    const suite = cipherSuite(serverHello.cipherSuite);
    if (!suite || suite.tls13) return;
    const random = clientHello && toHex(clientHello.random);
    const sessionId = toHex(serverHello.sessionId);
    const ticket = clientHello && sessionTicket(clientHello.extensions);
    const found = this.#keyring.candidates({
      clientRandom: random,
      sessionId: sessionId || null,
      ticket: ticket && ticket.length > 0 ? toHex(ticket) : null,
    });
    const secrets = clientHello ? found : this.#keyring.trials();
    const keys = this.keys(handshake.number);
    keys.offer(secrets, {
      suite,
      version: serverHello.version,
      clientRandom: clientHello?.random ?? null,
      serverRandom: serverHello.random,
      encryptThenMac: hasEncryptThenMac(serverHello.extensions),
      truncatedHmac: hasTruncatedHmac(serverHello.extensions),
    });
    if (sessionId) this.#keyring.remember(found, { sessionId });
    this.#retryWaiting(handshake.number);
  }
}
