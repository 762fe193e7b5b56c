/**
 * What was worked out for those that were asked about last. Of an association much is asked at once, and then nothing
 * for long: to keep it for all of them would fill the memory, and what is forgotten is worked out again. It keeps
 * nobody alive: what a closed trace left behind goes with it.
 */
export class Recall<Key extends object, Value> {
  readonly #most: number;
  #young = new WeakMap<Key, Value>();
  /** As many again, which were asked about before those. */
  #old = new WeakMap<Key, Value>();
  #count = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#count >= this.#most) {
      this.#old = this.#young;
      this.#young = new WeakMap();
      this.#count = 0;
    }
    this.#count++;
    this.#young.set(key, value);
  }
}

/** More than the associations that any rule looks at for the sake of one. */
const MOST = 32;
