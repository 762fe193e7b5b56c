/** Hex and its kin without offsets, in a file of nothing else or amid the words of a ticket. */
import { type ByteRun, LONGEST_DATAGRAM, type Side, type TextBlock } from './block.ts';
import { contentOf, isComplete, mayBeUnified } from './content.ts';
import { isBlank } from './digits.ts';
import { base64, base64Start, escapedString, hexRow, isOpening, numberList } from './literals.ts';
import { type Line, linesOf } from './source-text.ts';

/** Rows of hex amid other words that are shorter than a record header are numbers and addresses. */
const SHORTEST_ROW = 13;

export interface PlainBlock extends TextBlock {
  /** The line it began on was indented. */
  readonly indented: boolean;
  /** Lines it was made of; 0 where it was no hex. */
  readonly lines: number;
}

/** Every block that may be something, in the order of the text. Wrapped lines are joined, datagrams kept apart. */
export function* plainBlocks(text: string): Generator<PlainBlock, void> {
  let open: OpenRows | null = null;
  let done = 0;
  for (const line of linesOf(text)) {
    if (line.at < done) continue;
    const literal = literalIn(text, line);
    if (literal) {
      if (open) yield open.block();
      open = null;
      yield* literal.blocks;
      done = literal.end;
      continue;
    }
    const row = rowOf(line);
    if (open && row?.whole && !open.endsBefore(row.run)) {
      open.add(row.run);
      continue;
    }
    if (open) yield open.block();
    open = row && (row.whole || row.run.length >= SHORTEST_ROW) ? new OpenRows(row.run, isIndented(line)) : null;
    // A label may stand before the first of several lines, but words behind the hex end it.
    if (open && row && !row.whole && !row.atEnd) {
      yield open.block();
      open = null;
    }
  }
  if (open) yield open.block();
}

function rowOf(line: Line) {
  const escaped = line.text.includes('\\x') ? escapedString(line.text, line.at) : null;
  return escaped ? { run: escaped.run, whole: true, atEnd: true } : hexRow(line.text, line.at);
}

/** Lists of numbers and base64 that begin on this line, and the index behind them. */
function literalIn(text: string, line: Line): { readonly blocks: readonly PlainBlock[]; readonly end: number } | null {
  const blocks: PlainBlock[] = [];
  const lineEnd = line.at + line.text.length;
  let at = line.at;
  let end = 0;
  for (; at < lineEnd; at++) {
    if (!isOpening(text[at] ?? '')) continue;
    const list = numberList(text, at);
    if (!list) continue;
    const side = sideOf(text.slice(Math.max(line.at, at - 60), at));
    if (side === null && contentOf(list.run.bytes).kind === 'unknown') continue;
    blocks.push({ ...list.run.block({ side, certain: side !== null }), indented: false, lines: 0 });
    end = list.end;
    at = end - 1;
  }
  if (blocks.length > 0) return { blocks, end };
  const start = base64Start(line.text);
  if (start < 0) return null;
  const read = base64(text, line.at + start);
  if (contentOf(read.run.bytes).kind === 'unknown') return null;
  return { blocks: [{ ...read.run.block(), indented: false, lines: 0 }], end: read.end };
}

/** Wireshark's "follow stream" as C arrays names them peer0_0, peer1_0, peer0_1 and so on. */
function sideOf(before: string): Side | null {
  const peer = /\bpeer([01])_\d+\s*\[/.exec(before)?.[1];
  return peer === undefined ? null : peer === '0' ? 0 : 1;
}

function isIndented({ text }: Line): boolean {
  return text.startsWith('\t') || (text.length > 4 && [0, 1, 2, 3].every((i) => isBlank(text.charCodeAt(i))));
}

/** Lines of hex that may be one datagram, wrapped. */
class OpenRows {
  readonly #run: ByteRun;
  readonly #indented: boolean;
  readonly #width: number;
  #lines = 1;

  constructor(run: ByteRun, indented: boolean) {
    this.#run = run;
    this.#indented = indented;
    this.#width = run.length;
  }

  add(run: ByteRun): void {
    this.#run.append(run);
    this.#lines++;
  }

  /** Whether the next line begins a datagram of its own. */
  endsBefore(next: ByteRun): boolean {
    if (this.#run.length > LONGEST_DATAGRAM) return false;
    const content = contentOf(next.bytes);
    const fresh = content.kind !== 'unknown' && !(content.kind === 'records' && content.from > 0);
    if (isComplete(this.#run.bytes)) return fresh || mayBeUnified(next.bytes, 0);
    // Cut datagrams, one a line: a wrapped line is never longer than the first, nor complete by itself.
    return fresh && this.#lines === 1 && (next.length > this.#width || isComplete(next.bytes));
  }

  block(): PlainBlock {
    return { ...this.#run.block(), indented: this.#indented, lines: this.#lines };
  }
}
