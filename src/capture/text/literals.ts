/** Bytes as programmers write them: lists of numbers, strings with escapes, base64. */
import { ByteRun } from './block.ts';
import { hexByte, hexValue, isBlank, isWord } from './digits.ts';

/** A literal that was read, and the index behind it. */
export interface Literal {
  readonly run: ByteRun;
  readonly end: number;
}

/** Fewer numbers than a record header has bytes are not worth a look. */
const FEWEST_NUMBERS = 13;
const OPENING = '{[(';
const CLOSING = '}])';

/**
 * `{0x16, 0xfe}`, `[22, 254]`, `{22, -2}`: the list whose opening bracket is at `at`, with C comments in it. Null where
 * anything else stands in it. A list stops at the next bracket, so that reading all lists of a text stays linear.
 */
export function numberList(text: string, at: number): Literal | null {
  const run = new ByteRun();
  let i = at + 1;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isBlank(code) || code === 44 || code === 10 || code === 13) i++;
    else if (code === 47) {
      i = behindComment(text, i);
      if (i < 0) return null;
    } else if (CLOSING.includes(text[i] ?? '')) {
      return run.length >= FEWEST_NUMBERS ? { run, end: i + 1 } : null;
    } else {
      const number = /^(?:0[xX][0-9a-fA-F]{1,2}|-?\d{1,3})(?![0-9a-zA-Z_.])/.exec(text.slice(i, i + 6));
      const value = number ? Number(number[0]) : 256;
      if (!number || value > 255 || value < -128) return null;
      run.push(value & 255, i);
      i += number[0].length;
    }
  }
  return null;
}

export function isOpening(character: string): boolean {
  return character !== '' && OPENING.includes(character);
}

/** Comments are short: one that is not closed soon is a division or something else. */
function behindComment(text: string, at: number): number {
  const head = text.slice(at, at + 200);
  const length = head.startsWith('/*') ? head.indexOf('*/') + 2 : head.startsWith('//') ? head.indexOf('\n') + 1 : 0;
  return length < 2 ? -1 : at + length;
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  '\\': 92,
  '"': 34,
  "'": 39,
};

/** A string of C or Python in which bytes are written `\x16`; null where the line has none. `at` counts from `offset`. */
export function escapedString(line: string, offset: number): Literal | null {
  const first = line.indexOf('\\x');
  if (first < 0) return null;
  const quote = openQuote(line, first);
  const run = new ByteRun();
  let i = quote < 0 ? first : quote + 1;
  while (i < line.length) {
    const character = line[i] ?? '';
    if (quote >= 0 ? character === line[quote] : character !== '\\') break;
    const length = character === '\\' ? escapeLength(line, i) : 1;
    const value = character === '\\' ? escapeValue(line, i, length) : line.charCodeAt(i);
    if (value < 0 || value > 255) break;
    run.push(value, offset + i);
    i += length;
  }
  return run.length > 0 ? { run, end: i + 1 } : null;
}

/** The quote right before the first escape or before the plain characters in front of it. */
function openQuote(line: string, before: number): number {
  for (let i = before - 1; i >= 0 && before - i < 64; i--) if (line[i] === '"' || line[i] === "'") return i;
  return -1;
}

function escapeLength(line: string, at: number): number {
  if (line[at + 1] === 'x') return 4;
  let digits = 0;
  while (digits < 3 && /[0-7]/.test(line[at + 1 + digits] ?? '')) digits++;
  return 1 + Math.max(1, digits);
}

function escapeValue(line: string, at: number, length: number): number {
  if (length === 4 && line[at + 1] === 'x') return hexByte(line, at + 2);
  const octal = line.slice(at + 1, at + length);
  return /^[0-7]+$/.test(octal) ? Number.parseInt(octal, 8) : (ESCAPES[octal] ?? -1);
}

