/** Finished (RFC 5246 §7.4.9, RFC 8446 §4.4.4): 12 bytes before version 1.3, as long as the hash in it. */
import type { ByteReader } from '../../wire/reader.ts';

export interface Finished {
  readonly verifyData: Uint8Array;
}

export function decodeFinished(r: ByteReader): Finished {
  return { verifyData: r.opaque('verify_data', r.remaining) };
}
