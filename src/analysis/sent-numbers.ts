/** How far each side of an association has come with its record numbers, epoch by epoch, while records are read. */
import type { Side } from './record-table.ts';

export class SentNumbers {
  /** Last number that each side wrote in the epochs that nearly every association has; -1 for none. */
  #client0 = -1;
  #server0 = -1;
  #client1 = -1;
  #server1 = -1;
  /** In others, by epoch * 2 + side; null where there are none. */
  #later: Map<number, number> | null = null;
  #rise = true;

  /**
   * Every record has a number that can be read, and each is higher than those before it of the same sender and epoch:
   * then none is a copy, and none came late.
   */
  get rise(): boolean {
    return this.#rise;
  }

  last(side: Side, epoch: number): number | undefined {
    const last = this.#last(side, epoch);
    return last < 0 ? undefined : last;
  }

  note(side: Side, epoch: number, sequenceNumber: number): void {
    if (sequenceNumber <= this.#last(side, epoch)) this.#rise = false;
    else if (epoch === 0 && side === 0) this.#client0 = sequenceNumber;
    else if (epoch === 0) this.#server0 = sequenceNumber;
    else if (epoch === 1 && side === 0) this.#client1 = sequenceNumber;
    else if (epoch === 1) this.#server1 = sequenceNumber;
    else {
      this.#later ??= new Map();
      this.#later.set(epoch * 2 + side, sequenceNumber);
    }
  }

  /** A record whose number cannot be read, or is that of another. */
  noteHidden(): void {
    this.#rise = false;
  }

  #last(side: Side, epoch: number): number {
    if (epoch === 0) return side === 0 ? this.#client0 : this.#server0;
    if (epoch === 1) return side === 0 ? this.#client1 : this.#server1;
    return this.#later?.get(epoch * 2 + side) ?? -1;
  }
}
