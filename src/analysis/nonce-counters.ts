/**
 * How the explicit nonces of AES-GCM and AES-CCM (RFC 5288 §3, RFC 6655 §3) go on from record to record. Nearly every
 * stack counts them up as it counts records, from some start: then a nonce and its record number are always the same
 * distance apart, and a few distances are all that has to be kept to know that no nonce came twice.
 */
import type { Side } from './record-table.ts';

const LENGTH = 8;
const WORD = 2 ** 32;
/** More starts than this are no counters. */
const MOST_STARTS = 8;

/** Nonces that are so far ahead of the record numbers, and the numbers that they came with. */
interface Counter {
  readonly high: number;
  readonly low: number;
  least: number;
  most: number;
}

const NONE: Counter[] = [];
const SIDES: readonly Side[] = [0, 1];

/** What one side wrote in one epoch; null once there were too many starts. */
interface Counting {
  readonly epoch: number;
  counters: Counter[] | null;
}

/** What is known of the nonces of one association. */
export interface Nonces {
  /** False: of these records, if no two have one number, no two have one nonce. True: they have to be looked at. */
  mayShare(side: Side, epoch: number): boolean;
  /** From how many starts these nonces were counted; more than that can be told apart is `Infinity`. */
  starts(side: Side, epoch: number): number;
}

interface Told {
  readonly side: Side;
  readonly epoch: number;
  readonly mayShare: boolean;
  readonly starts: number;
}

/** The same once they were all counted: the counters themselves are of no more use. */
class SettledNonces implements Nonces {
  readonly #told: readonly Told[];

  constructor(told: readonly Told[]) {
    this.#told = told;
  }

  mayShare(side: Side, epoch: number): boolean {
    return this.#told.some((one) => one.side === side && one.epoch === epoch && one.mayShare);
  }

  starts(side: Side, epoch: number): number {
    return this.#told.find((one) => one.side === side && one.epoch === epoch)?.starts ?? 0;
  }
}

export class NonceCounters implements Nonces {
  /** By side: the epoch that it wrote in last. */
  readonly #last: [Counting | null, Counting | null] = [null, null];
  /** Epochs that were left for others; null where there are none, as mostly. */
  #earlier: Map<number, Counting> | null = null;

  /** Takes in a record whose nonce begins at `from`; one that ends before its nonce does says nothing. */
  note(side: Side, epoch: number, sequenceNumber: number, bytes: Uint8Array, from: number, to = bytes.length): void {
    const counting = this.#counting(side, epoch);
    const { counters } = counting;
    if (to - from < LENGTH || counters === null) return;
    const below = wordAt(bytes, from + 4) - (sequenceNumber % WORD);
    const low = below < 0 ? below + WORD : below;
    const above = wordAt(bytes, from) - Math.floor(sequenceNumber / WORD) - (below < 0 ? 1 : 0);
    const high = above < 0 ? above + WORD : above;
    for (const counter of counters) {
      if (counter.low !== low || counter.high !== high) continue;
      if (sequenceNumber < counter.least) counter.least = sequenceNumber;
      if (sequenceNumber > counter.most) counter.most = sequenceNumber;
      return;
    }
    const counter = { high, low, least: sequenceNumber, most: sequenceNumber };
    // A list of one takes no room for more: nearly all count from one start.
    if (counters.length === 0) counting.counters = [counter];
    else if (counters.length < MOST_STARTS) counters.push(counter);
    else counting.counters = null;
  }

  mayShare(side: Side, epoch: number): boolean {
    const counting = this.#known(side, epoch);
    if (!counting) return false;
    return counting.counters === null || (counting.counters.length > 1 && mayMeet(counting.counters));
  }

  starts(side: Side, epoch: number): number {
    const counting = this.#known(side, epoch);
    return counting ? (counting.counters?.length ?? Number.POSITIVE_INFINITY) : 0;
  }

  /** The same in short, once all were noted. Most associations of a trace can share one answer, kept in `known`. */
  settled(known: Map<string, Nonces>): Nonces {
    if (this.#earlier) return this;
    const told = SIDES.flatMap((side) => {
      const epoch = this.#last[side]?.epoch;
      if (epoch === undefined) return [];
      return [{ side, epoch, mayShare: this.mayShare(side, epoch), starts: this.starts(side, epoch) }];
    });
    const text = told.map((one) => `${one.side} ${one.epoch} ${one.mayShare} ${one.starts}`).join();
    const settled = known.get(text) ?? new SettledNonces(told);
    known.set(text, settled);
    return settled;
  }

  #counting(side: Side, epoch: number): Counting {
    const last = this.#last[side];
    if (last?.epoch === epoch) return last;
    const counting = this.#known(side, epoch) ?? { epoch, counters: NONE };
    if (last) {
      this.#earlier ??= new Map();
      this.#earlier.set(last.epoch * 2 + side, last);
    }
    this.#last[side] = counting;
    return counting;
  }

  #known(side: Side, epoch: number): Counting | undefined {
    const last = this.#last[side];
    return last?.epoch === epoch ? last : this.#earlier?.get(epoch * 2 + side);
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

/** Two counters passed over the same nonces, or one over the end of its range. */
function mayMeet(counters: readonly Counter[]): boolean {
  const ranges = counters.map(({ high, low, least, most }) => {
    const start = (BigInt(high) << 32n) | BigInt(low);
    return { from: start + BigInt(least), to: start + BigInt(most) };
  });
  if (ranges.some(({ from, to }) => from >> 64n !== to >> 64n)) return true;
  const inOrder = ranges.map(({ from, to }) => ({ from: BigInt.asUintN(64, from), to: BigInt.asUintN(64, to) }));
  inOrder.sort((x, y) => (x.from < y.from ? -1 : 1));
  return inOrder.some(({ from }, i) => i > 0 && from <= (inOrder[i - 1]?.to ?? 0n));
}
