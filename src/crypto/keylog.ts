/**
 * NSS key log files (draft-ietf-tls-keylogfile): one secret per line, found again by the client_random of the
 * (first) ClientHello. Lines that cannot be used are reported with their number, never silently dropped.
 */
import { fromHex, toHex } from '../wire/text.ts';

/** One secret that a key log offers for a handshake. */
export interface Secret {
  /** `CLIENT_RANDOM`, `SERVER_HANDSHAKE_TRAFFIC_SECRET` …; unknown labels are kept as written. */
  readonly label: string;
  /** 32 bytes as 64 lowercase hex digits. */
  readonly clientRandom: string;
  readonly secret: Uint8Array;
  /** File and line, `a.keys:3`; lines count from 1. */
  readonly source: string;
}

/** `RSA Session-ID:<hex> Master-Key:<hex>`: the master secret of a session, found by session id. */
export interface SessionSecret {
  /** Lowercase hex, 2 to 64 digits. */
  readonly sessionId: string;
  /** The 48 bytes of the master secret. */
  readonly secret: Uint8Array;
  readonly source: string;
}

/** `RSA <16 hex> <96 hex>`: a premaster secret, found by the first bytes of the EncryptedPreMasterSecret. */
export interface PremasterSecret {
  /** The first 8 bytes of the encrypted premaster secret in ClientKeyExchange, lowercase hex. */
  readonly encryptedPremasterPrefix: string;
  /** The 48 bytes of the premaster secret. */
  readonly premaster: Uint8Array;
  readonly source: string;
}

/** A line that could not be used, or not fully understood, as one sentence. It never quotes a secret. */
export interface KeyLogProblem {
  readonly source: string;
  readonly message: string;
}

export interface KeyLog {
  /** In the order of the file, without exact repetitions. One client random may have several secrets per label. */
  readonly secrets: readonly Secret[];
  readonly sessionSecrets: readonly SessionSecret[];
  readonly premasters: readonly PremasterSecret[];
  readonly problems: readonly KeyLogProblem[];
}

/** Secrets of all three kinds together that one key log may hold; the rest of the file is not read. */
export const MAX_SECRETS = 1_000_000;
/** Problems listed one by one; further ones are only counted. */
export const MAX_PROBLEMS = 1000;

/** Lengths of the secret in bytes that each label may have; null where any length is possible. */
const LABELS: ReadonlyMap<string, readonly number[] | null> = new Map<string, readonly number[] | null>([
  ['CLIENT_RANDOM', [48]],
  ['PMS_CLIENT_RANDOM', null],
  ['CLIENT_EARLY_TRAFFIC_SECRET', [32, 48]],
  ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', [32, 48]],
  ['SERVER_HANDSHAKE_TRAFFIC_SECRET', [32, 48]],
  ['EXPORTER_SECRET', [32, 48]],
  ['EARLY_EXPORTER_SECRET', [32, 48]],
  ['ECH_SECRET', null],
  ['ECH_CONFIG', null],
]);

/** TLS 1.3 application traffic secrets, `_0` and after each KeyUpdate the next number. */
const TRAFFIC_SECRET = /^(CLIENT|SERVER)_TRAFFIC_SECRET_(0|[1-9][0-9]{0,8})$/;
const TRAFFIC_SECRET_LENGTHS = [32, 48];
const CLIENT_RANDOM_DIGITS = 64;
const LONGEST_SECRET_DIGITS = 131_072;

/**
 * Reads a key log. `name` is what problems and secrets are attributed to, `a.keys` gives `a.keys:3`. Never throws.
 * Tolerated without a word: a byte order mark, CRLF, blank lines, `#` comments, tabs and repeated spaces, repeated lines.
 */
export function parseKeyLog(text: string, name: string, maxSecrets = MAX_SECRETS): KeyLog {
  const log = new KeyLogBuilder(name, maxSecrets);
  let lineNumber = 0;
  for (let from = text.startsWith('\ufeff') ? 1 : 0; from < text.length; ) {
    lineNumber++;
    if (log.full) {
      log.problem(
        lineNumber,
        `The key log has ${maxSecrets} secrets, the most that is read; this line and all after it were not read.`,
      );
      break;
    }
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    parseLine(text.slice(from, to).trim(), lineNumber, log);
    from = to + 1;
  }
  return log.finish(lineNumber);
}

function parseLine(line: string, lineNumber: number, log: KeyLogBuilder): void {
  if (line === '' || line.startsWith('#')) return;
  const fields = line.split(/\s+/, 5);
  const [label = ''] = fields;
  if (label === 'RSA') parseRsaLine(fields, lineNumber, log);
  else parseSecretLine(label, fields, lineNumber, log);
}

