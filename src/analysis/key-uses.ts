/** What became of each secret that was given: the records it opened, or why it opened none. */
import {
  MASTER_LABEL,
  PREMASTER_BY_RANDOM,
  PREMASTER_LABEL,
  SESSION_LABEL,
  trafficPlace,
} from '../crypto/key-labels.ts';
import type { KeyLogs } from '../crypto/key-logs.ts';
import type { Secret, SecretLines } from '../crypto/secret-lines.ts';
import type { KeyUse } from './trace.ts';

interface Use {
  readonly associations: Set<string>;
  records: number;
  /** Set once a handshake was seen that the secret belongs to. */
  matched: boolean;
}

export interface Listing {
  readonly uses: readonly KeyUse[];
  /** By key log how many of its secrets are left out: those that nothing asked for, beyond so many. */
  readonly unlisted: readonly { readonly log: string; readonly secrets: number }[];
}

/** Secrets of the key logs that no handshake asked for: so many are listed, the others counted. */
export const MOST_LISTED = 20_000;

export class KeyUses {
  readonly #logs: KeyLogs;
  readonly #uses = new Map<Secret, Use>();
  /** The one that opened the last record: mostly it opens the next one too. */
  #last: { readonly secret: Secret; readonly use: Use; association: string } | null = null;

  constructor(logs: KeyLogs) {
    this.#logs = logs;
  }

  matched(secret: Secret): void {
    this.#use(secret).matched = true;
  }

  opened(secret: Secret, association: string): void {
    let last = this.#last;
    if (last?.secret !== secret || last.association !== association) {
      last = { secret, use: this.#use(secret), association };
      last.use.associations.add(association);
      this.#last = last;
    }
    last.use.records++;
  }

  /** The lines of the key logs in their order, then the keys that were given otherwise. */
  listing(others: readonly Secret[]): Listing {
    const uses: KeyUse[] = [];
    const unlisted: { log: string; secrets: number }[] = [];
    let idle = 0;
    for (const [log, { name, secrets }] of this.#logs.logs.entries()) {
      let left = 0;
      for (const row of rowsInOrder(secrets)) {
        const asked = this.#logs.asked(log, row);
        if (asked || ++idle <= MOST_LISTED) uses.push(this.#describe(asked ?? secrets.secret(row)));
        else left++;
      }
      if (left > 0) unlisted.push({ log: name, secrets: left });
    }
    for (const secret of new Set(others)) uses.push(this.#describe(secret));
    return { uses, unlisted };
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

/** Secrets by session id come last; premaster secrets are no keys of their own. */
function* rowsInOrder(secrets: SecretLines): Generator<number> {
  for (let row = 0; row < secrets.length; row++)
    if (!secrets.isOf(row, SESSION_LABEL) && !secrets.isOf(row, PREMASTER_LABEL)) yield row;
  if (!secrets.has(SESSION_LABEL)) return;
  for (let row = 0; row < secrets.length; row++) if (secrets.isOf(row, SESSION_LABEL)) yield row;
}

function reasonUnused(label: string, matched: boolean): string {
  if (label === 'PSK') return 'No record opened with this pre-shared key.';
  if (label === 'RSA private key') return 'No record opened with this private key.';
  if (/^(EARLY_)?EXPORTER_SECRET$/.test(label))
    return 'Exporter secrets open no records: they give keying material to the application.';
  if (label.startsWith('ECH_')) return 'Encrypted ClientHello secrets are not used.';
  if (label !== MASTER_LABEL && label !== SESSION_LABEL && label !== PREMASTER_BY_RANDOM && !trafficPlace(label))
    return `The label ${label} is not used.`;
  if (matched) return 'Its handshake is in the capture, but no record opened with this secret.';
  if (label === SESSION_LABEL) return 'No handshake in the capture uses this session id.';
  return 'No ClientHello with this random in the capture: it was captured too late, or this is another session.';
}
