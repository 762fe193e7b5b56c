/** A map that forgets its oldest entries: what a hostile capture can make it hold is limited. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Returns what had to go. An entry that is set again is young again. */
  set(key: Key, value: Value): Value | undefined {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return undefined;
    for (const [oldest, gone] of this.#entries) {
      this.#entries.delete(oldest);
      return gone;
    }
    return undefined;
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  /** The oldest first. */
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
