/** What the records of one association say once they are in the clear, and how it is noted. */
import { decodeFragments } from '../dtls/fragment.ts';
import { decodeAck } from '../dtls/messages/ack.ts';
import { decodeAlert } from '../dtls/messages/alert.ts';
import { MAX_PIECES } from '../dtls/reassembly.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { ByteReader } from '../wire/reader.ts';
import { toHex } from '../wire/text.ts';
import type { HandshakeKeys } from './handshake-keys.ts';
import { type MessageInstance, MOST_VARIANTS } from './handshake-state.ts';
import { type KeptReading, MOST_HANDSHAKE_BYTES, MOST_PARTS } from './kept-reading.ts';
import type { RecordNotes } from './record-notes.ts';
import { type RecordTable, type Side, STATE } from './record-table.ts';

/** Where client_version(2) and random(32) end. */
const HELLO_RANDOM_END = 34;

export class ContentReader {
  readonly #table: RecordTable;
  readonly #notes: RecordNotes;
  readonly #kept: KeptReading;
  readonly #keys: HandshakeKeys;

  constructor(table: RecordTable, notes: RecordNotes, kept: KeptReading, keys: HandshakeKeys) {
    this.#table = table;
    this.#notes = notes;
    this.#kept = kept;
    this.#keys = keys;
  }

  countData(index: number, side: Side, length: number): void {
    this.#notes.countData(index, side, length);
    this.#kept.addData(index, length);
  }

  read(index: number, side: Side, epoch: number, contentType: number, content: Uint8Array): void {
    if (this.#kept.full && COUNTED.has(contentType)) {
      this.#leaveOut(index, 0);
      return;
    }
    switch (contentType) {
      case CONTENT_TYPE.handshake:
        this.readHandshake(index, side, epoch, content, false);
        break;
      case CONTENT_TYPE.changeCipherSpec:
        this.#kept.addUnnumbered(epoch + 1, { kind: 'changeCipherSpec', side, record: index });
        this.#kept.addItem(index, { kind: 'changeCipherSpec' });
        break;
      case CONTENT_TYPE.alert:
        this.#readAlert(index, side, epoch, content);
        break;
      case CONTENT_TYPE.ack:
        this.#kept.addItem(index, {
          kind: 'ack',
          recordNumbers: decodeAck(new ByteReader('plaintext', content)).recordNumbers,
        });
        break;
      case CONTENT_TYPE.applicationData:
        this.countData(index, side, content.length);
        break;
      default:
        this.#kept.addItem(index, { kind: 'other', contentType, length: content.length });
    }
  }

  #readAlert(index: number, side: Side, epoch: number, content: Uint8Array): void {
    const r = new ByteReader('plaintext', content);
    const { level, description } = decodeAlert(r);
    if (r.short) {
      this.malformed(index, 'an alert has two bytes', 0);
      return;
    }
    this.#notes.addAlert({ record: index, side, epoch, level, code: description });
    this.#kept.addItem(index, { kind: 'alert', level, code: description });
  }

  #leaveOut(index: number, offset: number): void {
    this.malformed(index, TOO_MUCH, offset);
    this.#kept.noteUnread();
  }

  malformed(index: number, why: string, offset: number): void {
    this.#table.columns.state[index] = STATE.malformed;
    this.#kept.addItem(index, { kind: 'malformed', why, offset });
  }

  readHandshake(index: number, side: Side, epoch: number, content: Uint8Array, cut: boolean): void {
    const r = new ByteReader('plaintext', content);
    for (const fragment of decodeFragments(r)) {
      if (this.#kept.full) {
        this.#leaveOut(index, fragment.at.from);
        return;
      }
      const usable = fragment.fault === null || (cut && fragment.at.to - fragment.at.from > 12);
      const number = this.#handshakeNumber(epoch, fragment.msgType);
      const opening = fragment.msgType === HANDSHAKE_TYPE.clientHello && number === 1 && fragment.fragmentOffset === 0;
      if (opening && fragment.body.length >= HELLO_RANDOM_END)
        this.#keys.addRandom(toHex(fragment.body.subarray(2, HELLO_RANDOM_END)));
      const { msgType, messageSeq, length, fragmentOffset, fragmentLength, body } = fragment;
      const read = { msgType, messageSeq, length, fragmentOffset, fragmentLength, body };
      const placed = this.#kept.addFragment({ ...read, record: index, side, epoch, handshake: number, usable });
      if (fragment.fault !== null && !cut) this.malformed(index, fragment.fault, fragment.at.from);
      if (placed.completed) this.#keys.messageComplete(placed);
      const limit = usable ? limitReached(placed.message) : null;
      if (limit !== null) this.malformed(index, limit, fragment.at.from);
    }
    if (content.length === 0) this.malformed(index, 'a handshake record without content', 0);
  }

  /**
   * In DTLS 1.2 Finished ends the handshake that opened its epoch, and everything else belongs to the one that opens
   * the next. DTLS 1.3 has one handshake; what follows it (tickets, key updates) counts as its continuation.
   */
  #handshakeNumber(epoch: number, type: number): number {
    if (this.#keys.isVersion13) return 1;
    return type === HANDSHAKE_TYPE.finished && epoch > 0 ? epoch : epoch + 1;
  }
}

const TOO_MUCH = `there are ${MOST_PARTS} messages, alerts and ACKs of this association already, or ${MOST_HANDSHAKE_BYTES >> 20} MB of messages: no more are read`;

/** What counts for that. */
const COUNTED: ReadonlySet<number> = new Set([
  CONTENT_TYPE.handshake,
  CONTENT_TYPE.changeCipherSpec,
  CONTENT_TYPE.alert,
  CONTENT_TYPE.ack,
]);

/** What was left out of the reassembly, and why; null where nothing was. */
function limitReached(message: MessageInstance | null): string | null {
  if (message === null)
    return `there are ${MOST_VARIANTS} different messages with this message_seq already: this one is not put together`;
  return message.full ? `the message comes in more than ${MAX_PIECES} pieces: it is not put together` : null;
}
