/** Alert (RFC 5246 §7.2, RFC 8446 §6). */
import type { ByteReader } from '../../wire/reader.ts';
import { alertDescriptionName, alertLevelName } from '../registry.ts';

export interface Alert {
  /** 1 warning, 2 fatal. DTLS 1.3 gives it no meaning: there all but close_notify and user_canceled are fatal. */
  readonly level: number;
  readonly description: number;
}

/** Reads an alert record's plaintext to its end. */
export function decodeAlert(r: ByteReader): Alert {
  const alert = { level: r.uint8('level', alertLevelName), description: r.uint8('description', alertDescriptionName) };
  r.finish('alert');
  return alert;
}
