/** Plain text, as echo servers and test programs send it: UTF-8 that can be shown. */
import type { ByteReader } from '../wire/reader.ts';
import { printable } from '../wire/text.ts';
import { oneLine, quoted } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

export const TEXT: Protocol = {
  names: ['text'],
  ports: [],
  alpn: [],
  mayBe: (bytes) => printable(bytes) !== null,
  decode: decodeText,
};

function decodeText(r: ByteReader): Reading {
  const bytes = r.opaque('text', r.remaining, (text) => oneLine(text, 120));
  return { protocol: 'text', summary: quoted(bytes, 120), sure: /\S/.test(printable(bytes) ?? '') };
}
