/** The secrets as rows of the key dialog: those that opened nothing first, since they are the ones to explain. */
import type { ListedAssociation, ListedTrace } from '../analysis/listed-association.ts';
import type { KeySummary, KeyUse } from '../analysis/trace.ts';
import { counted, grouped } from './association-row.ts';

export type KeyState = 'opened' | 'matched' | 'unmatched' | 'waiting';

export interface KeyRow {
  readonly secret: KeyUse;
  readonly state: KeyState;
  /** First eight digits of the client random; a dash where the secret belongs to none. */
  readonly random: string;
  /** Associations that it opened records of, or whose ClientHello has its random. */
  readonly associations: readonly string[];
  /** "7 records of", or why it opened nothing. */
  readonly says: string;
}

const ORDER: readonly KeyState[] = ['unmatched', 'waiting', 'matched', 'opened'];
const WAITS = 'Waits for a capture: drop one, and it opens what it can.';

export function keyRows({ keys, associations, captures }: ListedTrace): readonly KeyRow[] {
  const byRandom = new Map<string, string[]>();
  for (const { id, clientRandom } of associations) {
    if (clientRandom === null) continue;
    const ids = byRandom.get(clientRandom);
    if (ids) ids.push(id);
    else byRandom.set(clientRandom, [id]);
  }
  const rows = keys.secrets.map((secret) => row(secret, byRandom, captures.length === 0));
  return ORDER.flatMap((state) => rows.filter((one) => one.state === state));
}

function row(secret: KeyUse, byRandom: ReadonlyMap<string, readonly string[]>, waits: boolean): KeyRow {
  const { clientRandom, records, associations, reason } = secret;
  const random = clientRandom.slice(0, 8) || '—';
  if (records > 0) return { secret, state: 'opened', random, associations, says: `${counted(records, 'record')} of` };
  if (waits) return { secret, state: 'waiting', random, associations: [], says: WAITS };
  const matched = (clientRandom !== '' && byRandom.get(clientRandom)) || [];
  const state = matched.length > 0 ? 'matched' : 'unmatched';
  return { secret, state, random, associations: matched, says: reason ?? 'It opened nothing.' };
}

/** "2 of 5 secrets opened something", beside the title. @param unlisted secrets that have no row: they opened nothing. */
export function keysNote(rows: readonly KeyRow[], unlisted = 0): string {
  if (rows.length === 0) return 'none yet';
  const all = counted(rows.length + unlisted, 'secret');
  if (rows.every(({ state }) => state === 'waiting')) return `${all} waiting for a capture`;
  const opened = rows.filter(({ state }) => state === 'opened').length;
  return `${grouped(opened)} of ${all} opened something`;
}

/** All secrets that were given, whether they are listed or not. */
export function secretCount({ secrets, unlisted = 0 }: KeySummary): number {
  return secrets.length + unlisted;
}

/** Identities that the captures name, to choose from when a pre-shared key is typed. */
export function pskIdentities(associations: readonly ListedAssociation[]): readonly string[] {
  return [...new Set(associations.flatMap(({ pskIdentity }) => pskIdentity ?? []))];
}
