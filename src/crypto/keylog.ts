/**
 * NSS key log files (draft-ietf-tls-keylogfile): one secret per line, found again by the client_random of the
 * (first) ClientHello. Lines that cannot be used are reported with their number, never silently dropped.
 */
import { PREMASTER_LABEL, SESSION_LABEL, secretLengths } from './key-labels.ts';
import { type HexLine, SecretLines } from './secret-lines.ts';

/** A line that could not be used, or not fully understood, as one sentence. It never quotes a secret. */
export interface KeyLogProblem {
  readonly source: string;
  readonly message: string;
}

export interface KeyLog {
  /** The file, as problems and secrets name it. */
  readonly name: string;
  /** In the order of the file, without repetitions. One client random may have several secrets per label. */
  readonly secrets: SecretLines;
  readonly problems: readonly KeyLogProblem[];
}

/** Secrets that one key log may hold; the rest of the file is not read. */
export const MAX_SECRETS = 1_000_000;
/** Problems listed one by one; further ones are only counted. */
export const MAX_PROBLEMS = 1000;

const CLIENT_RANDOM_DIGITS = 64;
const LONGEST_SECRET_DIGITS = 131_072;
/** More than the known labels have. */
const LONGEST_LABEL = 48;
const RETURN = 0x0d;
const SPACE = 0x20;

/**
 * Reads a key log. `name` is what problems and secrets are attributed to, `a.keys` gives `a.keys:3`. Never throws.
 * Tolerated without a word: a byte order mark, CRLF, blank lines, `#` comments, tabs and repeated spaces, repeated lines.
 */
export function parseKeyLog(text: string, name: string, maxSecrets = MAX_SECRETS): KeyLog {
  const lines = new KeyLogLines(name, maxSecrets);
  lines.read(text);
  return lines.finish();
}

/** The same for a file that comes in parts: it is never in memory as a whole. */
export class KeyLogReader {
  readonly #lines: KeyLogLines;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The line that has not ended yet. */
  #begun: string[] = [];

  constructor(name: string, maxSecrets = MAX_SECRETS) {
    this.#lines = new KeyLogLines(name, maxSecrets);
  }

  read(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) {
      this.#lines.read(this.#begun.join('') + text.slice(0, end));
      this.#begun = [];
    }
    this.#begun.push(text.slice(end));
  }

  finish(): KeyLog {
    this.#lines.read(this.#begun.join('') + this.#decoder.decode());
    return this.#lines.finish();
  }
}

/** Collects what the lines give, and keeps the bounds. */
class KeyLogLines {
  readonly #name: string;
  readonly #maxSecrets: number;
  readonly #secrets: SecretLines;
  readonly #problems: KeyLogProblem[] = [];
  #unlisted = 0;
  #lineNumber = 0;
  #ended = false;

  constructor(name: string, maxSecrets: number) {
    this.#name = name;
    this.#maxSecrets = maxSecrets;
    this.#secrets = new SecretLines(name);
  }

  /** Takes in whole lines. */
  read(text: string): void {
    for (let from = this.#lineNumber === 0 && text.startsWith('\ufeff') ? 1 : 0; from < text.length && !this.#ended; ) {
      this.#lineNumber++;
      if (this.#secrets.length >= this.#maxSecrets) {
        this.#problem(
          `The key log has ${this.#maxSecrets} secrets, the most that is read; this line and all after it were not read.`,
        );
        this.#ended = true;
        return;
      }
      const end = text.indexOf('\n', from);
      const to = end < 0 ? text.length : end;
      if (!this.#readPlainLine(text, from, to)) this.#readLine(text.slice(from, to).trim());
      from = to + 1;
    }
  }

  finish(): KeyLog {
    const more = this.#unlisted;
    if (more > 0) {
      const message = `${more} more ${more === 1 ? 'line has a problem' : 'lines have problems'} not listed here.`;
      this.#problems.push({ source: this.#source, message });
    }
    return { name: this.#name, secrets: this.#secrets, problems: this.#problems };
  }

  /** A line as stacks write it: a known label, 64 digits and those of the secret, with one space between. */
  #readPlainLine(text: string, from: number, to: number): boolean {
    const labelEnd = from + text.slice(from, Math.min(to, from + LONGEST_LABEL)).indexOf(' ');
    const nameEnd = labelEnd + 1 + CLIENT_RANDOM_DIGITS;
    const end = text.charCodeAt(to - 1) === RETURN ? to - 1 : to;
    if (labelEnd < from || nameEnd >= end || text.charCodeAt(nameEnd) !== SPACE) return false;
    const label = text.slice(from, labelEnd);
    const lengths = secretLengths(label);
    if (!lengths?.includes((end - nameEnd - 1) / 2)) return false;
    const lineNumber = this.#lineNumber;
    return this.#secrets.add({ label, lineNumber, text, name: [labelEnd + 1, nameEnd], secret: [nameEnd + 1, end] });
  }

