/**
 * The secrets of a key log as columns and one array of bytes: a busy server logs millions, and a capture has the
 * handshakes of a few. A line becomes an object when somebody asks for it.
 */
import { hexDigit, toHex } from '../wire/text.ts';
import { groupOf, PREMASTER_LABEL, SESSION_LABEL } from './key-labels.ts';
import { NameIndex } from './name-index.ts';

/** One secret that a key log offers for a handshake. */
export interface Secret {
  /** `CLIENT_RANDOM`, `SERVER_HANDSHAKE_TRAFFIC_SECRET` …; unknown labels are kept as written. */
  readonly label: string;
  /** 32 bytes as 64 lowercase hex digits; empty where the line is found by something else. */
  readonly clientRandom: string;
  readonly secret: Uint8Array;
  /** File and line, `a.keys:3`; lines count from 1. */
  readonly source: string;
}

/** Where a line has its digits. */
export interface HexLine {
  readonly label: string;
  readonly lineNumber: number;
  readonly text: string;
  /** Name and secret in `text`. */
  readonly name: readonly [from: number, to: number];
  readonly secret: readonly [from: number, to: number];
}

/** No handshake has more secrets of one kind; whoever gives thousands for one name wants them to be tried. */
export const MOST_OF_ONE_NAME = 64;
const LONGEST_NAME = 32;

interface Label {
  readonly text: string;
  /** Number of the first label of its group. */
  readonly group: number;
}

export class SecretLines {
  readonly #file: string;
  readonly #labels: Label[] = [];
  readonly #labelNumbers = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  readonly #crowded = new Set<number>();
  readonly #index: NameIndex;
  #length = 0;

  /** Name and secret of each row, one after the other; behind them the name that is being looked for. */
  #bytes = new Uint8Array(512);
  /** Where a row begins in `#bytes`, and the one before ends. */
  #from = new Uint32Array(8);
  #nameLength = new Uint8Array(8);
  #label = new Uint32Array(8);
  #lineNumber = new Uint32Array(8);
  /** The next row of the same group and name; 0 for none, since nothing comes before the first row. */
  #next = new Uint32Array(8);

  constructor(file: string) {
    this.#file = file;
    const hash = (row: number) => this.#hash(row);
    const same = (a: number, b: number) => this.#sameName(a, b);
    this.#index = new NameIndex({ hash, same, text: (row) => `${this.#group(row)} ${this.name(row)}` });
  }

  get length(): number {
    return this.#length;
  }

  /** Those of the labels that occur. */
  get groups(): Iterable<string> {
    return this.#groups.keys();
  }

