/** What is inside decrypted application data. Adding a protocol is one file and one row in PROTOCOLS. */
import { ByteReader } from '../wire/reader.ts';
import { ANYCONNECT } from './anyconnect.ts';
import { COAP } from './coap.ts';
import { DIAMETER } from './diameter.ts';
import { DNS } from './dns.ts';
import { HTTP } from './http.ts';
import { clip } from './one-line.ts';
import type { Hint, Protocol, Recognised } from './protocol.ts';
import { RADIUS } from './radius.ts';
import { SCTP } from './sctp.ts';
import { SYSLOG } from './syslog.ts';
import { TEXT } from './text.ts';

export type { Hint, Recognised } from './protocol.ts';

/** In the order of trying: those with checksums and lengths first, those that leave most to the reader last. */
export const PROTOCOLS: readonly Protocol[] = [SCTP, RADIUS, DIAMETER, DNS, HTTP, SYSLOG, COAP, ANYCONNECT, TEXT];

const LONGEST_SUMMARY = 200;

/** Those that have a format of their own. */
const FORMATS = PROTOCOLS.filter((protocol) => protocol !== TEXT);

/** The same as `recognise`, but plain text is no protocol. */
export function recogniseFormat(bytes: Uint8Array, hint: Hint = {}): Recognised | null {
  return recogniseAs(FORMATS, bytes, hint);
}

/**
 * Names the protocol of one record's content and says in a line what the message is; null where nothing fits.
 * Decided by the bytes; a hint says which protocol is tried first and settles what the bytes leave open.
 */
export function recognise(bytes: Uint8Array, hint: Hint = {}): Recognised | null {
  return recogniseAs(PROTOCOLS, bytes, hint);
}

function recogniseAs(protocols: readonly Protocol[], bytes: Uint8Array, hint: Hint): Recognised | null {
  if (bytes.length === 0) return null;
  const expected = protocols.filter((protocol) => isHinted(protocol, hint));
  for (const protocol of expected.length > 0 ? [...expected, ...protocols] : protocols) {
    if (!protocol.mayBe(bytes, expected.includes(protocol))) continue;
    const r = new ByteReader('plaintext', bytes);
    const { protocol: name, summary, sure } = protocol.decode(r);
    if (sure && r.problems.length === 0 && r.remaining === 0)
      return { protocol: name, summary: clip(summary, LONGEST_SUMMARY) };
  }
  return null;
}

/**
 * Records the named fields of one message on the reader's sink, as one group whose meaning is the summary. Bytes
 * of a protocol that is not in the list are one field.
 */
export function decodeApplication(protocol: string, r: ByteReader): void {
  const decoder = PROTOCOLS.find(({ names }) => names.includes(protocol));
  if (!decoder) {
    r.opaque('application_data', r.remaining);
    return;
  }
  r.group(
    protocol,
    () => {
      const reading = decoder.decode(r);
      r.finish(protocol);
      return reading;
    },
    ({ summary }) => clip(summary, LONGEST_SUMMARY),
  );
}

function isHinted({ ports, alpn }: Protocol, hint: Hint): boolean {
  return (
    (typeof hint.port === 'number' && ports.includes(hint.port)) ||
    (typeof hint.alpn === 'string' && alpn.includes(hint.alpn))
  );
}
