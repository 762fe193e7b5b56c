/** The secrets that were given and those learned on the way, and what became of each. */
import type { KeyLog, Secret } from '../crypto/keylog.ts';
import { createSecretSource, type GivenKeys, type MasterQuestion, type SecretSource } from '../crypto/premaster.ts';
import { type GivenPsk, psksFor } from '../crypto/psk.ts';
import { toHex } from '../wire/text.ts';
import type { Side } from './record-table.ts';
import type { KeyUse } from './trace.ts';

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

interface Use {
  readonly associations: Set<string>;
  records: number;
  /** Set once a handshake with this client random was seen. */
  matched: boolean;
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
/** No handshake has more secrets of one kind; whoever gives thousands for one name wants them to be tried. */
const MOST_OF_ONE_NAME = 64;

export class Keyring {
  readonly #logs: readonly KeyLog[];
  readonly #byRandom = new Map<string, MasterSecret[]>();
  /** Master secrets of earlier handshakes of the trace, for resumption (RFC 5246 §7.3, RFC 5077). */
  readonly #bySession = new Map<string, MasterSecret[]>();
  readonly #byTicket = new Map<string, MasterSecret[]>();
  readonly #traffic = new Map<string, TrafficSecret[]>();
  readonly #uses = new Map<Secret, Use>();

  readonly #derived: SecretSource;
  /** One entry for each pre-shared key, private key and premaster secret that gave a master secret. */
  readonly #givenSecrets = new Map<string, Secret>();
  readonly #given: GivenKeys;
  readonly #lines: LineIndex;
  #tried = 0;
  #notTried = false;
  /** Names that have more secrets than are tried. */
  readonly #crowded = new Set<string>();
  #allTraffic: readonly TrafficSecret[] | null = null;

  constructor(given: GivenKeys) {
    const { logs } = given;
    this.#given = given;
    this.#logs = logs;
    this.#lines = new LineIndex(logs);
    this.#derived = createSecretSource(given);
    for (const log of logs) {
      for (const source of log.secrets) {
        const { label, secret, clientRandom } = source;
        const place = trafficPlace(label);
        if (place) this.#append(this.#traffic, clientRandom, { ...place, secret, source });
        if (label !== 'CLIENT_RANDOM') continue;
        this.#append(this.#byRandom, clientRandom, { secret, clientRandom, source });
      }
      for (const { sessionId, secret, source } of log.sessionSecrets) {
        const line: Secret = { label: 'RSA Session-ID', clientRandom: '', secret, source };
        this.#append(this.#bySession, sessionId, { secret, clientRandom: '', source: line });
      }
    }
  }

  /** The traffic secrets of a client random; without one, those of all, bounded. */
  trafficSecrets(clientRandom: string | null): readonly TrafficSecret[] {
    if (clientRandom === null) {
      this.#allTraffic ??= firstOf(this.#traffic.values());
      return this.#mayTry(this.#allTraffic);
    }
    const found = this.#traffic.get(clientRandom) ?? [];
    for (const { source } of found) this.#use(source).matched = true;
    return found;
  }

