/**
 * Takes the content of records out of a datagram that the sharer does not show, and leaves the rest as it was. What is
 * not known to be harmless is taken for application data.
 */
import { hash } from '../crypto/hashes.ts';
import { CONTENT_TYPE, type DtlsRecord, type PlaintextRecord, type UnifiedRecord } from '../dtls/record.ts';
import { toHex } from '../wire/text.ts';
import { fillLeftOut } from './columns.ts';
import type { LeftOut, Redactions } from './shared-trace.ts';

export interface Cut {
  readonly payload: Uint8Array;
  readonly leftOut: readonly LeftOut[];
  readonly missing: number;
}

/** What is to be cut: a datagram in the conversation that it belongs to. */
export interface Uncut {
  readonly payload: Uint8Array;
  readonly records: readonly DtlsRecord[];
  readonly missing: number;
  /** Names the two ends. */
  readonly conversation: string;
  /** Runs that whoever shared it before left out. */
  readonly leftOut: readonly { readonly from: number; readonly to: number }[];
}

export interface RemoverKnowledge {
  readonly level: Redactions['applicationData'];
  /** By `recordIdentity`, protected records that were opened: those with nothing but handshake, alerts, ACKs, and others. */
  readonly harmless: ReadonlySet<string>;
  readonly content: ReadonlySet<string>;
  /** Protected records of DTLS 1.2 begin with a nonce, which is public and tells who wrote them. */
  readonly explicitNonce: boolean;
}

/** A body of which even the length is left out has this many bytes: enough for what DTLS 1.3 needs at least (16). */
const MARK_BYTES = 32;
const NONCE_BYTES = 8;

/** `length`: the body is left out but its length stays; that is what shows the end of a connection. */
type Treatment = 'whole' | 'length' | 'mark';

export class ContentRemover {
  readonly #knowledge: RemoverKnowledge;
  readonly #numbers = new Map<string, number>();
  /** Conversations in which a handshake was seen in the clear, and of which no later epoch looks like that of one. */
  readonly #handshakes = new Set<string>();
  readonly #laterEpochs = new Set<string>();

  constructor(knowledge: RemoverKnowledge) {
    this.#knowledge = knowledge;
  }

  /** Before anything is cut: what epochs a conversation has. */
  look({ records, conversation }: Pick<Uncut, 'records' | 'conversation'>): void {
    for (const record of records) {
      if (record.form === 'plaintext' && record.epoch === 0 && record.contentType === CONTENT_TYPE.handshake)
        this.#handshakes.add(conversation);
      // Epoch 0 has another form, so this is 4 or a later one, and after it comes one whose bits are those of 2.
      if (record.form === 'unified' && record.epochBits === 0) this.#laterEpochs.add(conversation);
    }
  }

  cut(datagram: Uncut): Cut {
    const { payload, missing } = datagram;
    if (this.#knowledge.level === 'bodies') return this.#asItIs(datagram);
    const parts: Uint8Array[] = [];
    const leftOut: LeftOut[] = [];
    let length = 0;
    let lost = missing;
    const add = (part: Uint8Array) => {
      parts.push(part);
      length += part.length;
    };
    for (const record of datagram.records) {
      const whole = payload.subarray(record.at.from, record.at.to);
      const treatment = this.#treatmentOf(record, whole, datagram.conversation);
      if (treatment === 'whole') {
        add(whole);
        continue;
      }
      const head = this.#headOf(record, whole);
      const body = whole.subarray(head.length);
      const shown = treatment === 'length' ? body.length : MARK_BYTES;
      const same = this.#numberOf(body);
      if (treatment === 'mark') {
        // A record that claims more than there is stays one.
        const lacks = record.form !== 'unrecognised' && record.fragment.length < record.length ? 1 : 0;
        setLength(head, record, whole.length - record.fragment.length, shown + lacks);
        // Whether the capture cut it would tell its length.
        if (record.at.to === payload.length) lost = 0;
      }
      add(head);
      leftOut.push({ from: length, length: shown, same });
      add(new Uint8Array(shown));
    }
    const whole = joined(parts, length);
    for (const out of leftOut) fillLeftOut(whole, out);
    return { payload: whole, leftOut, missing: lost };
  }

  /** What was left out before stays so: zeros are not what was sent. */
  #asItIs({ payload, missing, leftOut }: Uncut): Cut {
    if (leftOut.length === 0) return { payload, leftOut: [], missing };
    const copy = payload.slice();
    const runs = leftOut.map(({ from, to }) => ({
      from,
      length: to - from,
      same: this.#numberOf(payload.subarray(from, to)),
    }));
    for (const run of runs) fillLeftOut(copy, run);
    return { payload: copy, leftOut: runs, missing };
  }

