/**
 * Keeps facts by name without growing with the capture: two generations of the most recent ones, and, up to a limit,
 * those older ones that are worth keeping. Turning the generations costs each entry once, however hostile the file is.
 */
export interface RecentLimits {
  /** Entries of one generation; two are held. */
  readonly generation: number;
  /** Entries that are kept beyond that. */
  readonly kept: number;
}

/** Of an entry that is no longer recent: keep it; let it go and count it; let it go, because it says nothing. */
export type Worth = 'keep' | 'count' | 'nothing';

export class Recent<Value> {
  /** Entries that had to go, those that say nothing aside. */
  forgotten = 0;
  /** How often a generation passed: who holds values by other means asks again then. */
  turns = 0;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  readonly #kept = new Map<string, Value>();
  readonly #limits: RecentLimits;
  readonly #worthOf: (value: Value) => Worth;

  constructor(limits: RecentLimits, worthOf: (value: Value) => Worth) {
    this.#limits = limits;
    this.#worthOf = worthOf;
  }

  /** What is found is young again. */
  find(key: string): Value | undefined {
    const value = this.#young.get(key) ?? this.#kept.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.add(key, old);
    return old;
  }

  add(key: string, value: Value): void {
    if (this.#young.size >= this.#limits.generation) this.#turn();
    this.#young.set(key, value);
  }

  *values(): IterableIterator<Value> {
    yield* this.#kept.values();
    yield* this.#old.values();
    yield* this.#young.values();
  }

  #turn(): void {
    this.turns++;
    for (const [key, value] of this.#old) {
      const worth = this.#worthOf(value);
      if (worth === 'keep' && this.#kept.size < this.#limits.kept) this.#kept.set(key, value);
      else if (worth !== 'nothing') this.forgotten++;
    }
    this.#old = this.#young;
    this.#young = new Map();
  }
}
