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
  firstNs: bigint;
  lastNs: bigint;
  firstPacket: number;
  lastPacket: number;
  largest: number;
  largestPacket: number;

  constructor(packet: number, timeNs: bigint, length: number) {
    this.firstNs = this.lastNs = timeNs;
    this.firstPacket = this.lastPacket = this.largestPacket = packet;
    this.largest = length;
  }

  see(packet: number, timeNs: bigint, length: number): void {
    this.datagrams++;
    if (timeNs >= this.lastNs) {
      this.lastNs = timeNs;
      this.lastPacket = packet;
    } else if (timeNs < this.firstNs) {
      this.firstNs = timeNs;
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
  readonly kinds: Kind[] = [];
  readonly #counters: [Counter | null, Counter | null][] = [];

  see(kind: Kind, direction: Direction, packet: number, timeNs: bigint, length: number): void {
    const pair = this.#counters[this.kinds.indexOf(kind)];
    const counter = pair?.[direction];
    if (counter) {
      counter.see(packet, timeNs, length);
      return;
    }
    const first = new Counter(packet, timeNs, length);
    if (pair) {
      pair[direction] = first;
      return;
    }
    this.kinds.push(kind);
    this.#counters.push(direction === 0 ? [first, null] : [null, first]);
  }

  /** Takes over what was counted elsewhere; nothing of this kind and direction must have been counted here. */
  put(kind: Kind, direction: Direction, flow: Flow): void {
    const counter = new Counter(flow.firstPacket, flow.firstNs, flow.largest);
    Object.assign(counter, flow);
    const pair = this.#counters[this.kinds.indexOf(kind)];
    if (pair) pair[direction] = counter;
    else {
      this.kinds.push(kind);
      this.#counters.push(direction === 0 ? [counter, null] : [null, counter]);
    }
  }

  of(kind: Kind): FlowPair {
    return this.#counters[this.kinds.indexOf(kind)] ?? NO_FLOWS;
  }

  has(kind: Kind): boolean {
    return this.kinds.includes(kind);
  }
}