  /** Every master secret that could be this handshake's, likeliest first. */
  candidates(query: SecretQuery): readonly MasterSecret[] {
    const found = new Set<MasterSecret>();
    for (const [map, key] of [
      [this.#byRandom, query.clientRandom],
      [this.#bySession, query.sessionId],
      [this.#byTicket, query.ticket],
    ] as const) {
      for (const secret of (key && map.get(key)) || []) found.add(secret);
    }
    for (const secret of found) this.#use(secret.source).matched = true;
    return [...found];
  }

  /** Master secrets that follow from pre-shared keys, private keys and premaster secrets; else why they do not. */
  derive(question: MasterQuestion): { readonly secrets: readonly MasterSecret[]; readonly why: string | null } {
    const { masters, why } = this.#derived.masters(question);
    const secrets = masters.map(({ secret, label, source }): MasterSecret => {
      const clientRandom = toHex(question.clientRandom);
      const line = this.#lineOf(label, source, clientRandom);
      this.#use(line).matched = true;
      return { secret, clientRandom, source: line };
    });
    return { secrets, why };
  }

  psksFor(identity: Uint8Array): readonly GivenPsk[] {
    return psksFor(this.#given.psks, identity);
  }

  exporterSecret(clientRandom: string): Uint8Array | null {
    return this.#lines.exporter(clientRandom)?.secret ?? null;
  }

  /** Keys other than key logs, which open nothing by a client random alone. */
  get hasOtherKeys(): boolean {
    return (
      this.#given.psks.length > 0 ||
      this.#given.rsaKeys.length > 0 ||
      this.#logs.some((l) => l.premasters.length > 0 || l.secrets.some((s) => s.label === 'PMS_CLIENT_RANDOM'))
    );
  }

  /** The line of a key log, or a stand-in for a key that was given otherwise. */
  #lineOf(label: string, source: string, clientRandom: string): Secret {
    const line = this.#lines.at(source, clientRandom);
    if (line) return line;
    const known = this.#givenSecrets.get(`${label} ${source}`);
    if (known) return known;
    const standIn: Secret = { label, clientRandom: '', secret: new Uint8Array(), source };
    this.#givenSecrets.set(`${label} ${source}`, standIn);
    return standIn;
  }

  /** For a handshake whose ClientHello is missing: the secrets to try, bounded. */
  trials(): readonly MasterSecret[] {
    return this.#mayTry(firstOf(this.#byRandom.values()));
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
    const use = this.#use(secret.source);
    use.records++;
    use.associations.add(association);
  }

  /** One entry per secret of the key logs, with the reason where it opened nothing. */
  summary(): readonly KeyUse[] {
    const others = [
      ...this.#given.psks.map((k) => this.#lineOf('PSK', k.source, '')),
      ...this.#given.rsaKeys.map((k) => this.#lineOf('RSA private key', k.source, '')),
    ];
    const usedAt = new Map([...this.#uses.keys()].toReversed().map((used) => [used.source, used]));
    const fromLogs = this.#logs.flatMap((log) => [
      ...log.secrets.map((secret) => this.#describe(secret)),
      ...log.sessionSecrets.map(({ secret, source }) =>
        this.#describe(
          usedAt.get(source) ?? {
            label: 'RSA Session-ID',
            clientRandom: '',
            secret,
            source,
          },
        ),
      ),
    ]);
    return [...fromLogs, ...[...new Set(others)].map((secret) => this.#describe(secret))];
  }

  get problems(): readonly { readonly source: string; readonly message: string }[] {
    const ofLogs = this.#logs.flatMap((log) => log.problems);
    const [first] = this.#logs;
    const source = first?.secrets[0]?.source.replace(/:\d+$/, '') ?? 'keys';
    const own = [
      ...(this.#crowded.size > 0
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
    return [...ofLogs, ...own.map((message) => ({ source, message }))];
  }

  #append<T>(map: Map<string, T[]>, name: string, value: T): void {
    const list = map.get(name);
    if (list === undefined) map.set(name, [value]);
    else if (list.length >= MOST_OF_ONE_NAME) this.#crowded.add(name);
    else if (!list.includes(value)) list.push(value);
  }

  #describe(secret: Secret): KeyUse {
    const use = this.#uses.get(secret);
    const { source, label, clientRandom } = secret;
    return {
      source,
      label,
      clientRandom,
      associations: [...(use?.associations ?? [])],
      records: use?.records ?? 0,
      reason: use && use.records > 0 ? null : reasonUnused(label, use?.matched ?? false),
    };
  }

  #use(secret: Secret): Use {
    let use = this.#uses.get(secret);
    if (!use) {
      use = { associations: new Set(), records: 0, matched: false };
      this.#uses.set(secret, use);
    }
    return use;
  }
}

/** RFC 9850 and NSS: what a label of the key log opens; null for those that open no records. */
function trafficPlace(label: string): { readonly side: Side; readonly epoch: number } | null {
  const match = /^(CLIENT|SERVER)_(?:(EARLY)_TRAFFIC_SECRET|(HANDSHAKE)_TRAFFIC_SECRET|TRAFFIC_SECRET_(\d{1,5}))$/.exec(
    label,
  );
  if (!match) return null;
  const [, who, early, handshake, update] = match;
  return { side: who === 'CLIENT' ? 0 : 1, epoch: early ? 1 : handshake ? 2 : 3 + Number(update) };
}

function reasonUnused(label: string, matched: boolean): string {
  if (label === 'PSK') return 'No record opened with this pre-shared key.';
  if (label === 'RSA private key') return 'No record opened with this private key.';
  if (/^(EARLY_)?EXPORTER_SECRET$/.test(label))
    return 'Exporter secrets open no records: they give keying material to the application.';
  if (label.startsWith('ECH_')) return 'Encrypted ClientHello secrets are not used.';
  if (label !== 'CLIENT_RANDOM' && label !== 'RSA Session-ID' && label !== 'PMS_CLIENT_RANDOM' && !trafficPlace(label))
    return `The label ${label} is not used.`;
  if (matched) return 'Its handshake is in the capture, but no record opened with this secret.';
  if (label === 'RSA Session-ID') return 'No handshake in the capture uses this session id.';
  return 'No ClientHello with this random in the capture: it was captured too late, or this is another session.';
}

/** Lines of key logs by where they stand, made at the first question: most traces never ask. */
class LineIndex {
  readonly #logs: readonly KeyLog[];
  #places: ReadonlyMap<string, Secret> | null = null;
  #exporters: ReadonlyMap<string, Secret> | null = null;

  constructor(logs: readonly KeyLog[]) {
    this.#logs = logs;
  }

  at(source: string, clientRandom: string): Secret | undefined {
    this.#places ??= this.#index(
      () => true,
      (s) => `${s.source} ${s.clientRandom}`,
    );
    return this.#places.get(`${source} ${clientRandom}`);
  }

  exporter(clientRandom: string): Secret | undefined {
    this.#exporters ??= this.#index(
      ({ label }) => label === 'EXPORTER_SECRET',
      (s) => s.clientRandom,
    );
    return this.#exporters.get(clientRandom);
  }

  /** The first of each name. */
  #index(wanted: (secret: Secret) => boolean, nameOf: (secret: Secret) => string): ReadonlyMap<string, Secret> {
    const index = new Map<string, Secret>();
    for (const { secrets } of this.#logs)
      for (const secret of secrets) {
        if (!wanted(secret)) continue;
        const name = nameOf(secret);
        if (!index.has(name)) index.set(name, secret);
      }
    return index;
  }
}

/** The first of all lists, as many as are ever tried. */
function firstOf<T>(lists: Iterable<readonly T[]>): readonly T[] {
  const all: T[] = [];
  for (const list of lists) {
    all.push(...list);
    if (all.length >= MAX_TRIALS) break;
  }
  return all.slice(0, MAX_TRIALS);
}
