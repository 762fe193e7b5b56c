/** What the two container formats have in common: they are fed chunks of a file and hand on packets. */
import type { Clock, Packet } from './packet.ts';
import type { ProblemList } from './problems.ts';

/** Larger packets than this do not exist; a record that claims more is damage (libpcap itself stops at 256 KiB). */
export const LARGEST_PACKET = 16 * 1024 * 1024;

export interface Container {
  readonly format: 'pcap' | 'pcapng';
  readonly packets: number;
  readonly linkTypes: ReadonlySet<number>;
  /** True once damage makes the rest unreadable. */
  readonly stopped: boolean;
  /** Hands on every packet that is complete by now. */
  feed(chunk: Uint8Array): void;
  /** The file is over; what is left unread is cut short. */
  end(): void;
  /** Earliest and latest packet and the finest clock used; nulls if no packet had a time. */
  times(): CaptureTimes;
}

export interface CaptureTimes {
  readonly firstTimeNs: bigint | null;
  readonly lastTimeNs: bigint | null;
  readonly timeDigits: number;
}

export interface ContainerSink {
  packet(packet: Packet): void;
  keyLog(text: string, where: string): void;
  readonly problems: ProblemList;
}

/** Earliest and latest time on one clock, kept as words so that no bigint is made per packet. */
export class TimeSpan {
  readonly clock: Clock;
  #seen = false;
  #firstHigh = 0;
  #firstLow = 0;
  #lastHigh = 0;
  #lastLow = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  see(high: number, low: number): void {
    if (!this.#seen || high < this.#firstHigh || (high === this.#firstHigh && low < this.#firstLow)) {
      this.#firstHigh = high;
      this.#firstLow = low;
    }
    if (!this.#seen || high > this.#lastHigh || (high === this.#lastHigh && low > this.#lastLow)) {
      this.#lastHigh = high;
      this.#lastLow = low;
    }
    this.#seen = true;
  }

  static join(spans: readonly TimeSpan[]): CaptureTimes {
    let firstTimeNs: bigint | null = null;
    let lastTimeNs: bigint | null = null;
    let timeDigits = 0;
    for (const span of spans) {
      if (!span.#seen) continue;
      const first = span.clock.nanoseconds(span.#firstHigh, span.#firstLow);
      const last = span.clock.nanoseconds(span.#lastHigh, span.#lastLow);
      if (firstTimeNs === null || first < firstTimeNs) firstTimeNs = first;
      if (lastTimeNs === null || last > lastTimeNs) lastTimeNs = last;
      timeDigits = Math.max(timeDigits, span.clock.digits);
    }
    return { firstTimeNs, lastTimeNs, timeDigits: timeDigits || (spans[0]?.clock.digits ?? 6) };
  }
}
