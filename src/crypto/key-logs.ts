/** Several key logs as one. A line that was asked for before is the same object again. */
import type { KeyLog } from './keylog.ts';
import { MOST_OF_ONE_NAME, type Secret } from './secret-lines.ts';

/** With more logs than this, as a capture has that brings one for each of its handshakes, not each is asked for a name. */
const FEW_LOGS = 4;

export class KeyLogs {
  readonly logs: readonly KeyLog[];
  /** Lines that somebody asked for, by row, for each log. */
  readonly #asked: readonly Map<number, Secret>[];
  readonly #groups: ReadonlySet<string>;
  readonly #crowded = new Set<string>();
  #byName: ReadonlyMap<string, readonly number[]> | null = null;

  constructor(logs: readonly KeyLog[]) {
    this.logs = logs;
    this.#asked = logs.map(() => new Map());
    this.#groups = new Set(logs.flatMap(({ secrets }) => [...secrets.groups]));
  }

  /** Whether any line has a label of this group. */
  has(group: string): boolean {
    return this.#groups.has(group);
  }

  /** The lines of this group and name, in the order given; no more than 64, see `isCrowded`. */
  find(group: string, name: string): readonly Secret[] {
    const found: Secret[] = [];
    if (!this.has(group)) return found;
    for (const log of this.#logsWith(name)) {
      for (const row of this.logs[log]?.secrets.rowsOf(group, name) ?? []) {
        if (found.length < MOST_OF_ONE_NAME) found.push(this.secret(log, row));
        else this.#crowded.add(group);
      }
    }
    return found;
  }

  /** Whether a name of this group has more lines than are found. */
  isCrowded(group: string): boolean {
    return this.#crowded.has(group) || this.logs.some(({ secrets }) => secrets.isCrowded(group));
  }

  /** Lines of this group, those of one name together, until there are so many. */
  first(group: string, most: number): readonly Secret[] {
    const all: Secret[] = [];
    const names = new Set<string>();
    for (const { secrets } of this.logs) {
      for (let row = 0; row < secrets.length && all.length < most; row++) {
        if (!secrets.isOf(row, group)) continue;
        const name = secrets.name(row);
        if (names.has(name)) continue;
        names.add(name);
        all.push(...this.find(group, name));
      }
    }
    return all.slice(0, most);
  }

  /** The logs that may have this name. */
  #logsWith(name: string): Iterable<number> {
    if (this.logs.length <= FEW_LOGS) return this.logs.keys();
    this.#byName ??= logsByName(this.logs);
    return this.#byName.get(name) ?? [];
  }

  secret(log: number, row: number): Secret {
    let secret = this.asked(log, row);
    if (!secret) {
      secret = this.logs[log]?.secrets.secret(row) ?? {
        label: '',
        clientRandom: '',
        secret: new Uint8Array(),
        source: '',
      };
      this.#asked[log]?.set(row, secret);
    }
    return secret;
  }

  /** The line where somebody asked for it before. */
  asked(log: number, row: number): Secret | undefined {
    return this.#asked[log]?.get(row);
  }
}

function logsByName(logs: readonly KeyLog[]): ReadonlyMap<string, readonly number[]> {
  const byName = new Map<string, number[]>();
  for (const [log, { secrets }] of logs.entries()) {
    for (let row = 0; row < secrets.length; row++) {
      const name = secrets.name(row);
      const known = byName.get(name);
      if (!known) byName.set(name, [log]);
      else if (known.at(-1) !== log) known.push(log);
    }
  }
  return byName;
}
