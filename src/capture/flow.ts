/** How much of one kind of traffic went each way, and when: numbers only, whatever the size of the capture. */

export interface Flow {
  readonly datagrams: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** 1-based numbers of the packets. */
  readonly firstPacket: number;
  readonly lastPacket: number;
  /** Payload bytes of the largest one on the wire, and its packet. */
  readonly largest: number;
  readonly largestPacket: number;
}

/** From the first endpoint to the second, and back; null where there was none. */
export type FlowPair = readonly [Flow | null, Flow | null];
export type Direction = 0 | 1;

export const NO_FLOWS: FlowPair = [null, null];

class Counter implements Flow {
  datagrams = 1;
  firstPacket: number;
  lastPacket: number;
  largest: number;
  largestPacket: number;
  /** Times are nanoseconds since this one, so that no large integer is made for each datagram. */
  readonly #originNs: bigint;
  #firstAt: number;
  #lastAt: number;

  constructor(packet: number, originNs: bigint, at: number, length: number) {
    this.#originNs = originNs;
    this.#firstAt = this.#lastAt = at;
    this.firstPacket = this.lastPacket = this.largestPacket = packet;
    this.largest = length;
  }

  get firstNs(): bigint {
    return this.#originNs + BigInt(this.#firstAt);
  }

  get lastNs(): bigint {
    return this.#originNs + BigInt(this.#lastAt);
  }

  see(packet: number, originNs: bigint, at: number, length: number): void {
    this.datagrams++;
    const ns = originNs === this.#originNs ? at : Number(originNs - this.#originNs) + at;
    if (ns >= this.#lastAt) {
      this.#lastAt = ns;
      this.lastPacket = packet;
    } else if (ns < this.#firstAt) {
      this.#firstAt = ns;
      this.firstPacket = packet;
    }
    if (length > this.largest) {
      this.largest = length;
      this.largestPacket = packet;
    }
  }
}

/** Flows of several kinds between two endpoints. There are few kinds, so a list is searched faster than a map. */
export class Flows<Kind extends string> {
  #kinds: Kind[] = [];
  #counters: [Flow | null, Flow | null][] = [];

  get kinds(): readonly Kind[] {
    return this.#kinds;
  }

  see(kind: Kind, direction: Direction, packet: number, timeNs: bigint, length: number): void {
    this.seeAt(kind, direction, packet, timeNs, 0, length);
  }

  /** `at` is the time in whole nanoseconds since `originNs`, less than 2^53 of them. */
  seeAt(kind: Kind, direction: Direction, packet: number, originNs: bigint, at: number, length: number): void {
    const counter = this.#counters[this.#kinds.indexOf(kind)]?.[direction];
    if (counter instanceof Counter) counter.see(packet, originNs, at, length);
    else if (!counter) this.put(kind, direction, new Counter(packet, originNs, at, length));
  }

  /** Takes over what was counted elsewhere; nothing of this kind and direction must have been counted here. */
  put(kind: Kind, direction: Direction, flow: Flow): void {
    const known = this.#counters[this.#kinds.indexOf(kind)];
    if (known) {
      known[direction] = flow;
      return;
    }
    const pair: [Flow | null, Flow | null] = direction === 0 ? [flow, null] : [null, flow];
    // Lists of one take no room for more: most flows have one kind.
    if (this.#kinds.length === 0) {
      this.#kinds = [kind];
      this.#counters = [pair];
    } else {
      this.#kinds.push(kind);
      this.#counters.push(pair);
    }
  }

  of(kind: Kind): FlowPair {
    return this.#counters[this.#kinds.indexOf(kind)] ?? NO_FLOWS;
  }

  has(kind: Kind): boolean {
    return this.#kinds.includes(kind);
  }
}
