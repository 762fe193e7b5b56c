/**
 * What may be spent on keys that opened nothing yet. A capture can make every record try every key; whoever holds the right
 * one notices within a few records, so after a while trying on costs time and finds nothing.
 */

/** Of one direction of one epoch. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A failed attempt costs about as much as opening so many bytes. */
const OVERHEAD = 512;

export class TrialBudget {
  #left: number;

  constructor(bytes = MOST_BYTES) {
    this.#left = bytes;
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  /** An attempt on a record of this length failed. */
  failed(length: number): void {
    this.#left -= OVERHEAD + length;
  }
}
