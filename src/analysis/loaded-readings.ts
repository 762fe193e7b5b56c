/** Whose messages are in memory: of many associations only of those that were asked about last. */

/** Somebody who can forget what was read, and read it again. */
export interface Forgetful {
  /** When it was asked last; kept here by `LoadedReadings`. */
  generation: number;
  forget(): void;
}

/** More than any rule looks at for the sake of one association, and mostly more than are in their handshakes at once. */
export const MOST_LOADED = 48;

export class LoadedReadings {
  readonly #most: number;
  /** Those that were asked in this generation, and in the one before. */
  #young: Forgetful[] = [];
  #old: Forgetful[] = [];
  #generation = 1;

  /** @param most of so many, and as many again, nothing is forgotten. */
  constructor(most = MOST_LOADED) {
    this.#most = most;
  }

  /** To be called whenever somebody's reading is asked for. */
  touch(one: Forgetful): void {
    if (one.generation === this.#generation) return;
    if (this.#young.length >= this.#most) {
      for (const before of this.#old) if (before.generation < this.#generation) before.forget();
      this.#old = this.#young;
      this.#young = [];
      this.#generation++;
    }
    one.generation = this.#generation;
    this.#young.push(one);
  }
}
