/** Messages copy every text of every association, and most texts are the same in thousands of them: here one stays. */

/** Texts that were seen before, for the messages of one answer. */
export class StringsOnce {
  readonly #known = new Map<string, string>();

  /** Replaces texts within plain data, however deep, by equal ones that were seen before. Keys stay as they are. */
  share(value: object): void {
    this.#within(value, new Set());
  }

  /** @param done what was looked at: rows have many of their parts in common. */
  #within(value: object, done: Set<object>): void {
    if (done.has(value)) return;
    done.add(value);
    // `Object.entries` would make a list for each object: of thousands of associations these are many.
    for (const key in value) {
      const inner: unknown = Reflect.get(value, key);
      if (typeof inner === 'string') Reflect.set(value, key, this.#one(inner));
      else if (typeof inner === 'object' && inner !== null) this.#within(inner, done);
    }
  }

  #one(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size < MOST) this.#known.set(text, text);
    return text;
  }
}

/** Beyond this the texts of an answer are not alike. */
const MOST = 100_000;