  #treatmentOf(record: DtlsRecord, whole: Uint8Array, conversation: string): Treatment {
    const { level, harmless, content } = this.#knowledge;
    const hidden = level === 'lengths' ? 'length' : 'mark';
    if (record.form === 'unrecognised') return hidden;
    // Cut inside its header: there is no content.
    if (whole.length - record.fragment.length < headerLength(record)) return 'whole';
    const isProtected = record.form === 'unified' || record.epoch > 0;
    if (isProtected) {
      const identity = recordIdentity(whole);
      if (content.has(identity)) return hidden;
      if (harmless.has(identity)) return 'whole';
    }
    if (record.form === 'plaintext')
      return CLEAR_TYPES.has(record.contentType) && VERSIONS.has(record.version) ? 'whole' : hidden;
    const isHandshake = this.#handshakes.has(conversation) && !this.#laterEpochs.has(conversation);
    if (record.epochBits === HANDSHAKE_EPOCH && isHandshake) return 'whole';
    return maybeControl(record) ? 'length' : hidden;
  }

  /** A copy of what stays: the header, with the nonce; of bytes in which no record begins, the first one. */
  #headOf(record: DtlsRecord, whole: Uint8Array): Uint8Array {
    if (record.form === 'unrecognised') return whole.slice(0, 1);
    const header = whole.length - record.fragment.length;
    const hasNonce = this.#knowledge.explicitNonce && record.form === 'plaintext' && record.epoch > 0;
    return whole.slice(0, header + (hasNonce ? NONCE_BYTES : 0));
  }

  #numberOf(body: Uint8Array): number {
    const key = toHex(body.length <= DIGEST_BYTES ? body : hash('sha256', body));
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size + 1);
    return this.#numbers.size;
  }
}

/** Shorter bodies name themselves. */
const DIGEST_BYTES = 31;

/**
 * A closed alert or ACK of DTLS 1.3 says of itself only that it is as long as one: two bytes, or two and the numbers of
 * up to four records; a content type and a tag follow. That length stays, because it tells how things ended.
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
/** Of DTLS, and before its standard: with another one it is something else that begins like a record. */
const VERSIONS: ReadonlySet<number> = new Set([0xfeff, 0xfefd, 0xfefc, 0x0100, 0x0101]);

export function recordIdentity(whole: Uint8Array): string {
  return toHex(hash('sha256', whole));
}

function headerLength(record: PlaintextRecord | UnifiedRecord): number {
  const { connectionId } = record;
  if (record.form === 'plaintext') return 13 + connectionId.length;
  return 1 + connectionId.length + record.sequenceBits / 8 + ((record.header[0] ?? 0) & 0x04 ? 2 : 0);
}

/** @param header how much of `head` is the header of the record; `shown` bytes follow `head`. */
function setLength(head: Uint8Array, record: DtlsRecord, header: number, shown: number): void {
  if (record.form === 'unrecognised') return;
  if (record.form === 'unified' && ((head[0] ?? 0) & 0x04) === 0) return;
  const length = head.length - header + shown;
  head[header - 2] = length >> 8;
  head[header - 1] = length & 0xff;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
