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

  /** False if a record of this length is not to be opened now. */
  take(length: number): boolean {
    if (this.#left > 0) {
      this.#left -= length;
      return true;
    }
    this.skipped++;
    return false;
  }
}
