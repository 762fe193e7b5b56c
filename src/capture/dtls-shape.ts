/**
 * Whether bytes inside a carrier have the shape of a DTLS datagram. A carrier that is known by a byte or two alone
 * needs this second witness; a datagram directly on UDP does not, its reader decides.
 */
import { uint8, uint16, uint32 } from './big-endian.ts';

/**
 * `records`: begins with a record header in the clear and the lengths add up (RFC 6347 §4.1): no accident.
 * `encrypted`: unified headers whose lengths add up (RFC 9147 §4): 19 bits of evidence, one in half a million.
 */
export type DtlsShape = 'records' | 'encrypted';

const HEADER_LENGTH = 13;
const CID_RECORD = 25;

/** For `from` to `to` as captured; `missing` more bytes were on the wire. */
export function dtlsShape(bytes: Uint8Array, from: number, to: number, missing = 0): DtlsShape | null {
  let at = from;
  while (isPlaintextHeader(bytes, at, to)) {
    // The length of a connection ID is not on the wire (RFC 9146 §4), so the end of this record is not known.
    if (uint8(bytes, at) === CID_RECORD) return 'records';
    at += HEADER_LENGTH + uint16(bytes, at + 11);
    if (at >= to) return at === to || at <= to + missing ? 'records' : null;
  }
  // After a plaintext ServerHello, encrypted records of 1.3 may follow in the same datagram.
  if (at > from) return isUnified(uint8(bytes, at)) || missing > 0 ? 'records' : null;
  return unifiedShape(bytes, from, to, missing);
}

/** Could the datagram from `from` to `to` be DTLS, of which only the bytes up to `end` have come yet? */
export function mayBecomeDtls(bytes: Uint8Array, from: number, end: number, to: number): boolean {
  const first = uint8(bytes, from);
  if (isUnified(first)) {
    if ((first & 0x14) !== 0x04 || end - from < 5) return (first & 0x14) === 0x04;
    // Alone in its datagram, as nearly always: a record that ends earlier is more often an accident.
    return from + unifiedHeaderLength(first) + unifiedLength(bytes, from) === to;
  }
  if (first < 20 || first > 27) return false;
  if (end - from < HEADER_LENGTH) return end - from < 3 || isVersion(uint16(bytes, from + 1));
  return isPlaintextHeader(bytes, from, end) && from + HEADER_LENGTH + uint16(bytes, from + 11) <= to;
}

/** The numbers of the record at `at` if its header is in the clear and was captured. */
export function plaintextRecord(
  bytes: Uint8Array,
  at: number,
  to: number,
): { readonly contentType: number; readonly epoch: number; readonly sequenceNumber: number } | null {
  if (!isPlaintextHeader(bytes, at, to)) return null;
  const sequenceNumber = uint16(bytes, at + 5) * 0x1_0000_0000 + uint32(bytes, at + 7);
  return { contentType: uint8(bytes, at), epoch: uint16(bytes, at + 3), sequenceNumber };
}

/** Content type 20 to 27 and a version that DTLS ever had: 1.0, 1.2, the pre-standard 0.9 and DTLCP. */
function isPlaintextHeader(bytes: Uint8Array, at: number, to: number): boolean {
  const type = uint8(bytes, at);
  if (type < 20 || type > 27 || to - at < HEADER_LENGTH) return false;
  return isVersion(uint16(bytes, at + 1));
}

function isVersion(version: number): boolean {
  return version === 0xfefd || version === 0xfeff || version === 0x0100 || version === 0x0101;
}

function unifiedHeaderLength(first: number): number {
  return (first & 0x08) !== 0 ? 5 : 4;
}

/** The length field of a unified header without a connection ID. */
function unifiedLength(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at + unifiedHeaderLength(uint8(bytes, at)) - 2);
}

function isUnified(first: number): boolean {
  return first >> 5 === 1;
}

function unifiedShape(bytes: Uint8Array, from: number, to: number, missing: number): DtlsShape | null {
  let at = from;
  while (at + 5 <= to) {
    const first = uint8(bytes, at);
    // With a connection ID or without a length nothing can be checked.
    if (!isUnified(first) || (first & 0x10) !== 0 || (first & 0x04) === 0) return null;
    const length = unifiedLength(bytes, at);
    // Less than a tag and the inner content type cannot be (RFC 9147 §4).
    if (length < 9) return null;
    at += unifiedHeaderLength(first) + length;
    if (at >= to) return at === to || at <= to + missing ? 'encrypted' : null;
  }
  return null;
}
