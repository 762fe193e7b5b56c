/** Takes the content of records out of a datagram that the sharer does not show, and leaves the rest as it was. */
import { cidPosition } from '../dtls/connection-id.ts';
import { CONTENT_TYPE, type DtlsRecord, decodeRecords, type UnifiedRecord } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { sameBytes, toHex } from '../wire/text.ts';
import { fillLeftOut } from './columns.ts';
import type { LeftOut, Redactions } from './shared-trace.ts';

export interface Cut {
  readonly payload: Uint8Array;
  readonly leftOut: readonly LeftOut[];
  readonly missing: number;
}

/** A body of which even the length is left out has this many bytes: enough for what DTLS 1.3 needs at least (16). */
const MARK_BYTES = 32;
const NONCE_BYTES = 8;
/** So much of a record tells it from every other. */
const IDENTITY_BYTES = 48;

export class ContentRemover {
  readonly #level: Redactions['applicationData'];
  readonly #connectionIds: readonly Uint8Array[];
  readonly #known: ReadonlySet<string>;
  readonly #explicitNonce: boolean;
  readonly #numbers = new Map<string, number>();

  /**
   * @param known identities (see `recordIdentity`) of protected records that are known to hold something else than
   *   application data. What is not known to be harmless is taken for application data.
   * @param explicitNonce protected records of DTLS 1.2 begin with a nonce, which is public and tells who wrote them.
   */
  constructor(
    level: Redactions['applicationData'],
    connectionIds: readonly Uint8Array[],
    known: ReadonlySet<string>,
    explicitNonce: boolean,
  ) {
    this.#level = level;
    this.#connectionIds = connectionIds;
    this.#known = known;
    this.#explicitNonce = explicitNonce;
  }

  cut(payload: Uint8Array, missing: number): Cut {
    if (this.#level === 'bodies') return { payload, leftOut: [], missing };
    const parts: Uint8Array[] = [];
    const leftOut: LeftOut[] = [];
    let length = 0;
    let lost = missing;
    const add = (part: Uint8Array) => {
      parts.push(part);
      length += part.length;
    };
    for (const record of this.recordsOf(payload)) {
      const whole = payload.subarray(record.at.from, record.at.to);
      if (!this.#isHidden(record, whole)) {
        add(whole);
        continue;
      }
      const head = this.#headOf(record, whole);
      const body = whole.subarray(head.length);
      const shown = this.#level === 'lengths' ? body.length : MARK_BYTES;
      const out = { from: length + head.length, length: shown, same: this.#numberOf(body) };
      if (this.#level === 'marks') {
        // A record that claims more than there is stays one.
        const lacks = record.form !== 'unrecognised' && record.fragment.length < record.length ? 1 : 0;
        setLength(head, record, whole.length - record.fragment.length, shown + lacks);
        // Whether the capture cut it would tell its length.
        if (record.at.to === payload.length) lost = 0;
      }
      add(head);
      add(new Uint8Array(shown));
      leftOut.push(out);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    for (const out of leftOut) fillLeftOut(whole, out);
    return { payload: whole, leftOut, missing: lost };
  }

  recordsOf(payload: Uint8Array): DtlsRecord[] {
    const reader = new ByteReader('packet', payload);
    return [...decodeRecords(reader, () => this.#cidLength(payload.subarray(reader.offset)))];
  }

  #cidLength(rest: Uint8Array): number {
    const at = cidPosition(rest);
    if (at === null) return 0;
    return this.#connectionIds.find((id) => sameBytes(id, rest.subarray(at, at + id.length)))?.length ?? 0;
  }

  #isHidden(record: DtlsRecord, whole: Uint8Array): boolean {
    if (record.form === 'unrecognised') return true;
    const isProtected = record.form === 'unified' || record.epoch > 0;
    if (isProtected && this.#known.has(recordIdentity(whole))) return false;
    if (record.form === 'unified') return record.epochBits !== HANDSHAKE_EPOCH && !maybeControl(record);
    return !CLEAR_TYPES.has(record.contentType);
  }

  /** A copy of what stays: the header, with the nonce; of bytes in which no record begins, the first one. */
  #headOf(record: DtlsRecord, whole: Uint8Array): Uint8Array {
    if (record.form === 'unrecognised') return whole.slice(0, 1);
    const header = whole.length - record.fragment.length;
    const hasNonce = this.#explicitNonce && record.form === 'plaintext' && record.epoch > 0;
    return whole.slice(0, header + (hasNonce ? NONCE_BYTES : 0));
  }

  #numberOf(body: Uint8Array): number {
    const key = toHex(body);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size + 1);
    return this.#numbers.size;
  }
}

/**
 * An alert or an ACK of DTLS 1.3 says of itself only that it is as long as one: two bytes, or two and the numbers of up
 * to four records; a content type and a tag follow. It stays as it is, encrypted, because it tells how things ended.
 */
function maybeControl({ length }: UnifiedRecord): boolean {
  return CONTROL_LENGTHS.has(length - 1 - 16) || CONTROL_LENGTHS.has(length - 1 - 8);
}

const CONTROL_LENGTHS: ReadonlySet<number> = new Set([2, 2 + 16, 2 + 2 * 16, 2 + 3 * 16, 2 + 4 * 16]);

/** Of DTLS 1.3: nothing but handshake messages, alerts and ACKs. */
const HANDSHAKE_EPOCH = 2;
/** Content types that say of themselves that they hold no application data. */
const CLEAR_TYPES: ReadonlySet<number> = new Set([
  CONTENT_TYPE.changeCipherSpec,
  CONTENT_TYPE.alert,
  CONTENT_TYPE.handshake,
  CONTENT_TYPE.ack,
]);

/** By its first bytes: the record number, or what is encrypted. */
export function recordIdentity(whole: Uint8Array): string {
  return toHex(whole.subarray(0, IDENTITY_BYTES));
}

/** @param headerLength how much of `head` is the header of the record; `shown` bytes follow `head`. */
function setLength(head: Uint8Array, record: DtlsRecord, headerLength: number, shown: number): void {
  if (record.form === 'unrecognised') return;
  if (record.form === 'unified' && ((head[0] ?? 0) & 0x04) === 0) return;
  const length = head.length - headerLength + shown;
  head[headerLength - 2] = length >> 8;
  head[headerLength - 1] = length & 0xff;
}
