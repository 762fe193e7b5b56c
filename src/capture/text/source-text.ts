/** A text file as lines whose places in the file are known. */

/** One line without its end. */
export interface Line {
  readonly text: string;
  /** Index of its first character in the text. */
  readonly at: number;
}

/** Longer lines are looked at in part where only words matter; hex digits are read to the end. */
export const WORDS_OF_A_LINE = 300;

/**
 * The text of a file and the way back to its bytes. Every format read here is ASCII in what matters, so each byte
 * becomes one character (Latin-1) and an index in the text is an offset in the file; only UTF-16, which PowerShell
 * writes when output is redirected, takes two bytes a character.
 */
export class SourceText {
  readonly text: string;
  readonly #from: number;
  readonly #bytesPerCharacter: number;

  constructor(bytes: Uint8Array) {
    const wide = utf16(bytes);
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.#from = wide ? 2 : marked ? 3 : 0;
    this.#bytesPerCharacter = wide ? 2 : 1;
    this.text = new TextDecoder(wide ?? 'latin1').decode(bytes.subarray(this.#from));
  }

  /** The offset in the file of the character at `index`. */
  offset(index: number): number {
    return this.#from + index * this.#bytesPerCharacter;
  }
}

/** The encoding that a byte order mark of UTF-16 names, null where there is none. */
export function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

export function* linesOf(text: string): Generator<Line, void> {
  let at = 0;
  while (at <= text.length) {
    const end = text.indexOf('\n', at);
    const to = end < 0 ? text.length : end;
    // A carriage return before the line feed belongs to the line end.
    const last = to > at && text.charCodeAt(to - 1) === 13 ? to - 1 : to;
    yield { text: text.slice(at, last), at };
    if (end < 0) return;
    at = end + 1;
  }
}

/** The beginning of a line, for patterns that must not meet a line of megabytes. */
export function words(line: Line): string {
  return line.text.length > WORDS_OF_A_LINE ? line.text.slice(0, WORDS_OF_A_LINE) : line.text;
}