/** The first characters of base64 that begins with a DTLS record (14fe to 1afe) or is a whole pcap or pcapng file. */
const BASE64_START =
  /(?:^|[^A-Za-z0-9+/_-])((?:(?:F[Pfv/_]|G[Pfv])7[/_98]|1MOyoQ|obLD1A|TTyyoQ|Cg0NCg)[A-Za-z0-9+/_-]{14})/;

/** Index of base64 that is worth decoding; -1 where there is none in the beginning of the line. */
export function base64Start(line: string): number {
  const match = BASE64_START.exec(line.length > 400 ? line.slice(0, 400) : line);
  return match?.[1] === undefined ? -1 : match.index + match[0].length - match[1].length;
}

/** Base64 from `at` on, over line ends as long as whole lines of it follow. */
export function base64(text: string, at: number): Literal {
  const run = new ByteRun();
  let bits = 0;
  let count = 0;
  let i = at;
  let place = at;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = base64Value(code);
    if (value < 0) {
      if ((code === 10 || code === 13) && goesOn(text, i)) continue;
      break;
    }
    if (count === 0) place = i;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      run.push((bits >> count) & 255, place);
      place = i;
    }
  }
  return { run, end: i };
}

function base64Value(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43 || code === 45) return 62;
  return code === 47 || code === 95 ? 63 : -1;
}

/** The next line is base64 as well: no blank in it, nor a second datagram. */
function goesOn(text: string, lineEnd: number): boolean {
  let at = lineEnd;
  while (text.charCodeAt(at) === 10 || text.charCodeAt(at) === 13) at++;
  // An empty line in between ends it.
  if (text.slice(lineEnd, at).split('\n').length > 2) return false;
  const next = text.slice(at, at + 100).split(/[\r\n]/, 1)[0] ?? '';
  return /^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(next) && base64Start(next) < 0;
}

/** A maximal row of hex bytes in a line, and whether the line has nothing else. */
export interface HexRow {
  readonly run: ByteRun;
  readonly whole: boolean;
  /** It reaches to the end of the line. */
  readonly atEnd: boolean;
}

const BETWEEN = ' \t:;,-|"\'{}[]()<>\u00a0';

/** The longest row of hex in a line; null where there is none. `offset` is the index of the line in the text. */
export function hexRow(line: string, offset: number): HexRow | null {
  let best = new ByteRun();
  let run = new ByteRun();
  let whole = true;
  let bestEnd = 0;
  let i = 0;
  while (i < line.length) {
    const code = line.charCodeAt(i);
    if (!isWord(code)) {
      if (!BETWEEN.includes(line[i] ?? '')) {
        if (code !== 92) whole = false;
        run = new ByteRun();
      }
      i++;
      continue;
    }
    let end = i;
    while (end < line.length && isWord(line.charCodeAt(end))) end++;
    if (!pushWord(run, line, i, end, offset)) {
      whole = false;
      run = new ByteRun();
    } else if (run.length > best.length || run === best) {
      best = run;
      bestEnd = end;
    }
    i = end;
  }
  if (best.length === 0) return null;
  return { run: best, whole, atEnd: /^[\s"',;)}\]>|]*$/.test(line.slice(bestEnd, bestEnd + 40)) };
}

/** False, and nothing pushed, where the word is no whole number of bytes. */
function pushWord(run: ByteRun, line: string, from: number, to: number, offset: number): boolean {
  let at = from;
  if (line.charCodeAt(at) === 48 && (line.charCodeAt(at + 1) | 32) === 120) at += 2;
  const digits = to - at;
  if (digits === 1 && at > from && hexValue(line.charCodeAt(at)) >= 0) {
    run.push(hexValue(line.charCodeAt(at)), offset + from);
    return true;
  }
  if (digits === 0 || digits % 2 !== 0) return false;
  for (let i = at; i < to; i++) if (hexValue(line.charCodeAt(i)) < 0) return false;
  for (let i = at; i < to; i += 2) run.push(hexByte(line, i), offset + i);
  return true;
}
