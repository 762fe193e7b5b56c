/** Which protected records hold no application data, as far as somebody with keys can know. */
import type { RecordView } from '../analysis/trace.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';

/** True for decrypted handshake messages, alerts and ACKs. */
export function isHarmless({ contentType, state, contents }: RecordView): boolean {
  if (state !== 'decrypted' || contentType === null || contentType === CONTENT_TYPE.applicationData) return false;
  return contents.length > 0 && contents.every(({ kind }) => HARMLESS.has(kind));
}

const HARMLESS: ReadonlySet<string> = new Set(['handshake', 'changeCipherSpec', 'alert', 'ack']);
