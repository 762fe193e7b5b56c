/** Output of openssl s_client and s_server with -debug (what the BIO read and wrote) or only -msg (what it meant). */

import { toHex } from '../../wire/text.ts';
import { ByteRun, type Side, type Stamp, type TextBlock, type TextReading } from './block.ts';
import { isRecordHead } from './content.ts';
import { dumps } from './dump.ts';
import type { KeyHarvest } from './keys.ts';
import { hexRow } from './literals.ts';
import { type Line, linesOf, words } from './source-text.ts';
import { stampOf } from './times.ts';

const TRANSFER = /\b(read from|write to) 0x[0-9a-fA-F]{1,16} \[[^\]]{1,40}\] \(\d{1,7} bytes => (-?\d{1,7})/;
const MESSAGE = /(>>>|<<<) .{0,120}\[length ([0-9a-f]{4,6})\]/;
const MASTER_KEY = /^\s{0,8}Master-Key: ?([0-9A-Fa-f]{96})\b/;

const RECORD_HEADER = 13;
const NOT_REBUILT =
  'The text has the messages that -msg shows but not the bytes on the wire: records that are encrypted or hold a part of a message are left out. -debug shows all of them.';

export function isOpenSslDebug(text: string): boolean {
  return TRANSFER.test(text);
}

export function isOpenSslMessages(text: string): boolean {
  return MESSAGE.test(text);
}

/** -debug: each transfer is a datagram. Other dumps, such as that of the session ticket, are passed over. */
export function openSslReading(text: string, keys: KeyHarvest): TextReading {
  return { format: 'OpenSSL debug output', blocks: transfers(text, keys) };
}

function* transfers(text: string, keys: KeyHarvest): Generator<TextBlock, void> {
  let side: Side | null = null;
  let left = 0;
  let stamp: Stamp | null = null;
  const hellos = new HelloWatch(keys);
  for (const event of dumps(linesOf(text))) {
    if (event.kind === 'line') {
      const line = words(event.line);
      const transfer = TRANSFER.exec(line);
      side = transfer ? (transfer[1] === 'write to' ? 0 : 1) : null;
      left = Number(transfer?.[2] ?? 0);
      stamp = stampOf(line) ?? stamp;
      hellos.line(line);
    } else if (side !== null) {
      event.dump.run.cut(Math.max(0, left));
      const block = event.dump.run.block({ side, stamp, certain: true });
      if (block.bytes.length > 0) yield block;
      hellos.bytes(block.bytes);
      side = null;
    }
  }
}

/** -msg alone: a record header and the message behind it, where that is all of the record. */
export function openSslMessages(text: string, keys: KeyHarvest): TextReading {
  const rebuilt = { left: 0 };
  return {
    format: 'OpenSSL -msg output',
    blocks: rebuild(text, keys, rebuilt),
    remarks: () => (rebuilt.left > 0 ? [NOT_REBUILT] : []),
  };
}

function* rebuild(text: string, keys: KeyHarvest, rebuilt: { left: number }): Generator<TextBlock, void> {
  let header: ByteRun | null = null;
  const hellos = new HelloWatch(keys);
  for (const message of messages(text, hellos)) {
    const { run, side } = message;
    if (run.length === RECORD_HEADER && isRecordHead(run.bytes, 0)) {
      if (header) rebuilt.left++;
      header = run;
    } else if (header && header.byte(11) * 256 + header.byte(12) === run.length && header.byte(4) === 0) {
      header.append(run);
      hellos.bytes(header.bytes);
      yield header.block({ side, certain: true });
      header = null;
    }
  }
  if (header) rebuilt.left++;
}

function* messages(text: string, hellos: HelloWatch): Generator<{ run: ByteRun; side: Side }, void> {
  let open: { run: ByteRun; side: Side; length: number } | null = null;
  for (const line of linesOf(text)) {
    const row: ReturnType<typeof hexRow> = open && isIndented(line) ? hexRow(line.text, line.at) : null;
    if (open && row?.whole) {
      open.run.append(row.run);
    } else {
      const title = MESSAGE.exec(words(line));
      open = title
        ? { run: new ByteRun(), side: title[1] === '>>>' ? 0 : 1, length: Number.parseInt(title[2] ?? '0', 16) }
        : null;
      hellos.line(words(line));
    }
    if (open && open.length > 0 && open.run.length >= open.length) {
      open.run.cut(open.length);
      yield { run: open.run, side: open.side };
      open = null;
    }
  }
}

function isIndented(line: Line): boolean {
  return line.text.startsWith('    ');
}

/** s_client prints the master secret of a session; the random that it belongs to is in the ClientHello before. */
class HelloWatch {
  readonly #keys: KeyHarvest;
  #random = '';

  constructor(keys: KeyHarvest) {
    this.#keys = keys;
  }

  bytes(datagram: Uint8Array): void {
    const isHello = datagram[0] === 22 && datagram[3] === 0 && datagram[4] === 0 && datagram[13] === 1;
    const begins = datagram[19] === 0 && datagram[20] === 0 && datagram[21] === 0;
    if (isHello && begins && datagram.length >= 59) this.#random = toHex(datagram.subarray(27, 59));
  }

  line(line: string): void {
    const master = MASTER_KEY.exec(line)?.[1];
    if (master) this.#keys.master(this.#random, master.toLowerCase());
  }
}
