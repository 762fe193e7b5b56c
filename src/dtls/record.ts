/** The DTLS record layer: DTLSPlaintext and tls12_cid (RFC 6347 §4.1, RFC 9146 §4) and the unified header (RFC 9147 §4). */
import type { ByteReader, Span } from '../wire/reader.ts';
import { contentTypeName, versionName } from './registry.ts';

/** TLS ContentType. Unknown values are kept as numbers; names are for display only. */
export const CONTENT_TYPE = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
  tls12Cid: 25,
  ack: 26,
  returnRoutabilityCheck: 27,
} as const;

const HEADER_LENGTH = 13;
/** 2^14 plus the 2048 bytes that protection may add (RFC 5246 §6.2.3): a longer one is no record. */
const MAX_FRAGMENT = 16384 + 2048;

export interface PlaintextRecord {
  readonly form: 'plaintext';
  readonly contentType: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  /** Empty unless the content type is tls12_cid. */
  readonly connectionId: Uint8Array;
  /** As the header declares it. */
  readonly length: number;
  /** What follows the header; shorter than `length` where the datagram or the capture ends first. */
  readonly fragment: Uint8Array;
  readonly at: Span;
}

export interface UnifiedRecord {
  readonly form: 'unified';
  /** The two low bits of the epoch. */
  readonly epochBits: number;
  readonly sequenceBits: 8 | 16;
  readonly connectionId: Uint8Array;
  /** Under record number encryption (RFC 9147 §4.2.3). */
  readonly encryptedSequence: number;
  readonly length: number;
  /** As sent, sequence number still encrypted. */
  readonly header: Uint8Array;
  readonly fragment: Uint8Array;
  readonly at: Span;
}

/** Bytes in which no record begins: the rest of the datagram. */
export interface UnrecognisedRecord {
  readonly form: 'unrecognised';
  readonly firstByte: number;
  readonly fragment: Uint8Array;
  readonly at: Span;
}

export type DtlsRecord = PlaintextRecord | UnifiedRecord | UnrecognisedRecord;

/**
 * Every record of one datagram, in order. Malformed input yields the records before it, then one that is
 * short or unrecognised; problems are with the reader. `cidLength` is what the receiver of the datagram asked
 * for in its hello (RFC 9146 §3), in bytes; asked for each record, since one datagram may hold both the hello
 * that negotiates it and the first record that uses it.
 */
export function* decodeRecords(r: ByteReader, cidLength: () => number): Generator<DtlsRecord> {
  while (r.remaining > 0) yield decodeRecord(r, cidLength());
}

export function decodeRecord(r: ByteReader, cidLength: number): DtlsRecord {
  const first = r.peek() ?? 0;
  if (first >= 20 && first <= 27) return decodePlaintext(r, cidLength);
  if (first >> 5 === 0b001) return decodeUnified(r, cidLength);
  const start = r.offset;
  const fragment = r.opaque('unrecognised', r.remaining);
  r.illegal(
    'content_type',
    r.span(start, start + 1),
    `no DTLS record begins with the byte 0x${first.toString(16).padStart(2, '0')}`,
  );
  return { form: 'unrecognised', firstByte: first, fragment, at: r.span(start) };
}

function decodePlaintext(r: ByteReader, cidLength: number): PlaintextRecord {
  const start = r.offset;
  const contentType = r.uint8('type', contentTypeName);
  const version = r.uint16('version', versionName);
  const epoch = r.uint16('epoch');
  const sequenceNumber = r.uint48('sequence_number');
  const connectionId = contentType === CONTENT_TYPE.tls12Cid ? r.opaque('cid', cidLength) : NO_BYTES;
  const length = r.uint16('length');
  const fragment = r.opaque('fragment', length);
  return {
    form: 'plaintext',
    contentType,
    version,
    epoch,
    sequenceNumber,
    connectionId,
    length,
    fragment,
    at: r.span(start),
  };
}

