/**
 * Debug logs of Mbed TLS at level 4. They dump records one by one; that several were one datagram can be told from
 * how many bytes f_send and f_recv moved.
 */
import { ByteRun, type Side, type Stamp, type TextBlock, type TextReading } from './block.ts';
import { dumps } from './dump.ts';
import type { KeyHarvest } from './keys.ts';
import { type Line, linesOf, words } from './source-text.ts';
import { stampOf } from './times.ts';

/** "0000:  16 fe fd", after the file and line of the source and what a logger put before them. */
const ROW = /(?:^|[ |\]:])([0-9a-f]{4}: {2}[0-9a-f]{2}(?: |$))/;
const TITLE = /dumping '([^']{1,60})' \((\d{1,7}) bytes\)/;
const SENT = /f_send\(\) returned (-?\d{1,7})/;
const RECEIVED = /f_recv[^ ]{0,20} returned (-?\d{1,7})/;
const RECORD_DUMPS = /dumping '(?:(?:output|input) record (?:sent to|from) network|record buffer)'/;
const RECORD_HEADER = 13;

export function isMbedTlsDump(text: string): boolean {
  return RECORD_DUMPS.test(text);
}

export function mbedTlsReading(text: string, keys: KeyHarvest): TextReading {
  return { format: 'Mbed TLS debug log', blocks: new MbedTlsLog(keys).blocks(text) };
}

function rowStart(line: Line): number {
  const match = ROW.exec(words(line));
  return match?.[1] === undefined ? -1 : match.index + match[0].length - match[1].length;
}

class MbedTlsLog {
  readonly #keys: KeyHarvest;
  #title = '';
  #stamp: Stamp | null = null;
  /** Records of a datagram that is not complete yet. */
  #going: ByteRun[] = [];
  #coming: ByteRun[] = [];
  /** The log says when datagrams are sent; else each record stands for itself. */
  #tellsSends = false;
  #tellsReceipts = false;
  /** The last datagram that ssl_client2 and ssl_server2 show before they read it. */
  #buffer: ByteRun | null = null;
  /** Bytes of the records to come that were in a datagram shown already. */
  #covered = 0;
  #head: ByteRun | null = null;
  #master: Uint8Array | null = null;

  constructor(keys: KeyHarvest) {
    this.#keys = keys;
  }

  *blocks(text: string): Generator<TextBlock, void> {
    this.#tellsSends = SENT.test(text);
    this.#tellsReceipts = RECEIVED.test(text);
    for (const event of dumps(linesOf(text), { start: rowStart })) {
      if (event.kind === 'line') yield* this.#line(words(event.line));
      else yield* this.#dump(event.dump.run);
    }
    yield* this.#end(this.#coming, 1);
    yield* this.#end(this.#going, 0);
  }

  *#line(line: string): Generator<TextBlock, void> {
    this.#stamp = stampOf(line) ?? this.#stamp;
    const title = TITLE.exec(line);
    if (title) this.#title = title[1] ?? '';
    const sent = SENT.exec(line);
    if (sent && Number(sent[1]) > 0) {
      yield* this.#end(this.#coming, 1);
      yield* this.#end(this.#going, 0);
    }
    const received = RECEIVED.exec(line);
    if (received && Number(received[1]) > 0) yield* this.#receive(Number(received[1]));
  }

  *#receive(length: number): Generator<TextBlock, void> {
    yield* this.#end(this.#coming, 1);
    this.#covered = 0;
    if (this.#buffer?.length !== length) return;
    yield this.#buffer.block({ side: 1, stamp: this.#stamp, certain: true });
    this.#covered = length;
    this.#buffer = null;
  }

  *#dump(run: ByteRun): Generator<TextBlock, void> {
    switch (this.#title) {
      case 'output record sent to network':
        yield* this.#end(this.#coming, 1);
        this.#going.push(run);
        if (!this.#tellsSends) yield* this.#end(this.#going, 0);
        break;
      case 'record buffer':
        this.#buffer = run;
        break;
      case 'input record from network':
        yield* this.#record(run);
        break;
      // Where a server reads a ClientHello, header and content are shown apart.
      case 'record header':
        this.#head = run.length === RECORD_HEADER ? run : null;
        break;
      case 'record contents':
        if (!this.#head) break;
        this.#head.append(run);
        yield* this.#record(this.#head);
        this.#head = null;
        break;
      case 'master secret':
        this.#master = run.bytes.slice();
        break;
      case 'random bytes':
        // server_random and client_random, as the key expansion takes them (RFC 5246 §6.3).
        if (this.#master && run.length === 64) this.#keys.masterBytes(run.bytes.slice(32), this.#master);
        this.#master = null;
        break;
    }
    this.#title = '';
  }

  *#record(run: ByteRun): Generator<TextBlock, void> {
    if (this.#covered >= run.length) {
      this.#covered -= run.length;
      return;
    }
    this.#coming.push(run);
    if (!this.#tellsReceipts) yield* this.#end(this.#coming, 1);
  }

  /** What was gathered is one datagram. */
  *#end(records: ByteRun[], side: Side): Generator<TextBlock, void> {
    if (records.length === 0) return;
    const whole = new ByteRun();
    for (const record of records) whole.append(record);
    records.length = 0;
    yield whole.block({ side, stamp: this.#stamp, certain: true });
  }
}