  /** Whether a line has a label of this group. */
  has(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Whether a name of this group has more secrets than `rowsOf` gives. */
  isCrowded(group: string): boolean {
    const number = this.#groups.get(group);
    return number !== undefined && this.#crowded.has(number);
  }

  isOf(row: number, group: string): boolean {
    return this.#groups.get(group) === this.#group(row);
  }

  label(row: number): string {
    return this.#labels[this.#label[row] ?? 0]?.text ?? '';
  }

  /** What the line is found by, lowercase hex: client random, session id, or start of the encrypted premaster secret. */
  name(row: number): string {
    const from = this.#from[row] ?? 0;
    return toHex(this.#bytes.subarray(from, from + (this.#nameLength[row] ?? 0)));
  }

  source(row: number): string {
    return `${this.#file}:${this.#lineNumber[row]}`;
  }

  /** Made anew at every call. */
  secret(row: number): Secret {
    const label = this.label(row);
    const byRandom = label !== SESSION_LABEL && label !== PREMASTER_LABEL;
    return {
      label,
      clientRandom: byRandom ? this.name(row) : '',
      secret: this.#bytes.slice((this.#from[row] ?? 0) + (this.#nameLength[row] ?? 0), this.#from[row + 1]),
      source: this.source(row),
    };
  }

  *[Symbol.iterator](): IterableIterator<Secret> {
    for (let row = 0; row < this.#length; row++) yield this.secret(row);
  }

  /** The rows of this group and name (hex) in the order of the file, the first 64. */
  rowsOf(group: string, name: string): readonly number[] {
    const label = this.#groups.get(group);
    if (label === undefined || name.length > 2 * LONGEST_NAME || !this.#place(label, name, 0, name.length)) return [];
    const rows: number[] = [];
    for (let row = this.#index.find(this.#length); row >= 0; ) {
      rows.push(row);
      const next = this.#next[row] ?? 0;
      row = next === 0 ? -1 : next;
    }
    return rows;
  }

  /** False where the digits are none, and nothing was added. A repetition is not added either. */
  add({ label, lineNumber, text, name, secret }: HexLine): boolean {
    const row = this.#length;
    this.#reserve((secret[1] - secret[0]) >> 1);
    if (!this.#place(this.#labelNumber(label), text, name[0], name[1])) return false;
    const at = (this.#from[row] ?? 0) + (this.#nameLength[row] ?? 0);
    if (!this.#decode(text, secret[0], secret[1], at)) return false;
    this.#from[row + 1] = at + ((secret[1] - secret[0]) >> 1);
    this.#lineNumber[row] = lineNumber;
    this.#next[row] = 0;
    if (this.#link(row)) this.#length++;
    return true;
  }

  /** Puts the row behind those of its name; false where one of them is the same. After the first 64 nobody looks. */
  #link(row: number): boolean {
    const first = this.#index.find(row);
    if (first < 0) {
      this.#index.add(row);
      return true;
    }
    let last = first;
    for (let count = 1; ; count++) {
      if (this.#sameSecret(last, row)) return false;
      const next = this.#next[last] ?? 0;
      if (next === 0 && count < MOST_OF_ONE_NAME) this.#next[last] = row;
      else if (next === 0) this.#crowded.add(this.#group(row));
      if (next === 0) return true;
      last = next;
    }
  }

  /** Room for one more row, and for the name that is looked for behind it. */
  #reserve(secretLength: number): void {
    const row = this.#length;
    const bytes = (this.#from[row] ?? 0) + secretLength + 2 * LONGEST_NAME;
    if (bytes > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * bytes));
    if (row + 2 < this.#from.length) return;
    const length = 2 * this.#from.length;
    this.#from = grown(this.#from, new Uint32Array(length));
    this.#nameLength = grown(this.#nameLength, new Uint8Array(length));
    this.#label = grown(this.#label, new Uint32Array(length));
    this.#lineNumber = grown(this.#lineNumber, new Uint32Array(length));
    this.#next = grown(this.#next, new Uint32Array(length));
  }

  /** Writes label and name behind the last row, whether it becomes one or is looked for. */
  #place(label: number, text: string, from: number, to: number): boolean {
    const row = this.#length;
    this.#label[row] = label;
    this.#nameLength[row] = (to - from) >> 1;
    return this.#decode(text, from, to, this.#from[row] ?? 0);
  }

  #decode(text: string, from: number, to: number, at: number): boolean {
    const bytes = this.#bytes;
    for (let i = from, out = at; i < to; i += 2) {
      const byte = (hexDigit(text.charCodeAt(i)) << 4) | hexDigit(text.charCodeAt(i + 1));
      if (byte < 0) return false;
      bytes[out++] = byte;
    }
    return true;
  }

  #labelNumber(label: string): number {
    const known = this.#labelNumbers.get(label);
    if (known !== undefined) return known;
    const number = this.#labels.length;
    const text = [...label].join(''); // a part of a text keeps the whole of it in memory
    const group = this.#groups.get(groupOf(text)) ?? number;
    this.#groups.set(groupOf(text), group);
    this.#labels.push({ text, group });
    this.#labelNumbers.set(text, number);
    return number;
  }

  #group(row: number): number {
    return this.#labels[this.#label[row] ?? 0]?.group ?? 0;
  }

  #hash(row: number): number {
    const from = this.#from[row] ?? 0;
    const to = from + (this.#nameLength[row] ?? 0);
    let sum = this.#group(row);
    for (let i = from; i < to; i++) sum = Math.imul(sum ^ (this.#bytes[i] ?? 0), 0x01000193);
    return Math.imul(sum ^ (sum >>> 15), 0x85ebca6b) >>> 4;
  }

  #sameName(a: number, b: number): boolean {
    const length = this.#nameLength[a] ?? 0;
    return (
      length === this.#nameLength[b] &&
      this.#group(a) === this.#group(b) &&
      this.#sameBytes(this.#from[a] ?? 0, this.#from[b] ?? 0, length)
    );
  }

  /** Of two rows of one name. */
  #sameSecret(a: number, b: number): boolean {
    const [fromA, fromB] = [this.#from[a] ?? 0, this.#from[b] ?? 0];
    const length = (this.#from[a + 1] ?? 0) - fromA;
    return (
      this.#label[a] === this.#label[b] &&
      length === (this.#from[b + 1] ?? 0) - fromB &&
      this.#sameBytes(fromA, fromB, length)
    );
  }

  #sameBytes(a: number, b: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (this.#bytes[a + i] !== this.#bytes[b + i]) return false;
    return true;
  }
}

function grown<T extends Uint8Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
