/** The secrets that were given and those learned on the way, and what became of each. */
import { type KeyLog, parseKeyLog, type Secret } from '../crypto/keylog.ts';
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

export class Keyring {
  readonly #logs: readonly KeyLog[];
  readonly #byRandom = new Map<string, MasterSecret[]>();
  /** Master secrets of earlier handshakes of the trace, for resumption (RFC 5246 §7.3, RFC 5077). */
  readonly #bySession = new Map<string, MasterSecret[]>();
  readonly #byTicket = new Map<string, MasterSecret[]>();
  readonly #traffic = new Map<string, TrafficSecret[]>();
  readonly #uses = new Map<Secret, Use>();

  constructor(logs: readonly KeyLog[]) {
    this.#logs = logs;
    for (const log of logs) {
      for (const source of log.secrets) {
        const { label, secret, clientRandom } = source;
        const place = trafficPlace(label);
        if (place) append(this.#traffic, clientRandom, { ...place, secret, source });
        if (label !== 'CLIENT_RANDOM') continue;
        append(this.#byRandom, clientRandom, { secret, clientRandom, source });
      }
      for (const { sessionId, secret, source } of log.sessionSecrets) {
        const line: Secret = { label: 'RSA Session-ID', clientRandom: '', secret, source };
        append(this.#bySession, sessionId, { secret, clientRandom: '', source: line });
      }
    }
  }

  /** The traffic secrets of a client random; without one, those of all, bounded. */
  trafficSecrets(clientRandom: string | null): readonly TrafficSecret[] {
    if (clientRandom === null) return [...this.#traffic.values()].flat().slice(0, MAX_TRIALS);
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

  /** For a handshake whose ClientHello is missing: the secrets to try, bounded. */
  trials(): readonly MasterSecret[] {
    const all: MasterSecret[] = [];
    for (const secrets of this.#byRandom.values()) {
      all.push(...secrets);
      if (all.length >= MAX_TRIALS) break;
    }
    return all.slice(0, MAX_TRIALS);
  }

  /** A handshake that can be resumed: its master secrets serve whoever presents the session id or ticket again. */
  remember(secrets: readonly MasterSecret[], session: { readonly sessionId?: string; readonly ticket?: string }): void {
    for (const secret of secrets) {
      if (session.sessionId) append(this.#bySession, session.sessionId, secret);
      if (session.ticket) append(this.#byTicket, session.ticket, secret);
    }
  }

  opened(secret: { readonly source: Secret }, association: string): void {
    const use = this.#use(secret.source);
    use.records++;
    use.associations.add(association);
  }

  /** One entry per secret of the key logs, with the reason where it opened nothing. */
  summary(): readonly KeyUse[] {
    return this.#logs.flatMap((log) => [
      ...log.secrets.map((secret) => this.#describe(secret)),
      ...log.sessionSecrets.map(({ secret, source }) =>
        this.#describe(
          [...this.#uses.keys()].find((used) => used.source === source) ?? {
            label: 'RSA Session-ID',
            clientRandom: '',
            secret,
            source,
          },
        ),
      ),
    ]);
  }

  get problems(): readonly { readonly source: string; readonly message: string }[] {
    return this.#logs.flatMap((log) => log.problems);
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
  if (/^(EARLY_)?EXPORTER_SECRET$/.test(label))
    return 'Exporter secrets open no records: they give keying material to the application.';
  if (label.startsWith('ECH_')) return 'Encrypted ClientHello secrets are not used.';
  if (label !== 'CLIENT_RANDOM' && label !== 'RSA Session-ID' && !trafficPlace(label))
    return `The label ${label} is not used.`;
  if (matched) return 'Its handshake is in the capture, but no record opened with this secret.';
  if (label === 'RSA Session-ID') return 'No handshake in the capture uses this session id.';
  return 'No ClientHello with this random in the capture: it was captured too late, or this is another session.';
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}

export { parseKeyLog };
