/** A buffer as rows of sixteen bytes, what is marked in them, and how a span of one buffer lies in the others. */
import type { RecordDetail } from '../analysis/trace.ts';
import type { Span } from '../wire/reader.ts';
import { toHex } from '../wire/text.ts';

export const COLUMNS = 16;

export interface ByteRow {
  readonly offset: string;
  readonly hex: readonly string[];
  readonly text: string;
}

/** From weak to strong: of two marks on one byte the stronger one is drawn. */
export const MARKS = ['plain', 'dim', 'record', 'related', 'selected'] as const;
export type Mark = (typeof MARKS)[number];

export interface MarkedRange {
  readonly from: number;
  readonly to: number;
  readonly mark: Mark;
}

export function rowCount(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / COLUMNS);
}

/** How many digits the offsets of its rows have: as many in each of them. */
export function offsetDigits(bytes: Uint8Array, base: number): number {
  return Math.max(4, (base + Math.max(0, bytes.length - 1)).toString(16).length);
}

export function byteRow(bytes: Uint8Array, base: number, row: number): ByteRow {
  const line = bytes.subarray(row * COLUMNS, (row + 1) * COLUMNS);
  return {
    offset: (base + row * COLUMNS).toString(16).padStart(offsetDigits(bytes, base), '0'),
    hex: toHex(line).match(/../g) ?? [],
    text: Array.from(line, (byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join(''),
  };
}

/** One digit per byte of the row, an index into `MARKS`: equal strings need no new drawing. */
export function rowMarks(ranges: readonly MarkedRange[], row: number): string {
  const digits = new Array<number>(COLUMNS).fill(0);
  for (const { from, to, mark } of ranges) {
    const strength = MARKS.indexOf(mark);
    const last = Math.min(to - row * COLUMNS, COLUMNS);
    for (let i = Math.max(0, from - row * COLUMNS); i < last; i++) digits[i] = Math.max(digits[i] ?? 0, strength);
  }
  return digits.join('');
}

/** The columns of the row that lie in the span, as a half-open range; null where none do. */
export function columnsIn(
  span: { readonly from: number; readonly to: number },
  row: number,
): readonly [number, number] | null {
  const from = Math.max(0, span.from - row * COLUMNS);
  const to = Math.min(COLUMNS, span.to - row * COLUMNS);
  return from < to ? [from, to] : null;
}

const PAGE = 16 * COLUMNS;
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -COLUMNS,
  ArrowDown: COLUMNS,
  PageUp: -PAGE,
  PageDown: PAGE,
};

/** Where a key leads the caret; null for keys that mean nothing here. Home and End count within the line. */
export function byteMove(
  caret: number | null,
  key: string,
  { last, ctrl }: { readonly last: number; readonly ctrl: boolean },
): number | null {
  const from = caret ?? 0;
  const line = from - (from % COLUMNS);
  if (key === 'Home') return ctrl ? 0 : line;
  if (key === 'End') return ctrl ? last : Math.min(last, line + COLUMNS - 1);
  const step = STEPS[key];
  if (step === undefined || ctrl) return null;
  if (caret === null) return 0;
  const to = caret + step;
  // A line up from the first or down from the last leads nowhere.
  if (to < 0 || to > last) return key.startsWith('Page') ? Math.max(0, Math.min(last, to)) : caret;
  return to;
}

/** The same bytes in the other buffers of this record, and the other records that carry some of them. */
export interface Translation {
  readonly spans: readonly Span[];
  readonly otherRecords: readonly number[];
}

/** Follows the pieces in both directions: message to wire, and wire to message. */
export function translate(detail: RecordDetail, span: Span): Translation {
  const spans: Span[] = [];
  const others = new Set<number>();
  const known = (s: Span): boolean =>
    [span, ...spans].some((t) => t.buffer === s.buffer && t.from <= s.from && s.to <= t.to);
  const follow = (s: Span): void => {
    const found: Span[] = [];
    for (const buffer of detail.buffers) {
      for (const piece of buffer.pieces) {
        const here = piece.record === detail.record.record;
        if (buffer.id === s.buffer) {
          const part = overlap(s, piece.from, piece.length);
          if (!part) continue;
          if (here) found.push(shifted(part, piece.there - piece.from, piece.of));
          else others.add(piece.record);
        } else if (here && piece.of === s.buffer) {
          const part = overlap(s, piece.there, piece.length);
          if (part) found.push(shifted(part, piece.from - piece.there, buffer.id));
        }
      }
    }
    for (const next of found) {
      if (known(next)) continue;
      spans.push(next);
      follow(next);
    }
  };
  follow(span);
  return { spans, otherRecords: [...others].sort((a, b) => a - b) };
}

function overlap(span: Span, from: number, length: number): { from: number; to: number } | null {
  const part = { from: Math.max(span.from, from), to: Math.min(span.to, from + length) };
  return part.from < part.to ? part : null;
}

function shifted(part: { from: number; to: number }, by: number, buffer: Span['buffer']): Span {
  return { buffer, from: part.from + by, to: part.to + by };
}

/** For the clipboard: "16fefd…". */
export function asHex(bytes: Uint8Array): string {
  return toHex(bytes);
}

/** For the clipboard: a string literal of C, Python or JavaScript, "\\x16\\xfe\\xfd". */
export function asEscaped(bytes: Uint8Array): string {
  let text = '';
  let open = false;
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    if (byte === QUOTE || byte === BACKSLASH) text += `\\${letter}`;
    // In C a hex digit would go on with the escape before it, so it is escaped too.
    else if (byte >= 32 && byte < 127 && !(open && /[0-9a-fA-F]/.test(letter))) text += letter;
    else {
      text += `\\x${byte.toString(16).padStart(2, '0')}`;
      open = true;
      continue;
    }
    open = false;
  }
  return `"${text}"`;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** For the clipboard: a C array, twelve bytes to a line. */
export function asCArray(bytes: Uint8Array, name: string): string {
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 12) {
    const line = Array.from(bytes.subarray(i, i + 12), (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
    lines.push(`  ${line.join(', ')},`);
  }
  const identifier = name.replace(/\W+/g, '_').replace(/^(?=\d)/, '_') || 'bytes';
  return `const unsigned char ${identifier}[${bytes.length}] = {\n${lines.join('\n')}\n};\n`;
}
