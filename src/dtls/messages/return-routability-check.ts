/** Return routability check (RFC 9853 §4): does the peer really answer at its new address? */
import type { ByteReader } from '../../wire/reader.ts';
import { rrcTypeName } from '../registry.ts';

export interface ReturnRoutabilityCheck {
  /** 0 path_challenge, 1 path_response, 2 path_drop. */
  readonly messageType: number;
  /** Eight bytes that tie an answer to its challenge. */
  readonly cookie: Uint8Array;
}

/** Reads a record's plaintext to its end. */
export function decodeReturnRoutabilityCheck(r: ByteReader): ReturnRoutabilityCheck {
  const check = { messageType: r.uint8('msg_type', rrcTypeName), cookie: r.opaque('cookie', 8) };
  r.finish('return_routability_check');
  return check;
}
