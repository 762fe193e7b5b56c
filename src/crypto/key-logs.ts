/** Several key logs as one. A line that was asked for before is the same object again. */
import type { KeyLog } from './keylog.ts';
import { MOST_OF_ONE_NAME, type Secret } from './secret-lines.ts';

export class KeyLogs {
  readonly logs: readonly KeyLog[];
  /** Lines that somebody asked for, by row, for each log. */
  readonly #asked: readonly Map<number, Secret>[];
  readonly #crowded = new Set<string>();

  constructor(logs: readonly KeyLog[]) {
    this.logs = logs;
    this.#asked = logs.map(() => new Map());
  }

  /** Whether any line has a label of this group. */
  has(group: string): boolean {
    return this.logs.some(({ secrets }) => secrets.has(group));
  }

  /** The lines of this group and name, in the order given; no more than 64, see `isCrowded`. */
  find(group: string, name: string): readonly Secret[] {
    const found: Secret[] = [];
    for (const [log, { secrets }] of this.logs.entries()) {
      for (const row of secrets.rowsOf(group, name)) {
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
