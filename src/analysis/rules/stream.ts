/** What one side sent in one epoch: how much, and what its record numbers say. Records are indices of the trace. */
import type { RecordList } from '../record-list.ts';
import { REASONS, type RecordTable, type Side } from '../record-table.ts';

/** In the column of reasons: keys are there, and the record does not fit them. */
export const UNAUTHENTIC = REASONS.indexOf('authentication-failed') + 1;

export class Stream {
  readonly side: Side;
  readonly epoch: number;
  /** How many are no copies, made by the network or the capture. */
  originals = 0;
  first: number | null = null;
  /** Of those that are no copies; null where there are only copies. */
  firstOriginal: number | null = null;
  lastOriginal: number | null = null;
  /** The first that says something about order: numbered, no copy, whole and authentic. */
  firstNumbered: number | null = null;
  /** Two of those that say something about order have one number. */
  repeatsNumber = false;
  /** How many have no number, as record number encryption hides it. */
  unnumbered = 0;
  /** By how much a number lies above all before it, at most. */
  furthestJump = 0;
  /** Of all numbers, whoever wrote them. */
  #highest = Number.NaN;
  /** Of those that say something about order: numbers above all before them, and the others. */
  readonly #rising: number[] = [];
  #late: Set<number> | null = null;
  readonly #lists: StreamLists;

  constructor(side: Side, epoch: number, lists: StreamLists) {
    this.side = side;
    this.epoch = epoch;
    this.#lists = lists;
  }

  /** In order of capture; most rules need not list them. */
  get records(): readonly number[] {
    return this.#lists.of(this);
  }

  /** Takes in the next record; `number` is NaN where it is hidden. */
  add(record: number, number: number, isCopy: boolean, isWhole: boolean): void {
    this.first ??= record;
    if (!isCopy) {
      this.originals++;
      this.firstOriginal ??= record;
      this.lastOriginal = record;
    }
    if (Number.isNaN(number)) {
      this.unnumbered++;
      return;
    }
    // The first number is above none.
    if (number - this.#highest > this.furthestJump) this.furthestJump = number - this.#highest;
    if (!(number <= this.#highest)) this.#highest = number;
    if (isCopy || !isWhole) return;
    this.firstNumbered ??= record;
    if (!this.repeatsNumber && this.#hasCome(number)) this.repeatsNumber = true;
  }

  /** Numbers mostly rise: only a late one has to be looked for. */
  #hasCome(number: number): boolean {
    const rising = this.#rising;
    if (rising.length === 0 || number > (rising[rising.length - 1] ?? 0)) {
      rising.push(number);
      return false;
    }
    let [low, high] = [0, rising.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rising[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    if (rising[low] === number || this.#late?.has(number)) return true;
    this.#late ??= new Set();
    this.#late.add(number);
    return false;
  }
}

/** The records of all streams of an association, listed together when one of the lists is asked for. */
export class StreamLists {
  readonly #records: RecordList;
  readonly #table: RecordTable;
  #lists: ReadonlyMap<number, readonly number[]> | null = null;

  constructor(records: RecordList, table: RecordTable) {
    this.#records = records;
    this.#table = table;
  }

  of({ side, epoch }: Pick<Stream, 'side' | 'epoch'>): readonly number[] {
    this.#lists ??= this.#listed();
    return this.#lists.get(keyOf(side, epoch)) ?? [];
  }

  #listed(): ReadonlyMap<number, readonly number[]> {
    const { side, epoch } = this.#table.columns;
    const lists = new Map<number, number[]>();
    for (const record of this.#records) {
      const key = keyOf(side[record] === 1 ? 1 : 0, epoch[record] ?? 0);
      const list = lists.get(key);
      if (list) list.push(record);
      else lists.set(key, [record]);
    }
    return lists;
  }
}

/** One number for what one side sent in one epoch. */
export const keyOf = (side: Side, epoch: number): number => epoch * 2 + side;