function parseSecretLine(label: string, fields: readonly string[], lineNumber: number, log: KeyLogBuilder): void {
  const [, random, digits] = fields;
  const known = TRAFFIC_SECRET.test(label) ? TRAFFIC_SECRET_LENGTHS : LABELS.get(label);
  if (random === undefined || digits === undefined || fields.length > 3) {
    const wanted = 'A key log line has three fields: label, client random, secret';
    log.problem(lineNumber, `${wanted}; this one has ${fields.length > 4 ? 'more than four' : fields.length}.`);
    return;
  }
  const wrong =
    hexFault('client random', random, [CLIENT_RANDOM_DIGITS / 2]) ?? hexFault('secret', digits, known ?? null);
  const secret = fromHex(digits);
  if (wrong !== null || secret === null) {
    log.problem(lineNumber, wrong ?? 'The secret is not hexadecimal.');
    return;
  }
  if (known === undefined) log.problem(lineNumber, `The label ${shown(label)} is not known; the secret was kept.`);
  log.secret(label, random.toLowerCase(), secret, lineNumber);
}

function parseRsaLine(fields: readonly string[], lineNumber: number, log: KeyLogBuilder): void {
  const [, first = '', second = ''] = fields;
  if (fields.length !== 3) {
    log.problem(
      lineNumber,
      'An RSA line has two fields after the label: Session-ID:… and Master-Key:…, or 16 hex digits and the premaster secret.',
    );
    return;
  }
  const sessionId = /^Session-ID:(.*)$/i.exec(first)?.[1];
  const masterKey = /^Master-Key:(.*)$/i.exec(second)?.[1];
  if (sessionId !== undefined && masterKey !== undefined) {
    const anyId = Array.from({ length: 32 }, (_, i) => i + 1);
    const wrong = hexFault('session id', sessionId, anyId) ?? hexFault('master key', masterKey, [48]);
    const secret = fromHex(masterKey);
    if (wrong === null && secret !== null) log.sessionSecret(sessionId.toLowerCase(), secret, lineNumber);
    else log.problem(lineNumber, wrong ?? 'The master key is not hexadecimal.');
    return;
  }
  const wrong = hexFault('encrypted premaster prefix', first, [8]) ?? hexFault('premaster secret', second, [48]);
  const premaster = fromHex(second);
  if (wrong === null && premaster !== null) log.premaster(first.toLowerCase(), premaster, lineNumber);
  else log.problem(lineNumber, wrong ?? 'The premaster secret is not hexadecimal.');
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

/** Collects what the lines give, drops repetitions and keeps the bounds. */
class KeyLogBuilder {
  readonly #name: string;
  readonly #secrets: Secret[] = [];
  readonly #sessionSecrets: SessionSecret[] = [];
  readonly #premasters: PremasterSecret[] = [];
  readonly #problems: KeyLogProblem[] = [];
  #unlisted = 0;
  /** The lines that gave a secret, in one spelling. */
  readonly #seen = new Set<string>();
  readonly #maxSecrets: number;

  constructor(name: string, maxSecrets: number) {
    this.#name = name;
    this.#maxSecrets = maxSecrets;
  }

  get full(): boolean {
    return this.#secrets.length + this.#sessionSecrets.length + this.#premasters.length >= this.#maxSecrets;
  }

  secret(label: string, clientRandom: string, secret: Uint8Array, lineNumber: number): void {
    if (!this.#isNew(`${label} ${clientRandom}`, secret)) return;
    this.#secrets.push({ label, clientRandom, secret, source: this.#source(lineNumber) });
  }

  sessionSecret(sessionId: string, secret: Uint8Array, lineNumber: number): void {
    if (!this.#isNew(`Session-ID:${sessionId}`, secret)) return;
    this.#sessionSecrets.push({ sessionId, secret, source: this.#source(lineNumber) });
  }

  premaster(encryptedPremasterPrefix: string, premaster: Uint8Array, lineNumber: number): void {
    if (!this.#isNew(`RSA ${encryptedPremasterPrefix}`, premaster)) return;
    this.#premasters.push({ encryptedPremasterPrefix, premaster, source: this.#source(lineNumber) });
  }

  problem(lineNumber: number, message: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ source: this.#source(lineNumber), message });
    else this.#unlisted++;
  }

  finish(lastLine: number): KeyLog {
    const more = this.#unlisted;
    if (more > 0) {
      const message = `${more} more ${more === 1 ? 'line has a problem' : 'lines have problems'} not listed here.`;
      this.#problems.push({ source: this.#source(lastLine), message });
    }
    return {
      secrets: this.#secrets,
      sessionSecrets: this.#sessionSecrets,
      premasters: this.#premasters,
      problems: this.#problems,
    };
  }

  #source(lineNumber: number): string {
    return `${this.#name}:${lineNumber}`;
  }

  #isNew(key: string, secret: Uint8Array): boolean {
    const line = `${key} ${toHex(secret)}`;
    if (this.#seen.has(line)) return false;
    this.#seen.add(line);
    return true;
  }
}
