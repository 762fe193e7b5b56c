/** How far each side of an association has come with its record numbers, epoch by epoch, while records are read. */
import type { Side } from './record-table.ts';

export class SentNumbers {
  /** Last number that each side wrote, by epoch * 2 + side. */
  readonly #last = new Map<number, number>();
  #rise = true;

  /**
   * Every record has a number that can be read, and each is higher than those before it of the same sender and epoch:
   * then none is a copy, and none came late.
   */
  get rise(): boolean {
    return this.#rise;
  }

  last(side: Side, epoch: number): number | undefined {
    return this.#last.get(epoch * 2 + side);
  }

  note(side: Side, epoch: number, sequenceNumber: number): void {
    const key = epoch * 2 + side;
    if (sequenceNumber > (this.#last.get(key) ?? -1)) this.#last.set(key, sequenceNumber);
    else this.#rise = false;
  }

  /** A record whose number cannot be read, or is that of another. */
  noteHidden(): void {
    this.#rise = false;
  }
}
