/** Which associations are told while a capture is read: the new ones, and in turn those told before, as they grow. */
import type { EarlyAssociation } from '../analysis/early-association.ts';
import type { EarlyRows } from './protocol.ts';

/** Nobody reads further down while a capture is read; of the others the count is told. */
export const MOST_EARLY = 2000;
/** In one message: more would keep the page from drawing. */
const MOST_AT_ONCE = 300;

export class EarlyTelling {
  #told = 0;
  /** Where the next ones are that are told again. */
  #again = 0;

  /** For the next message, of `found` associations; `early` makes rows of those in a range. */
  next(found: number, early: (from: number, to: number) => readonly EarlyAssociation[]): readonly EarlyRows[] {
    const before = this.#told;
    const to = Math.min(found, MOST_EARLY, before + MOST_AT_ONCE);
    this.#told = Math.max(before, to);
    const fresh = slice(before, to, early);
    if (this.#again >= before) this.#again = 0;
    const from = this.#again;
    this.#again = Math.min(before, from + MOST_AT_ONCE - (this.#told - before));
    return [...fresh, ...slice(from, this.#again, early)];
  }
}

function slice(from: number, to: number, early: Parameters<EarlyTelling['next']>[1]): readonly EarlyRows[] {
  if (to <= from) return [];
  const rows = early(from, to);
  return rows.length > 0 ? [{ from, rows }] : [];
}
