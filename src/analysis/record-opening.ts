/** Opens the records of one association: those with keys as they come, those without when there are some. */
import { CONTENT_TYPE } from '../dtls/record.ts';
import { associationId } from './association-id.ts';
import type { ClosedRecords } from './closed-records.ts';
import type { ContentReader } from './content-reader.ts';
import type { HandshakeKeys } from './handshake-keys.ts';
import type { ReadingContext } from './reading-context.ts';
import type { Opened, ReceivedRecord } from './record-protection.ts';
import { HIDDEN_TYPE, type RecordTable, type Side, STATE } from './record-table.ts';
import type { SkimmedData } from './traffic-keys.ts';

export class RecordOpening {
  /** What the association is called. */
  readonly #id: string;
  readonly #table: RecordTable;
  readonly #context: ReadingContext;
  readonly #keys: HandshakeKeys;
  readonly #contents: ContentReader;
  readonly #closed: ClosedRecords;

  constructor(
    association: number,
    context: ReadingContext,
    keys: HandshakeKeys,
    contents: ContentReader,
    closed: ClosedRecords,
  ) {
    this.#id = associationId(association);
    this.#table = context.table;
    this.#context = context;
    this.#keys = keys;
    this.#contents = contents;
    this.#closed = closed;
  }

  /** Now, or when there are keys for it. */
  open(index: number, side: Side, record: ReceivedRecord): void {
    const opened = this.#keys.protection.open(side, record);
    if (opened) this.#accept(index, side, opened);
    else this.#closed.wait(index);
  }

  #accept(index: number, side: Side, opened: Opened): void {
    const c = this.#table.columns;
    const { epoch, sequenceNumber, inner, secret } = opened;
    this.#context.keyring.opened(secret, this.#id);
    c.state[index] = STATE.decrypted;
    c.epoch[index] = epoch;
    c.sequenceNumber.set(index, sequenceNumber);
    if (!inner) {
      this.#contents.malformed(index, 'the inner plaintext has no content type, only zeros', 0);
      return;
    }
    if (c.contentType[index] === HIDDEN_TYPE) c.contentType[index] = inner.contentType;
    this.#contents.read(index, side, epoch, inner.contentType, inner.content);
  }

  /** Application data of DTLS 1.3 of which only the number and the length are known in the clear. */
  acceptSkimmed(index: number, side: Side, { epoch, sequenceNumber, length, secret }: SkimmedData): void {
    const c = this.#table.columns;
    this.#context.keyring.opened(secret, this.#id);
    c.state[index] = STATE.decrypted;
    c.epoch[index] = epoch;
    c.sequenceNumber.set(index, sequenceNumber);
    c.contentType[index] = CONTENT_TYPE.applicationData;
    this.#contents.countData(index, side, length);
  }

  /** There are keys that may open records that waited for some. */
  retryWaiting(): void {
    for (const index of this.#closed.takeWaiting())
      this.open(index, this.#table.columns.side[index] === 1 ? 1 : 0, this.#context.record(index));
  }
}
