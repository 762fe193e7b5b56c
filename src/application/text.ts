/** Plain text, as echo servers and test programs send it: UTF-8 that can be shown. */
import type { ByteReader } from '../wire/reader.ts';
import { printable } from '../wire/text.ts';
import { oneLine, textLine } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

const LONGEST = 120;

export const TEXT: Protocol = {
  names: ['text'],
  ports: [],
  alpn: [],
  mayBe: (bytes) => printable(bytes) !== null,
  decode: decodeText,
};

function decodeText(r: ByteReader): Reading {
  const bytes = r.opaque('text', r.remaining, (text) => oneLine(text, LONGEST));
  const text = printable(bytes);
  if (text === null) return { protocol: 'text', summary: oneLine(bytes, LONGEST), sure: false };
  return { protocol: 'text', summary: `"${textLine(text, LONGEST)}"`, sure: /\S/.test(text) };
}
