/**
 * Connection IDs have no length on the wire (RFC 9146 §4, RFC 9147 §4): the receiver knows what it asked for. A reader
 * who missed the hellos has only the shape of the datagram to go by.
 */
import { CONTENT_TYPE } from './record.ts';

/** RFC 9146 §3 allows 255; no stack in use has more than this. */
const LONGEST_CID = 32;
const TLS12_CID_AT = 11;
const UNIFIED_CID_AT = 1;

/** Where the CID begins in the record that these bytes begin with; null where the record has none. */
export function cidPosition(bytes: Uint8Array): number | null {
  const first = bytes[0] ?? 0;
  if (first === CONTENT_TYPE.tls12Cid) return TLS12_CID_AT;
  return first >> 5 === 0b001 && (first & 0x10) !== 0 ? UNIFIED_CID_AT : null;
}

/** The shortest length with which records of the same kind tile the bytes to their end; 0 where none does. */
export function inferCidLength(bytes: Uint8Array): number {
  for (let length = 0; length <= LONGEST_CID; length++) if (tiles(bytes, length)) return length;
  return 0;
}

function tiles(bytes: Uint8Array, cidLength: number): boolean {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const unified = first >> 5 === 0b001;
    if (!unified && first !== CONTENT_TYPE.tls12Cid) return false;
    // Without a length field a record runs to the end, whatever the CID: that proves nothing.
    if (unified && (first & 0x04) === 0) return false;
    const lengthAt = unified
      ? at + 1 + (first & 0x10 ? cidLength : 0) + (first & 0x08 ? 2 : 1)
      : at + TLS12_CID_AT + cidLength;
    if (lengthAt + 2 > bytes.length) return false;
    at = lengthAt + 2 + (((bytes[lengthAt] ?? 0) << 8) | (bytes[lengthAt + 1] ?? 0));
  }
  return at === bytes.length;
}
