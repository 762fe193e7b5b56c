/** The secrets that were given and those learned on the way, and what became of each. */
import {
  EXPORTER_LABEL,
  MASTER_LABEL,
  PREMASTER_BY_RANDOM,
  PREMASTER_LABEL,
  SESSION_LABEL,
  TRAFFIC_GROUP,
  trafficPlace,
} from '../crypto/key-labels.ts';
import { KeyLogs } from '../crypto/key-logs.ts';
import { createSecretSource, type GivenKeys, type MasterQuestion, type SecretSource } from '../crypto/premaster.ts';
import { type GivenPsk, psksFor } from '../crypto/psk.ts';
import { MOST_OF_ONE_NAME, type Secret } from '../crypto/secret-lines.ts';
import { sameBytes, toHex } from '../wire/text.ts';
import { KeyUses } from './key-uses.ts';
import type { Side } from './record-table.ts';
import type { KeySummary } from './trace.ts';

/** A master secret of DTLS 1.0/1.2 that may belong to a handshake, and the line it comes from. */
export interface MasterSecret {
  readonly secret: Uint8Array;
  /** The client random of the key log line; where the ClientHello is missing it stands in for the one on the wire. */
  readonly clientRandom: string;
  readonly source: Secret;
}

/** A traffic secret of DTLS 1.3 (RFC 8446 §7.1): one direction of one epoch. */
export interface TrafficSecret {
  readonly side: Side;
  readonly epoch: number;
  readonly secret: Uint8Array;
  readonly source: Secret;
}

/** What a handshake offers to find its master secret by. Hex. */
export interface SecretQuery {
  readonly clientRandom: string | null;
  readonly sessionId: string | null;
  readonly ticket: string | null;
}

/** With hellos missing, at most this many secrets of the key log are tried. */
const MAX_TRIALS = 1024;
/** And at most this many over the whole trace: each costs some keys to be derived. */
const MOST_TRIED = 131_072;

export class Keyring {
  readonly #given: GivenKeys;
  readonly #logs: KeyLogs;
  readonly #derived: SecretSource;
  readonly #uses: KeyUses;
  readonly #masters = new Map<Secret, MasterSecret>();
  readonly #traffic = new Map<Secret, TrafficSecret>();
  /** Master secrets of the key logs and of earlier handshakes of the trace, for resumption (RFC 5246 §7.3, RFC 5077). */
  readonly #bySession = new Map<string, MasterSecret[]>();
  readonly #byTicket = new Map<string, MasterSecret[]>();
  /** One entry for each pre-shared key, private key and premaster secret that gave a master secret. */
  readonly #givenSecrets = new Map<string, Secret>();
  #tried = 0;
  #notTried = false;
  /** A session has more secrets than are tried. */
  #crowded = false;
  #allTraffic: readonly TrafficSecret[] | null = null;
  #allMasters: readonly MasterSecret[] | null = null;

  constructor(given: GivenKeys) {
    this.#given = given;
    this.#logs = new KeyLogs(given.logs);
    this.#derived = createSecretSource(given, this.#logs);
    this.#uses = new KeyUses(this.#logs);
  }

