/** KeyUpdate (RFC 8446 §4.6.3, RFC 9147 §8). */
import type { ByteReader } from '../../wire/reader.ts';
import { keyUpdateRequestName } from '../registry.ts';

export interface KeyUpdate {
  /** The receiver shall update its own keys too. */
  readonly updateRequested: boolean;
}

export function decodeKeyUpdate(r: ByteReader): KeyUpdate {
  const from = r.offset;
  const request = r.uint8('request_update', keyUpdateRequestName);
  if (request > 1) r.illegal('request_update', r.span(from), `KeyUpdateRequest has no value ${request}`);
  return { updateRequested: request === 1 };
}
