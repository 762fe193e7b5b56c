/**
 * Names in handshake messages, made unreadable with their length kept: what surrounds them stays where it was. What
 * cannot be read as the whole message that it belongs to may hold a name anywhere, and is made unreadable as a whole.
 */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail, RecordDetail } from '../analysis/trace.ts';
import { decodeFragments, HANDSHAKE_HEADER_LENGTH, type HandshakeFragment } from '../dtls/fragment.ts';
import { CONTENT_TYPE, type DtlsRecord } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { sameBytes } from '../wire/text.ts';
import { blankAddresses, type Hidden, hidesNames, holdsAddress, type NamedRange, namedRanges } from './name-ranges.ts';

const BLANK = 0x78;

/** A handshake message as it was put together, and what of its body is to be blanked. */
interface Known {
  readonly body: Uint8Array;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

export class NameBlanker {
  readonly #hidden: Hidden;
  /** Messages in the clear by type, message_seq and length. */
  readonly #known = new Map<string, Known[]>();
  #altered = false;

  constructor(session: Session, details: readonly AssociationDetail[], hidden: Hidden) {
    this.#hidden = hidden;
    for (const detail of details) if (isToBeRead(detail, hidden)) this.#learn(session, detail);
  }

  /** Something was made unreadable so far. */
  get altered(): boolean {
    return this.#altered;
  }

  /** The payload itself where nothing is to be blanked, else a copy. `records` are those of the payload. */
  blanked(payload: Uint8Array, records: readonly DtlsRecord[]): Uint8Array {
    if (!hidesNames(this.#hidden)) return payload;
    let copy: Uint8Array | null = null;
    for (const record of records) {
      if (record.form !== 'plaintext' || record.epoch !== 0 || record.contentType !== CONTENT_TYPE.handshake) continue;
      const from = record.at.to - record.fragment.length;
      for (const fragment of decodeFragments(new ByteReader('packet', payload, undefined, from, record.at.to)))
        for (const range of this.#rangesOf(fragment)) {
          copy ??= payload.slice();
          const at = fragment.at.to - fragment.body.length;
          copy.fill(BLANK, at + range.from, at + range.to);
          this.#altered = true;
        }
    }
    return copy ?? payload;
  }

  /** The plaintext of one protected record. */
  blankedPlaintext(detail: RecordDetail, plaintext: Uint8Array, contentType: number): Uint8Array {
    if (!hidesNames(this.#hidden) || contentType !== CONTENT_TYPE.handshake) return plaintext;
    const copy = plaintext.slice();
    const fill = (from: number, to: number) => {
      copy.fill(BLANK, from, to);
      if (from < to) this.#altered = true;
    };
    const own = detail.buffers.flatMap(({ id, pieces }) =>
      pieces.filter((p) => p.record === detail.record.record && p.of === 'plaintext').map((p) => ({ id, ...p })),
    );
    const ranges = namedRanges(detail, this.#hidden);
    for (const { buffer, from, to } of ranges)
      for (const piece of own.filter(({ id }) => id === buffer)) {
        const [start, end] = [Math.max(from, piece.from), Math.min(to, piece.from + piece.length)];
        if (start < end) fill(piece.there + start - piece.from, piece.there + end - piece.from);
      }
    for (const fragment of decodeFragments(new ByteReader('plaintext', plaintext))) {
      const start = fragment.at.to - fragment.body.length;
      const isKnown = own.some(({ there, length }) => there <= start && there + length >= fragment.at.to);
      if (isKnown) continue;
      for (const { from, to } of blankAnywhere(fragment, this.#hidden)) fill(start + from, start + to);
    }
    return copy;
  }

  /** Within the body of the fragment. */
  #rangesOf(fragment: HandshakeFragment): readonly { readonly from: number; readonly to: number }[] {
    const { fragmentOffset: offset, body } = fragment;
    const same = (this.#known.get(nameOf(fragment)) ?? []).filter((known) =>
      sameBytes(known.body.subarray(offset, offset + body.length), body),
    );
    if (same.length === 0) return blankAnywhere(fragment, this.#hidden);
    return same
      .flatMap(({ ranges }) => ranges)
      .map(({ from, to }) => ({ from: Math.max(0, from - offset), to: Math.min(body.length, to - offset) }))
      .filter(({ from, to }) => from < to);
  }

  #learn(session: Session, { messages }: AssociationDetail): void {
    const last = new Set(messages.filter((m) => m.epoch === 0).flatMap((m) => m.records.at(-1) ?? []));
    for (const record of last) {
      const detail = session.record(record);
      if (!detail) continue;
      const ranges = namedRanges(detail, this.#hidden);
      for (const { id, bytes } of detail.buffers) if (id.startsWith('message')) this.#add(id, bytes, ranges);
    }
  }

  #add(buffer: string, bytes: Uint8Array, all: readonly NamedRange[]): void {
    const [message] = decodeFragments(new ByteReader('message', bytes));
    if (!message) return;
    const name = nameOf(message);
    const known = this.#known.get(name) ?? [];
    if (known.some(({ body }) => sameBytes(body, message.body))) return;
    const ranges = all
      .filter((range) => range.buffer === buffer)
      .map(({ from, to }) => ({ from: from - HANDSHAKE_HEADER_LENGTH, to: to - HANDSHAKE_HEADER_LENGTH }));
    this.#known.set(name, [...known, { body: message.body, ranges }]);
  }
}

/** Addresses alone are found without reading every message, which takes its time. */
function isToBeRead({ association }: AssociationDetail, hidden: Hidden): boolean {
  if (hidden.names === 'blanked' || hidden.certificates === 'digests') return true;
  const { serverName, pskIdentity, alpn } = association;
  return hidden.addresses === 'replaced' && [serverName, pskIdentity, alpn].some((name) => holdsAddress(name ?? ''));
}

const nameOf = ({ msgType, messageSeq, length }: HandshakeFragment): string => `${msgType} ${messageSeq} ${length}`;

/** Of a fragment whose message never became whole: all that may hold a name, or at least the addresses in it. */
function blankAnywhere(
  { msgType, fragmentOffset, body }: HandshakeFragment,
  hidden: Hidden,
): readonly { readonly from: number; readonly to: number }[] {
  const keep = MAY_HOLD_NAMES.get(msgType);
  const isCertificate = CERTIFICATES.has(msgType);
  if (keep !== undefined && (hidden.names === 'blanked' || (isCertificate && hidden.certificates === 'digests'))) {
    const from = Math.max(0, keep - fragmentOffset);
    return from < body.length ? [{ from, to: body.length }] : [];
  }
  return hidden.addresses === 'replaced' && !isCertificate ? blankAddresses(body) : [];
}

/** By message type, with the bytes ahead that hold none: version and random of a hello. */
const MAY_HOLD_NAMES: ReadonlyMap<number, number> = new Map([
  [1, 34],
  [2, 34],
  [8, 0],
  [11, 0],
  [12, 0],
  [13, 0],
  [16, 0],
  [21, 0],
  [22, 0],
  [23, 0],
  [25, 0],
]);
/** Certificate, certificate_url, certificate_status, CompressedCertificate. */
const CERTIFICATES: ReadonlySet<number> = new Set([11, 21, 22, 25]);
