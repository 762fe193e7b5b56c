/** What can be made again is in memory only for those associations that were asked about last. */

/** Somebody who can forget what was made, and make it again. */
export interface Forgetful {
  /** When it was asked last; kept here by `LastAsked`, and 0 before. */
  generation: number;
  forget(): void;
}

/** More than any rule looks at for the sake of one association, and mostly more than are in their handshakes at once. */
const MOST_ASKED = 48;

export class LastAsked {
  readonly #most: number;
  /** Those that were asked in this generation, and in the one before. */
  #young: Forgetful[] = [];
  #old: Forgetful[] = [];
  #generation = 1;

  /** @param most of so many, and as many again, nothing is forgotten. */
  constructor(most = MOST_ASKED) {
    this.#most = most;
  }

  /** To be called whenever somebody is asked for what may be forgotten. */
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
