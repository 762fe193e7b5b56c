/** Reading protocols made of text with a cursor over bytes: pieces end before a certain byte. */
import type { ByteReader } from '../wire/reader.ts';
import { oneLine } from './one-line.ts';

export const SPACE = 0x20;
export const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** How many bytes there are before the next `byte`; all that remain where there is none. */
export function lengthUntil(r: ByteReader, byte: number, limit = r.remaining): number {
  const end = Math.min(limit, r.remaining);
  for (let i = 0; i < end; i++) if (r.peek(i) === byte) return i;
  return end;
}

/** The word up to the next space, as text; the space is consumed and belongs to nobody's value. */
export function word(r: ByteReader, field: string, limit = r.remaining): string {
  const bytes = r.opaque(field, lengthUntil(r, SPACE, limit), (value) => oneLine(value));
  if (r.peek() === SPACE) r.opaque('SP', 1);
  return oneLine(bytes, 1000);
}

/** Length of the line that starts here without its end, and of that end: CR LF, LF, or nothing at the end of all. */
export function measureLine(r: ByteReader): { readonly text: number; readonly end: number } {
  const upToFeed = lengthUntil(r, LINE_FEED);
  if (upToFeed === r.remaining) return { text: upToFeed, end: 0 };
  const carriage = upToFeed > 0 && r.peek(upToFeed - 1) === CARRIAGE_RETURN ? 1 : 0;
  return { text: upToFeed - carriage, end: carriage + 1 };
}

/** Consumes the end of a line as a field of its own. */
export function lineEnd(r: ByteReader, length: number): void {
  if (length > 0) r.opaque('line_end', length);
}
