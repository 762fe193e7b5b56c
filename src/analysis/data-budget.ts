/** How much application data is decrypted while a trace is read. More is opened when somebody looks at it. */

/** Opening so much takes about a second in a browser. */
const MOST_BYTES = 24 * 1024 * 1024;

export class DataBudget {
  #left: number;
  /** Records that were left closed although a key that opened others of their epoch is at hand. */
  skipped = 0;

  constructor(bytes = MOST_BYTES) {
    this.#left = bytes;
  }

  /** No more is to be opened now. */
  get spent(): boolean {
    return this.#left <= 0;
  }

  /** A record of this length is opened. */
  take(length: number): void {
    this.#left -= length;
  }
}
