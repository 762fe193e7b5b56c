/** The list of what is wrong with a file, kept short however damaged the file is. */
import type { CaptureProblem } from './datagram.ts';

/** More than anybody reads. */
const LIMIT = 100;

export class ProblemList {
  readonly #problems: CaptureProblem[] = [];
  readonly #said = new Set<string>();
  #more = 0;

  add(packet: number | null, offset: number, message: string): void {
    if (this.#problems.length < LIMIT) this.#problems.push({ packet, offset, message });
    else this.#more++;
  }

  /** Adds the first problem of each `topic` only. */
  once(topic: string, packet: number | null, offset: number, message: string): void {
    if (this.#said.has(topic)) return;
    this.#said.add(topic);
    this.add(packet, offset, message);
  }

  get list(): readonly CaptureProblem[] {
    if (this.#more === 0) return this.#problems;
    const offset = this.#problems.at(-1)?.offset ?? 0;
    return [...this.#problems, { packet: null, offset, message: `There are ${this.#more} more problems like these.` }];
  }
}
