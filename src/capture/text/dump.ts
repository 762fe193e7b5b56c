/**
 * Hex dumps with offsets: xxd, hexdump, od, tshark -x, Wireshark's copy and follow, tcpdump -x, OpenSSL's and Mbed
 * TLS's own. What the offsets say counts for more than how a line looks.
 */
import { ByteRun, LONGEST_DATAGRAM } from './block.ts';
import { contentOf, isComplete, isRecordHead, isUnifiedHead } from './content.ts';
import { type DumpBytes, type DumpLine, dumpBytes, dumpLine } from './dump-line.ts';
import type { Line } from './source-text.ts';

export interface Dump {
  readonly run: ByteRun;
  readonly indent: number;
  /** Where its offsets begin: not 0 where they run on from the datagram before. */
  readonly base: number;
}

/** A line that belongs to no dump, or the dump that ended before it. */
export type DumpEvent = { readonly kind: 'line'; readonly line: Line } | { readonly kind: 'dump'; readonly dump: Dump };

export interface DumpOptions {
  /** Index in a line where the offset may begin, for logs that put a name before it; -1 where there is none. */
  readonly start?: (line: Line) => number;
  /** Offsets run on from one datagram to the next. */
  readonly runsOn?: boolean;
}

/** What a `*` stands for is filled up to so many bytes; more is no datagram anyway. */
const LONGEST_REPEAT = 1 << 22;
/** Bytes in a line, by default, of every tool whose offsets run on. */
const USUAL_WIDTH = 16;
const RADIXES = [16, 8, 10] as const;

/** A line of a dump, and whether a `*` before it stands for lines like the one before. */
interface Row {
  readonly line: DumpLine;
  readonly repeats: boolean;
}

export function* dumps(lines: Iterable<Line>, { start, runsOn = false }: DumpOptions = {}): Generator<DumpEvent, void> {
  let rows: Row[] = [];
  let star = false;
  for (const line of lines) {
    const from = start ? start(line) : 0;
    const found = from < 0 ? null : dumpLine(line, from);
    if (!found && rows.length > 0 && isStar(line)) {
      star = true;
      continue;
    }
    const first = rows[0];
    if (first && !(found && belongs(found, first.line))) {
      for (const dump of decoded(rows, runsOn)) yield { kind: 'dump', dump };
      rows = [];
    }
    if (found && (rows.length > 0 || !isOffsetOnly(found))) rows.push({ line: found, repeats: star });
    else yield { kind: 'line', line };
    star = false;
  }
  for (const dump of decoded(rows, runsOn)) yield { kind: 'dump', dump };
}

function isStar(line: Line): boolean {
  return line.text.length < 40 && line.text.trim() === '*';
}

function belongs(next: DumpLine, first: DumpLine): boolean {
  if (isOffsetOnly(next)) return true;
  return next.indent === first.indent && /[^0]/.test(next.offset);
}

function isOffsetOnly(line: DumpLine): boolean {
  return line.from >= line.line.text.length;
}

/** Lines one below the other are one dump, unless offsets leave a gap or run on over several datagrams. */
function* decoded(rows: readonly Row[], runsOn: boolean): Generator<Dump, void> {
  const radix = radixOf(rows);
  let dump: OpenDump | null = null;
  for (const [i, row] of rows.entries()) {
    if (isOffsetOnly(row.line)) break;
    const offset = Number.parseInt(row.line.offset, radix);
    dump ??= new OpenDump(row.line.indent, offset, runsOn || offset > 0);
    const next = rows[i + 1];
    const step = next ? Number.parseInt(next.line.offset, radix) - offset : 0;
    const last = next !== undefined && isOffsetOnly(next.line) && !next.repeats;
    const goesOn = dump.add(row.line, step, next, last);
    if (goesOn && next && !((runsOn || dump.base > 0) && !last && dump.isWhole && startsAnew(next.line))) continue;
    yield* dump.end();
    dump = null;
  }
  if (dump) yield* dump.end();
}

/** od counts in octal unless told otherwise; nearly everybody else in hex. */
function radixOf(rows: readonly Row[]): number {
  const [first, second] = rows;
  if (!first || !second) return 16;
  const length = dumpBytes(first.line, -1, 0).bytes.length;
  const fits = (radix: number) =>
    Number.parseInt(second.line.offset, radix) - Number.parseInt(first.line.offset, radix) === length;
  return RADIXES.find(fits) ?? 16;
}

function startsAnew(line: DumpLine): boolean {
  const bytes = Uint8Array.from(dumpBytes(line, -1, 0).bytes);
  return isRecordHead(bytes, 0) || isUnifiedHead(bytes, 0);
}

class OpenDump {
  readonly indent: number;
  readonly base: number;
  readonly #run = new ByteRun();
  /** Where the bytes ended in the longest line so far, and how many the fullest had. */
  #limit = 0;
  #width = 0;
  #words = true;
  /** Bytes in all, as an offset without bytes at the end tells; -1 where there is none. */
  #total = -1;

  constructor(indent: number, base: number, runsOn: boolean) {
    this.indent = indent;
    this.base = base;
    // Where offsets run on, even a first line that is not full may have been the last of its datagram.
    if (runsOn) this.#width = USUAL_WIDTH;
  }

  /** Whether the records or the packet so far are complete, which only a short dump is asked. */
  get isWhole(): boolean {
    return this.#run.length < LONGEST_DATAGRAM && isComplete(this.#run.bytes);
  }

  /** `step`: how far on the offset of the next line is. False where that line begins another dump. */
  add(line: DumpLine, step: number, next: Row | undefined, last: boolean): boolean {
    if (last || next?.repeats) {
      const seen = this.#push(line, dumpBytes(line, -1, this.#limit));
      if (last) this.#total = this.#run.length - seen + Math.max(0, step);
      else this.#repeat(seen, step - seen);
      return last || step >= seen;
    }
    const exact = step > 0 ? dumpBytes(line, step, 0) : null;
    if (!exact || exact.bytes.length < step) {
      this.#push(line, dumpBytes(line, -1, this.#limit));
      return false;
    }
    this.#push(line, exact);
    // Only the last line of a dump is not full.
    const full = step >= this.#width;
    this.#width = Math.max(this.#width, step);
    this.#limit = Math.max(this.#limit, exact.end);
    return full;
  }

  *end(): Generator<Dump, void> {
    const run = this.#run;
    // hexdump and od -x show 16-bit words of a machine that keeps the low byte first.
    if (this.#words && run.length >= 16 && contentOf(run.bytes).kind === 'unknown') swapWhereThatHelps(run);
    if (this.#total >= 0) run.cut(this.#total);
    if (run.length > 0) yield { run, indent: this.indent, base: this.base };
  }

  #push(line: DumpLine, { bytes, at, words }: DumpBytes): number {
    for (const [i, byte] of bytes.entries()) this.#run.push(byte, line.line.at + (at[i] ?? 0));
    if (!words) this.#words = false;
    return bytes.length;
  }

  #repeat(width: number, length: number): void {
    const from = this.#run.length - width;
    if (width === 0 || length > LONGEST_REPEAT) return;
    for (let i = 0; i < length; i++) this.#run.push(this.#run.byte(from + (i % width)), this.#run.place(from));
  }
}

function swapWhereThatHelps(run: ByteRun): void {
  const swapped = new ByteRun();
  for (let i = 0; i < run.length; i++) swapped.push(run.byte(i ^ 1), run.place(i ^ 1));
  if (contentOf(swapped.bytes).kind === 'unknown') return;
  run.cut(0);
  run.append(swapped);
}
