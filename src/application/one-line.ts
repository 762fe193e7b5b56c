/** Bytes and texts of unknown origin on one line: nothing in them may break a table, a terminal or a diagram. */
import { printable, toHex } from '../wire/text.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
]);

/** As text where all of it is printable, with line ends written out and those at its end left away; else as hex. */
export function oneLine(bytes: Uint8Array, limit = 60): string {
  const text = printable(bytes);
  return text === null ? hexLine(bytes, limit) : textLine(text, limit);
}

/** In quotation marks where it is text; hex speaks for itself. */
export function quoted(bytes: Uint8Array, limit = 60): string {
  const text = printable(bytes);
  return text === null ? hexLine(bytes, limit) : `"${textLine(text, limit)}"`;
}

function hexLine(bytes: Uint8Array, limit: number): string {
  return bytes.length * 2 <= limit ? toHex(bytes) : `${toHex(bytes.subarray(0, limit >> 1))}…`;
}

/** @param text printable. */
export function textLine(text: string, limit: number): string {
  return clip(escaped(text.replace(/[\r\n]+$/, '')), limit);
}

/** Cut between characters, never within one. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let cut = 0;
  let at = 0;
  for (let characters = 0; characters < limit && at < text.length; characters++) {
    cut = at;
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at >= text.length ? text : `${text.slice(0, cut)}…`;
}

export function sized(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

function escaped(text: string): string {
  return text.replace(/[\t\n\r\u2028\u2029]/g, (character) => ESCAPES.get(character) ?? '');
}
