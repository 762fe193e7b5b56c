/** The times of a capture as numbers, so that no large integer is made for each packet. */
import { type Clock, NO_CLOCK, type Packet } from './packet.ts';

/** Where a clock stood when it was first seen. */
interface Base {
  readonly clock: Clock;
  readonly high: number;
  readonly low: number;
  /** Nanoseconds from the origin of the timeline to then. */
  readonly offset: number;
}

/** Differences up to here are exact: 104 days. */
const EXACT_NS = Number.MAX_SAFE_INTEGER;

export class Timeline {
  #originNs: bigint | null = null;
  #base: Base = { clock: NO_CLOCK, high: 0, low: 0, offset: 0 };
  readonly #bases = new Map<Clock, Base>();

  /** When the first packet was captured that was asked for, in nanoseconds since 1970. */
  get originNs(): bigint {
    return this.#originNs ?? 0n;
  }

  /** Nanoseconds from the origin to a packet, a whole number; NaN where it is too far away to be exact. */
  at({ clock, timeHigh, timeLow }: Packet): number {
    const base = clock === this.#base.clock ? this.#base : this.#baseOf(clock, timeHigh, timeLow);
    const ns = base.offset + clock.since(timeHigh, timeLow, base.high, base.low);
    return Math.abs(ns) <= EXACT_NS ? ns : Number.NaN;
  }

  #baseOf(clock: Clock, high: number, low: number): Base {
    let base = this.#bases.get(clock);
    if (!base) {
      const timeNs = clock.nanoseconds(high, low);
      this.#originNs ??= timeNs;
      base = { clock, high, low, offset: Number(timeNs - this.#originNs) };
      this.#bases.set(clock, base);
    }
    this.#base = base;
    return base;
  }
}
