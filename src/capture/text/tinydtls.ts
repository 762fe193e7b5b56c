/**
 * Debug logs of tinydtls. Datagrams that came are shown as hex, but only up to 49 bytes; longer ones and those that
 * were sent have to be put together from the pieces of their records, which is possible where nothing is encrypted.
 */
import { ByteRun, type Side, type Stamp, type TextBlock, type TextReading } from './block.ts';
import { dumps } from './dump.ts';
import { hexRow } from './literals.ts';
import { type Line, linesOf, words } from './source-text.ts';
import { stampOf } from './times.ts';

const RECEIVED = /bytes from peer: \((\d{1,5}) bytes\): ?/;
const PIECE = /(send|receive) (header|unencrypted): \(\d{1,5} bytes\)/;
/** "00000000 16 FE", after the time and the level. */
const ROW = /(?:^| )([0-9A-F]{8} [0-9A-F]{2} )/;
const RECORD_HEADER = 13;
const LEFT_OUT =
  'The log shows encrypted records only in part: those are left out, and what was sent or is long comes record by record.';

export function isTinyDtlsLog(text: string): boolean {
  return /(?:receive|send) header: \(13 bytes\)/.test(text);
}

export function tinyDtlsReading(text: string): TextReading {
  const log = new TinyDtlsLog();
  return {
    format: 'tinydtls log',
    blocks: log.blocks(text),
    remarks: () => (log.leftOut > 0 ? [LEFT_OUT] : []),
  };
}

function rowStart(line: Line): number {
  const match = ROW.exec(words(line));
  return match?.[1] === undefined ? -1 : match.index + match[0].length - match[1].length;
}

class TinyDtlsLog {
  leftOut = 0;
  #record: ByteRun | null = null;
  #side: Side = 0;
  #stamp: Stamp | null = null;
  /** The next dump is a piece of the record. */
  #takes = false;
  /** Bytes to come in pieces that were shown already. */
  #covered = 0;

  *blocks(text: string): Generator<TextBlock, void> {
    for (const event of dumps(linesOf(text), { start: rowStart })) {
      const block = event.kind === 'line' ? this.#line(event.line) : this.#piece(event.dump.run);
      if (block) yield block;
    }
    this.#giveUp();
  }

  #line(line: Line): TextBlock | null {
    const start = words(line);
    this.#stamp = stampOf(start) ?? this.#stamp;
    const piece = PIECE.exec(start);
    this.#takes = piece !== null;
    if (piece?.[2] === 'header') {
      this.#giveUp();
      this.#side = piece[1] === 'send' ? 0 : 1;
      this.#record = new ByteRun();
    }
    const received = RECEIVED.exec(start);
    if (!received) return null;
    this.#giveUp();
    this.#covered = 0;
    const from = received.index + received[0].length;
    const row = hexRow(line.text.slice(from), line.at + from);
    if (!row?.whole || row.run.length !== Number(received[1])) return null;
    this.#covered = row.run.length;
    return row.run.block({ side: 1, stamp: this.#stamp, certain: true });
  }

  #piece(run: ByteRun): TextBlock | null {
    const record = this.#record;
    if (!this.#takes || !record) return null;
    this.#takes = false;
    record.append(run);
    // The header counts what encryption adds, so an encrypted record never fills up.
    const length = RECORD_HEADER + record.byte(11) * 256 + record.byte(12);
    if (this.#side === 1 && this.#covered >= length) {
      this.#covered -= length;
      this.#record = null;
      return null;
    }
    if (record.length !== length || record.byte(4) !== 0) return null;
    this.#record = null;
    return record.block({ side: this.#side, stamp: this.#stamp, certain: true });
  }

  #giveUp(): void {
    if (this.#record && this.#record.length > 0) this.leftOut++;
    this.#record = null;
  }
}
