/** Long work in turns with the event loop, so that messages that wait outside are heard: among them what is cancelled. */

export interface Clock {
  readonly now: () => number;
  /** Lets the event loop run once. */
  readonly pause: () => Promise<void>;
}

const PAUSE_EVERY_MS = 30;
export const PROGRESS_EVERY_MS = 100;

export class Turns {
  readonly #clock: Clock;
  readonly #cancelled = new Set<number>();
  #pausedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  cancel(job: number): void {
    this.#cancelled.add(job);
  }

  isCancelled(job: number): boolean {
    return this.#cancelled.has(job);
  }

  /** It has been answered. */
  forget(job: number): void {
    this.#cancelled.delete(job);
  }

  /** Hears at once what waits outside. */
  listen(): Promise<void> {
    return this.#clock.pause();
  }

  /** The same, unless that was a moment ago. */
  async breathe(): Promise<void> {
    if (!this.#isDue) return;
    await this.#clock.pause();
    this.#pausedAt = this.now();
  }

  /** @param tell is told now and then how far it is. @returns false where it was cancelled. */
  async inSteps<T>(job: number, steps: Iterable<T>, tell: (step: T) => void): Promise<boolean> {
    let lastTold = this.now();
    for (const step of steps) {
      if (!this.#isDue) continue;
      if (this.now() - lastTold >= PROGRESS_EVERY_MS) {
        lastTold = this.now();
        tell(step);
      }
      await this.breathe();
      if (this.isCancelled(job)) return false;
    }
    return true;
  }

  get #isDue(): boolean {
    return this.now() - this.#pausedAt >= PAUSE_EVERY_MS;
  }
}