  #readLine(line: string): void {
    if (line === '' || line.startsWith('#')) return;
    const fields = line.split(/\s+/, 5);
    const [label = ''] = fields;
    if (label === 'RSA') this.#readRsaLine(fields);
    else this.#readSecretLine(label, fields);
  }

  #readSecretLine(label: string, fields: readonly string[]): void {
    const [, random, digits] = fields;
    if (random === undefined || digits === undefined || fields.length > 3) {
      const wanted = 'A key log line has three fields: label, client random, secret';
      this.#problem(`${wanted}; this one has ${fields.length > 4 ? 'more than four' : fields.length}.`);
      return;
    }
    const known = secretLengths(label);
    const wrong =
      hexFault('client random', random, [CLIENT_RANDOM_DIGITS / 2]) ?? hexFault('secret', digits, known ?? null);
    if (wrong === null && known === undefined)
      this.#problem(`The label ${shown(label)} is not known; the secret was kept.`);
    this.#keep(wrong, label, random, digits);
  }

  #readRsaLine(fields: readonly string[]): void {
    const [, first = '', second = ''] = fields;
    if (fields.length !== 3) {
      this.#problem(
        'An RSA line has two fields after the label: Session-ID:… and Master-Key:…, or 16 hex digits and the premaster secret.',
      );
      return;
    }
    const sessionId = /^Session-ID:(.*)$/i.exec(first)?.[1];
    const masterKey = /^Master-Key:(.*)$/i.exec(second)?.[1];
    if (sessionId !== undefined && masterKey !== undefined) {
      const anyId = Array.from({ length: 32 }, (_, i) => i + 1);
      const wrong = hexFault('session id', sessionId, anyId) ?? hexFault('master key', masterKey, [48]);
      this.#keep(wrong, SESSION_LABEL, sessionId, masterKey);
    } else {
      const wrong = hexFault('encrypted premaster prefix', first, [8]) ?? hexFault('premaster secret', second, [48]);
      this.#keep(wrong, PREMASTER_LABEL, first, second);
    }
  }

  #keep(wrong: string | null, label: string, name: string, secret: string): void {
    if (wrong !== null) {
      this.#problem(wrong);
      return;
    }
    const line: HexLine = {
      label,
      lineNumber: this.#lineNumber,
      text: name + secret,
      name: [0, name.length],
      secret: [name.length, name.length + secret.length],
    };
    this.#secrets.add(line);
  }

  #problem(message: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ source: this.#source, message });
    else this.#unlisted++;
  }

  get #source(): string {
    return `${this.#name}:${this.#lineNumber}`;
  }
}

/** Why `text` is not hex of one of these lengths (in bytes; null is any from 1 on), as a sentence; null if it is. */
function hexFault(field: string, text: string, lengths: readonly number[] | null): string | null {
  if (!/^[0-9a-fA-F]*$/.test(text)) return `The ${field} is not hexadecimal.`;
  if (lengths === null) {
    if (text.length > LONGEST_SECRET_DIGITS) return `The ${field} is longer than ${LONGEST_SECRET_DIGITS} hex digits.`;
    if (text.length === 0) return `The ${field} is empty.`;
    return text.length % 2 === 0 ? null : `The ${field} has an odd number of hex digits (${text.length}).`;
  }
  if (lengths.some((length) => text.length === 2 * length)) return null;
  const [shortest = 0] = lengths;
  const digits =
    lengths.length > 2 ? `2 to ${2 * (lengths.at(-1) ?? shortest)}` : lengths.map((n) => 2 * n).join(' or ');
  return `The ${field} has ${text.length} hex digits instead of ${digits}.`;
}

/** A label of unknown origin in a sentence: bounded, and without characters that could disturb a terminal. */
function shown(label: string): string {
  const plain = label.replace(/[^\x21-\x7e]/g, '?');
  return `"${plain.length > 40 ? `${plain.slice(0, 40)}…` : plain}"`;
}
