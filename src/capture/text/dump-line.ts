/** One line of a hex dump: an offset, bytes in groups of digits, perhaps a column of characters. */
import { countDigits, hexByte, isBlank } from './digits.ts';
import type { Line } from './source-text.ts';

export interface DumpLine {
  readonly line: Line;
  /** Blanks before the offset, a tab counting as one. */
  readonly indent: number;
  /** As written, without 0x. */
  readonly offset: string;
  /** Index in the line behind the offset and what separates it from the bytes. */
  readonly from: number;
}

/** The bytes of a line. */
export interface DumpBytes {
  readonly bytes: readonly number[];
  /** Index of the first digit of each in the line. */
  readonly at: readonly number[];
  /** Index behind the last digit. */
  readonly end: number;
  /** All groups had four digits, as where 16-bit words are shown. */
  readonly words: boolean;
}

const FEWEST_OFFSET_DIGITS = 4;
const MOST_OFFSET_DIGITS = 16;
/** Longer lines are not dumps but hex in one piece. */
const MOST_BYTES = 512;
const LONGEST_GROUP = 64;

/** Null where the line, from `start` on, does not begin with an offset. */
export function dumpLine(line: Line, start = 0): DumpLine | null {
  const { text } = line;
  let at = start;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  const indent = at - start;
  if (text.startsWith('0x', at) || text.startsWith('0X', at)) at += 2;
  const digits = countDigits(text.slice(at, at + MOST_OFFSET_DIGITS + 1), 0);
  if (digits < FEWEST_OFFSET_DIGITS || digits > MOST_OFFSET_DIGITS) return null;
  const offset = text.slice(at, at + digits);
  at += digits;
  if (text[at] === 'h') at++;
  // A dash right behind it makes it the year of a date.
  if (at < text.length && (text[at] === '-' || !isSeparator(text, at))) return null;
  while (at < text.length && (isBlank(text.charCodeAt(at)) || ':-|'.includes(text[at] ?? ''))) at++;
  if (at < text.length && groupLength(text, at) === 0) return null;
  return { line, indent, offset, from: at };
}

function isSeparator(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isBlank(code) || code === 58 || code === 124 || code === 45;
}

/** Digits of the group of whole bytes at `at`; 0 where there is none. */
function groupLength(text: string, at: number): number {
  const digits = countDigits(text.slice(at, at + LONGEST_GROUP + 1), 0);
  if (digits === 0 || digits % 2 !== 0 || digits > LONGEST_GROUP) return 0;
  return at + digits === text.length || isSeparator(text, at + digits) ? digits : 0;
}

/**
 * `wanted`: how many bytes the offset of the next line leaves for this one; -1 where there is none to tell. Then the
 * bytes end at `limit`, where they ended in the lines before, or at a gap that no dump has between its bytes.
 */
export function dumpBytes({ line: { text }, from }: DumpLine, wanted: number, limit: number): DumpBytes {
  const bytes: number[] = [];
  const at: number[] = [];
  const most = wanted < 0 ? MOST_BYTES : Math.min(wanted, MOST_BYTES);
  let place = from;
  let end = from;
  let words = true;
  while (bytes.length < most) {
    const digits = groupLength(text, place);
    if (digits === 0) break;
    if (digits !== 4) words = false;
    for (let i = 0; i < digits && bytes.length < most; i += 2) {
      bytes.push(hexByte(text, place + i));
      at.push(place + i);
    }
    end = place + digits;
    place = end;
    while (place < text.length && (isBlank(text.charCodeAt(place)) || text[place] === '-')) place++;
    if (wanted >= 0) continue;
    // Eight bytes are often set apart by one more blank; the characters come after two or more.
    const gap = place - end;
    if (limit > 0 ? place >= limit : gap > 2 || (gap === 2 && bytes.length !== 8)) break;
  }
  return { bytes, at, end, words };
}
