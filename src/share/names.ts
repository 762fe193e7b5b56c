/** Names in handshake messages, made unreadable with their length kept: what surrounds them stays where it was. */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail, DetailBuffer, RecordDetail } from '../analysis/trace.ts';
import type { Datagram, Endpoint } from '../capture/datagram.ts';
import { decodeFragments, HANDSHAKE_HEADER_LENGTH } from '../dtls/fragment.ts';
import { CONTENT_TYPE, decodeRecords } from '../dtls/record.ts';
import type { Field } from '../wire/fields.ts';
import { ByteReader } from '../wire/reader.ts';
import type { Redactions } from './shared-trace.ts';

type Hidden = Pick<Redactions, 'names' | 'certificates' | 'addresses'>;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Fields by the names that the decoders of `dtls/` give them. */
const NAME_FIELDS = ['host_name', 'ProtocolName', 'psk_identity', 'psk_identity_hint', 'identity', 'DistinguishedName'];
const CERTIFICATE_FIELDS = ['ASN.1Cert', 'cert_data', 'ASN1_subjectPublicKeyInfo', 'response'];
const BLANK = 0x78;

export class NameBlanker {
  /** Of messages in the clear: their sender, type, message_seq and length; ranges of the body. */
  readonly #ranges = new Map<string, Range[]>();

  constructor(session: Session, details: readonly AssociationDetail[], hidden: Hidden) {
    for (const detail of details) {
      const fields = new Set([...hiddenFields(hidden), ...(namesAddress(detail, hidden) ? ['host_name'] : [])]);
      if (fields.size > 0) this.#learn(session, detail, fields);
    }
  }

  /** Something will be made unreadable. */
  get altered(): boolean {
    return this.#ranges.size > 0;
  }

  /** The payload itself where nothing is to be blanked, else a copy. */
  blanked(datagram: Datagram): Uint8Array {
    if (this.#ranges.size === 0) return datagram.payload;
    const payload = datagram.payload.slice();
    const reader = new ByteReader('packet', payload);
    for (const record of decodeRecords(reader, () => 0)) {
      if (record.form !== 'plaintext' || record.epoch !== 0) break;
      if (record.contentType !== CONTENT_TYPE.handshake) continue;
      const inside = new ByteReader('packet', payload, undefined, record.at.to - record.fragment.length, record.at.to);
      for (const { msgType, messageSeq, length, fragmentOffset, body, at } of decodeFragments(inside)) {
        const ranges = this.#ranges.get(messageKey(datagram.source, msgType, messageSeq, length)) ?? [];
        const start = at.to - body.length - fragmentOffset;
        for (const { from, to } of ranges)
          payload.fill(
            BLANK,
            clamp(start + from, at.to - body.length, at.to),
            clamp(start + to, at.to - body.length, at.to),
          );
      }
    }
    return payload;
  }

  #learn(session: Session, { association, messages, records }: AssociationDetail, fields: ReadonlySet<string>): void {
    const known = new Map(records.map((record) => [record.record, record]));
    for (const message of messages) {
      const last = known.get(message.records.at(-1) ?? 0);
      if (message.epoch !== 0 || !message.complete || message.messageSeq === null || !last) continue;
      const detail = session.record(last.record);
      if (!detail) continue;
      const ranges = namedRanges(detail, fields).map(({ from, to }) => ({
        from: from - HANDSHAKE_HEADER_LENGTH,
        to: to - HANDSHAKE_HEADER_LENGTH,
      }));
      if (ranges.length === 0) continue;
      // Who moved keeps sending the same messages.
      const moved = association.addressChanges.filter((c) => c.endpoint === message.sender);
      for (const sender of [association[message.sender], ...moved.flatMap(({ from, to }) => [from, to])]) {
        const key = messageKey(sender, message.type ?? 0, message.messageSeq, message.length);
        this.#ranges.set(key, [...(this.#ranges.get(key) ?? []), ...ranges]);
      }
    }
  }
}

/** The plaintext of one record, with what its messages name made unreadable. */
export function blankedPlaintext(detail: RecordDetail, plaintext: Uint8Array, hidden: Hidden): Uint8Array {
  const fields = hiddenFields(hidden);
  const copy = plaintext.slice();
  for (const { buffer, from, to } of fields.size === 0 ? [] : namedRanges(detail, fields)) {
    const { pieces = [] } = detail.buffers.find(({ id }) => id === buffer) ?? {};
    for (const piece of pieces.filter((p) => p.record === detail.record.record && p.of === 'plaintext')) {
      const [start, end] = [Math.max(from, piece.from), Math.min(to, piece.from + piece.length)];
      if (start < end) copy.fill(BLANK, piece.there + start - piece.from, piece.there + end - piece.from);
    }
  }
  return copy;
}

function hiddenFields({ names, certificates }: Hidden): ReadonlySet<string> {
  // A certificate is made of names.
  return new Set([
    ...(names === 'blanked' ? NAME_FIELDS : []),
    ...(names === 'blanked' || certificates === 'digests' ? CERTIFICATE_FIELDS : []),
  ]);
}

function namedRanges(
  { fields }: RecordDetail,
  names: ReadonlySet<string>,
): (Range & { readonly buffer: DetailBuffer['id'] })[] {
  return fields.flatMap(function inside(field: Field): (Range & { readonly buffer: DetailBuffer['id'] })[] {
    const isOne = names.has(field.name) && field.at.buffer.startsWith('message');
    return isOne ? [field.at] : field.children.flatMap(inside);
  });
}

/** Some clients send the address of the server as its name, though RFC 6066 §3 forbids it. */
function namesAddress(
  { association: { serverName, client, server } }: AssociationDetail,
  { addresses }: Hidden,
): boolean {
  return addresses === 'replaced' && serverName !== null && [client.address, server.address].includes(serverName);
}

function messageKey({ address, port }: Endpoint, type: number, messageSeq: number, length: number): string {
  return `${address} ${port} ${type} ${messageSeq} ${length}`;
}

const clamp = (value: number, least: number, greatest: number): number => Math.min(greatest, Math.max(least, value));
