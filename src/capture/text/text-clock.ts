/** Turns the stamps of a text into times, without making up what it does not tell. */
import type { CaptureTimes } from '../container.ts';
import type { Stamp } from './block.ts';

const HALF_DAY = 43_200;
const DAY = 86_400;

export class TextClock {
  seconds = 0;
  nanoseconds = 0;
  #days = 0;
  #last: Stamp | null = null;
  #digits = 0;
  #first: bigint | null = null;
  #latest: bigint | null = null;
  #timed = 0;
  #untimed = 0;

  /** A packet without a stamp of its own came when the last stamp was written. */
  see(stamp: Stamp | null): void {
    if (!stamp) {
      this.#untimed++;
      return;
    }
    this.#timed++;
    // A time of day that falls far back has passed midnight.
    if (stamp.since === 'clock' && this.#last?.since === 'clock' && stamp.seconds < this.#last.seconds - HALF_DAY) {
      this.#days++;
    }
    this.#last = stamp;
    this.#digits = Math.max(this.#digits, stamp.digits);
    this.seconds = stamp.seconds + (stamp.since === 'clock' ? this.#days * DAY : 0);
    this.nanoseconds = stamp.nanoseconds;
    const now = this.timeNs;
    if (this.#first === null || now < this.#first) this.#first = now;
    if (this.#latest === null || now > this.#latest) this.#latest = now;
  }

  get timeNs(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanoseconds);
  }

  span(): CaptureTimes {
    return { firstTimeNs: this.#first, lastTimeNs: this.#latest, timeDigits: this.#digits };
  }

  /** Whole sentences on what the times lack. */
  get remarks(): readonly string[] {
    if (this.#timed === 0) return ['The text has no times: all datagrams are shown at 0.'];
    const remarks: string[] = [];
    if (this.#untimed > 0) {
      remarks.push(
        `${this.#untimed} of the datagrams have no time in the text: they are shown at the time before them.`,
      );
    }
    if (this.#last?.since === 'clock')
      remarks.push('The text has times without a date: they are shown as of 1970-01-01.');
    if (this.#last?.since === 'start')
      remarks.push('The text has times since its beginning only: they are shown as of 1970-01-01.');
    return remarks;
  }
}