function decodeUnified(r: ByteReader, cidLength: number): UnifiedRecord {
  const start = r.offset;
  const first = r.uint8('unified_header', unifiedHeaderMeaning);
  const connectionId = first & 0x10 ? r.opaque('connection_id', cidLength) : NO_BYTES;
  const sequenceBits = first & 0x08 ? 16 : 8;
  const encryptedSequence = sequenceBits === 16 ? r.uint16('sequence_number') : r.uint8('sequence_number');
  const length = first & 0x04 ? r.uint16('length') : r.remaining; // absent: to the end of the datagram
  const headerLength = r.offset - start;
  const fragment = r.opaque('encrypted_record', length);
  // The header is needed as bytes for the additional data; it lies just before the fragment in the same buffer.
  const header = new Uint8Array(fragment.buffer, Math.max(0, fragment.byteOffset - headerLength), headerLength);
  return {
    form: 'unified',
    epochBits: first & 0x03,
    sequenceBits,
    connectionId,
    encryptedSequence,
    length,
    header,
    fragment,
    at: r.span(start),
  };
}

function unifiedHeaderMeaning(first: number): string {
  const parts = [
    first & 0x10 ? 'connection ID' : 'no connection ID',
    first & 0x08 ? '16-bit number' : '8-bit number',
    first & 0x04 ? 'length' : 'no length',
  ];
  return `${parts.join(', ')}, epoch bits ${first & 3}`;
}

/** A record whose declared length runs past the datagram. */
export function isCut(record: DtlsRecord): boolean {
  return record.form !== 'unrecognised' && record.fragment.length < record.length;
}

const VERSIONS: ReadonlySet<number> = new Set([0xfeff, 0xfefd, 0xfefc, 0x0100, 0x0101]);

/**
 * Whether a datagram begins with a DTLS 1.0 or 1.2 record, by content alone. `missing` bytes were cut from its
 * end by the capture. The pre-standard version numbers are common byte pairs, so there the record must fit too.
 */
export function looksLikeDtls(payload: Uint8Array, missing: number): boolean {
  if (payload.length < HEADER_LENGTH) return false;
  const type = payload[0] ?? 0;
  const version = ((payload[1] ?? 0) << 8) | (payload[2] ?? 0);
  if (type < 20 || type > 27 || !VERSIONS.has(version)) return false;
  if (type === CONTENT_TYPE.tls12Cid) return version === 0xfefd; // where the length field lies depends on the CID
  const length = ((payload[11] ?? 0) << 8) | (payload[12] ?? 0);
  if (length > MAX_FRAGMENT) return false;
  return version >= 0xfe00 || HEADER_LENGTH + length <= payload.length + missing;
}

/**
 * Whether a datagram consists of DTLS 1.3 protected records with lengths that end exactly where it does. One chance in
 * many thousands for anything else that begins with such a byte.
 */
export function looksLikeUnified(payload: Uint8Array): boolean {
  let at = 0;
  while (at < payload.length) {
    const first = payload[at] ?? 0;
    // No connection ID, and a length to check by.
    if (first >> 5 !== 0b001 || (first & 0x14) !== 0x04) return false;
    const lengthAt = at + (first & 0x08 ? 3 : 2);
    const length = ((payload[lengthAt] ?? 0) << 8) | (payload[lengthAt + 1] ?? 0);
    if (length < SHORTEST_CIPHERTEXT) return false;
    at = lengthAt + 2 + length;
  }
  return at === payload.length && at > 0;
}

/** A content type and a tag of 8 bytes would do, but the number mask needs 16 (RFC 9147 §4.2.3). */
const SHORTEST_CIPHERTEXT = 16;

/** Whether it could be a DTLS 1.3 protected record: too little to go by, unless the addresses are known already. */
export function mayBeUnified(payload: Uint8Array): boolean {
  return (payload[0] ?? 0) >> 5 === 0b001 && payload.length >= 1 + 1 + 16;
}

const NO_BYTES = new Uint8Array();
