/** Datagrams of which only numbers matter: whole records of application data of DTLS 1.0 or 1.2, and nothing else. */
import { CONTENT_TYPE } from '../dtls/record.ts';
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

/** Big-endian. */
export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
