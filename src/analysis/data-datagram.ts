/**
 * Datagrams of which only numbers matter: whole records of application data of DTLS 1.0 or 1.2, or protected records of
 * DTLS 1.3, and nothing else.
 */
import { uint16 } from '../capture/big-endian.ts';
import { CONTENT_TYPE, type UnifiedRecord } from '../dtls/record.ts';
import { VERSION } from '../dtls/registry.ts';

/** Of a record without connection ID (RFC 6347 §4.1). */
export const HEADER_LENGTH = 13;
/** A longer first record is none, see `looksLikeDtls`. */
const LONGEST_FRAGMENT = 16384 + 2048;

/** The payload lies in `bytes` from `from` to `to`. */
export function isOnlyData(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at + HEADER_LENGTH <= to) {
    if (bytes[at] !== CONTENT_TYPE.applicationData) return false;
    const version = uint16(bytes, at + 1);
    if (version !== VERSION.dtls12 && version !== VERSION.dtls10) return false;
    const length = uint16(bytes, at + 11);
    if (uint16(bytes, at + 3) === 0 || length > LONGEST_FRAGMENT) return false;
    at += HEADER_LENGTH + length;
  }
  return at === to && at > from;
}

/** Only protected records of DTLS 1.3 with a length and without a connection ID, to the end of the payload. */
export function isOnlyHidden(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    const first = bytes[at] ?? 0;
    if (first >> 5 !== 0b001 || (first & 0x14) !== 0x04) return false;
    const next = endOfHidden(bytes, at);
    if (next - at - headerOfHidden(first) < SHORTEST_CIPHERTEXT) return false;
    at = next;
  }
  return at === to && at > from;
}

/** Where the protected record that begins at `at` ends. */
export function endOfHidden(bytes: Uint8Array, at: number): number {
  const header = headerOfHidden(bytes[at] ?? 0);
  return at + header + uint16(bytes, at + header - 2);
}

/** The protected record that lies in `bytes` from `from` to `to`, as the decoder has it; its bytes are those, not copied. */
export function hiddenRecord(bytes: Uint8Array, from: number, to: number): UnifiedRecord {
  const first = bytes[from] ?? 0;
  const start = from + headerOfHidden(first);
  const wide = (first & 0x08) !== 0;
  return {
    form: 'unified',
    epochBits: first & 0x03,
    sequenceBits: wide ? 16 : 8,
    connectionId: NO_BYTES,
    encryptedSequence: wide ? uint16(bytes, from + 1) : (bytes[from + 1] ?? 0),
    length: to - start,
    header: bytes.subarray(from, start),
    fragment: bytes.subarray(start, to),
    at: { buffer: 'packet', from: 0, to: to - from },
  };
}

const NO_BYTES = new Uint8Array();

/** Its first byte, a record number of one or two bytes, and a length (RFC 9147 §4). */
const headerOfHidden = (first: number): number => ((first & 0x08) === 0 ? 4 : 5);

/** The number mask is made of so many bytes (RFC 9147 §4.2.3). */
const SHORTEST_CIPHERTEXT = 16;