  /** The traffic secrets of a client random; without one, those of all, bounded. */
  trafficSecrets(clientRandom: string | null): readonly TrafficSecret[] {
    if (clientRandom === null) {
      this.#allTraffic ??= this.#logs.first(TRAFFIC_GROUP, MAX_TRIALS).map((line) => this.#trafficOf(line));
      return this.#mayTry(this.#allTraffic);
    }
    const found = this.#logs.find(TRAFFIC_GROUP, clientRandom);
    for (const line of found) this.#uses.matched(line);
    return found.map((line) => this.#trafficOf(line));
  }

  /** Every master secret that could be this handshake's, likeliest first. */
  candidates({ clientRandom, sessionId, ticket }: SecretQuery): readonly MasterSecret[] {
    const byRandom = clientRandom === null ? [] : this.#logs.find(MASTER_LABEL, clientRandom);
    const found = new Set([
      ...byRandom.map((line) => this.#masterOf(line)),
      ...(sessionId ? this.#ofSession(sessionId) : []),
      ...((ticket && this.#byTicket.get(ticket)) || []),
    ]);
    for (const { source } of found) this.#uses.matched(source);
    return [...found];
  }

  /** Master secrets that follow from pre-shared keys, private keys and premaster secrets; else why they do not. */
  derive(question: MasterQuestion): { readonly secrets: readonly MasterSecret[]; readonly why: string | null } {
    const { masters, why } = this.#derived.masters(question);
    const clientRandom = toHex(question.clientRandom);
    const secrets = masters.map(({ secret, label, source, line }): MasterSecret => {
      const from = line ?? this.#standIn(label, source);
      this.#uses.matched(from);
      return { secret, clientRandom, source: from };
    });
    return { secrets, why };
  }

  psksFor(identity: Uint8Array): readonly GivenPsk[] {
    return psksFor(this.#given.psks, identity);
  }

  exporterSecret(clientRandom: string): Uint8Array | null {
    return this.#logs.find(EXPORTER_LABEL, clientRandom)[0]?.secret ?? null;
  }

  /** Keys other than key logs, which open nothing by a client random alone. */
  get hasOtherKeys(): boolean {
    const { psks, rsaKeys } = this.#given;
    return (
      psks.length > 0 || rsaKeys.length > 0 || this.#logs.has(PREMASTER_LABEL) || this.#logs.has(PREMASTER_BY_RANDOM)
    );
  }

  /** For a handshake whose ClientHello is missing: the secrets to try, bounded. */
  trials(): readonly MasterSecret[] {
    this.#allMasters ??= this.#logs.first(MASTER_LABEL, MAX_TRIALS).map((line) => this.#masterOf(line));
    return this.#mayTry(this.#allMasters);
  }

  /** As many of them as the trace has left to try. */
  #mayTry<T>(secrets: readonly T[]): readonly T[] {
    const allowed = secrets.slice(0, MOST_TRIED - this.#tried);
    this.#tried += allowed.length;
    this.#notTried ||= allowed.length < secrets.length;
    return allowed;
  }

  /** A handshake that can be resumed: its master secrets serve whoever presents the session id or ticket again. */
  remember(secrets: readonly MasterSecret[], session: { readonly sessionId?: string; readonly ticket?: string }): void {
    for (const secret of secrets) {
      if (session.sessionId) this.#append(this.#bySession, session.sessionId, secret);
      if (session.ticket) this.#append(this.#byTicket, session.ticket, secret);
    }
  }

  opened(secret: { readonly source: Secret }, association: string): void {
    this.#uses.opened(secret.source, association);
  }

  /** What became of the secrets, with the reason where one opened nothing. */
  summary(): KeySummary {
    const { psks, rsaKeys } = this.#given;
    const { uses, unlisted } = this.#uses.listing([
      ...psks.map(({ source }) => this.#standIn('PSK', source)),
      ...rsaKeys.map(({ source }) => this.#standIn('RSA private key', source)),
    ]);
    const left = unlisted.map(({ log, secrets }) => ({
      source: log,
      message: `${secrets} more secrets opened nothing. They are not listed one by one.`,
    }));
    return {
      secrets: uses,
      unlisted: unlisted.reduce((sum, { secrets }) => sum + secrets, 0),
      problems: [...this.problems, ...left],
    };
  }

  get problems(): readonly { readonly source: string; readonly message: string }[] {
    const { logs } = this.#given;
    const source = logs.find(({ secrets }) => secrets.length > 0)?.name ?? 'keys';
    const own = [
      ...(this.#crowded || CROWDED_GROUPS.some((group) => this.#logs.isCrowded(group))
        ? [
            `Of one client random or session there are more than ${MOST_OF_ONE_NAME} secrets of one kind; those after the first ${MOST_OF_ONE_NAME} were not tried.`,
          ]
        : []),
      ...(this.#notTried
        ? [
            `So many handshakes lack their ClientHello that not all secrets were tried on each: after ${MOST_TRIED} no more were.`,
          ]
        : []),
    ];
    return [...logs.flatMap((log) => log.problems), ...own.map((message) => ({ source, message }))];
  }

  /** Stands for a key that is no line of a key log, or for several together. */
  #standIn(label: string, source: string): Secret {
    const known = this.#givenSecrets.get(`${label} ${source}`);
    if (known) return known;
    const standIn: Secret = { label, clientRandom: '', secret: new Uint8Array(), source };
    this.#givenSecrets.set(`${label} ${source}`, standIn);
    return standIn;
  }

  /** Of the key logs, and of handshakes that were remembered. */
  #ofSession(sessionId: string): readonly MasterSecret[] {
    return (
      this.#bySession.get(sessionId) ?? this.#logs.find(SESSION_LABEL, sessionId).map((line) => this.#masterOf(line))
    );
  }

  #append(map: Map<string, MasterSecret[]>, name: string, value: MasterSecret): void {
    let list = map.get(name);
    if (!list) {
      list = map === this.#bySession ? [...this.#ofSession(name)] : [];
      map.set(name, list);
    }
    if (list.some((known) => isSame(known, value))) return;
    if (list.length >= MOST_OF_ONE_NAME) this.#crowded = true;
    else list.push(value);
  }

  #masterOf(line: Secret): MasterSecret {
    const known = this.#masters.get(line);
    if (known) return known;
    const made = { secret: line.secret, clientRandom: line.clientRandom, source: line };
    this.#masters.set(line, made);
    return made;
  }

  #trafficOf(line: Secret): TrafficSecret {
    const known = this.#traffic.get(line);
    if (known) return known;
    const made = { ...(trafficPlace(line.label) ?? NO_PLACE), secret: line.secret, source: line };
    this.#traffic.set(line, made);
    return made;
  }
}

/** A key that was given gives the same master secret again where a capture has the same handshake many times. */
function isSame(a: MasterSecret, b: MasterSecret): boolean {
  return a === b || (a.source === b.source && a.clientRandom === b.clientRandom && sameBytes(a.secret, b.secret));
}

/** Secrets of these are tried by the dozen where somebody gives so many. */
const CROWDED_GROUPS = [MASTER_LABEL, SESSION_LABEL, TRAFFIC_GROUP, PREMASTER_BY_RANDOM, PREMASTER_LABEL];
/** The place of a label that is no traffic secret's. */
const NO_PLACE = { side: 0, epoch: 0 } as const;
