/** Who waits for what comes of a job of the worker. */
export class Awaited<T> {
  readonly #waiting = new Map<number, (answer: T) => void>();

  answerTo(job: number): Promise<T> {
    return new Promise((resolve) => this.#waiting.set(job, resolve));
  }

  has(job: number): boolean {
    return this.#waiting.has(job);
  }

  get jobs(): readonly number[] {
    return [...this.#waiting.keys()];
  }

  /** Nothing, where nobody waits for it. */
  give(job: number, answer: T): void {
    this.#waiting.get(job)?.(answer);
    this.#waiting.delete(job);
  }
}
