/** Sums over the records of every association, side and epoch, as columns of numbers; filled in one pass over the table. */
import { NO_ASSOCIATION, NONE, type RecordTable, type Side, STATE } from './record-table.ts';
import type { Stream } from './streams.ts';

interface Columns {
  /** Row of the association that was begun before; `NONE` for its first. */
  readonly next: Uint32Array;
  readonly side: Uint8Array;
  readonly epoch: Uint16Array;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly records: Uint32Array;
  readonly numbered: Uint32Array;
  readonly unproven: Uint32Array;
  readonly decrypted: Uint32Array;
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  /** 1 where a number was not greater than all before it. */
  readonly unordered: Uint8Array;
}

const allocate = (rows: number): Columns => ({
  next: new Uint32Array(rows),
  side: new Uint8Array(rows),
  epoch: new Uint16Array(rows),
  first: new Uint32Array(rows),
  last: new Uint32Array(rows),
  from: new Uint32Array(rows),
  to: new Uint32Array(rows),
  records: new Uint32Array(rows),
  numbered: new Uint32Array(rows),
  unproven: new Uint32Array(rows),
  decrypted: new Uint32Array(rows),
  lowest: new Float64Array(rows),
  highest: new Float64Array(rows),
  unordered: new Uint8Array(rows),
});

const STATES = 4;
const MARKS = 4;
/** 0 for none, and those of REASONS. */
const REASONS = 8;
const COUNTS = STATES + MARKS + REASONS;
const EPOCHS = 0x10000;

/** How many records of an association have each state, mark and reason, by their numbers in the record table. */
export interface Counts {
  readonly total: number;
  state(state: number): number;
  mark(mark: number): number;
  reason(reason: number): number;
  /** The longest time between two records. */
  readonly longestPauseMs: number;
}

export class SumTable {
  #columns = allocate(1024);
  #rows = 0;
  /** By association: its newest row. */
  readonly #newest: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #totals: Uint32Array;
  readonly #pauses: Float64Array;
  readonly #late = new Map<number, number[]>();

  /** @param isUnproven whether the number of this record of an association is not to be relied on. */
  constructor(
    table: RecordTable,
    associations: number,
    timeMs: (record: number) => number,
    isUnproven: (association: number, record: number) => boolean,
  ) {
    this.#newest = new Uint32Array(associations).fill(NONE);
    this.#counts = new Uint32Array(associations * COUNTS);
    this.#totals = new Uint32Array(associations);
    this.#pauses = new Float64Array(associations);
    this.#sum(table, timeMs, isUnproven);
  }

  counts(association: number): Counts {
    const at = (offset: number, place: number) => this.#counts[association * COUNTS + offset + place] ?? 0;
    return {
      total: this.#totals[association] ?? 0,
      state: (state) => at(0, state),
      mark: (mark) => at(STATES, mark),
      reason: (reason) => at(STATES + MARKS, reason),
      longestPauseMs: this.#pauses[association] ?? 0,
    };
  }

  streamsOf(association: number): Stream[] {
    const c = this.#columns;
    const streams: Stream[] = [];
    for (let row = this.#newest[association] ?? NONE; row !== NONE; row = c.next[row] ?? NONE)
      streams.push({
        side: c.side[row] === 0 ? 0 : 1,
        epoch: c.epoch[row] ?? 0,
        first: c.first[row] ?? 0,
        last: c.last[row] ?? 0,
        records: c.records[row] ?? 0,
        from: c.from[row] ?? 0,
        to: c.to[row] ?? 0,
        numbered: c.numbered[row] ?? 0,
        lowest: c.lowest[row] ?? 0,
        highest: c.highest[row] ?? 0,
        ascending: c.unordered[row] === 0,
        unproven: c.unproven[row] ?? 0,
        decrypted: c.decrypted[row] ?? 0,
        late: this.#late.get(row) ?? [],
      });
    return streams;
  }

  #sum(
    table: RecordTable,
    timeMs: (record: number) => number,
    isUnproven: (association: number, record: number) => boolean,
  ): void {
    const c = table.columns;
    const [newest, counts, totals] = [this.#newest, this.#counts, this.#totals];
    /** By association and side: the row of its last record. */
    const current = new Uint32Array(newest.length * 2).fill(NONE);
    /** And the highest epoch so far. */
    const reached = new Uint16Array(newest.length * 2);
    const rows = new Map<number, number>();
    const lastMs = new Float64Array(newest.length);
    for (let record = 0; record < table.count; record++) {
      const association = c.association[record] ?? NO_ASSOCIATION;
      if (association >= newest.length) continue;
      const side: Side = c.side[record] === 0 ? 0 : 1;
      const epoch = c.epoch[record] ?? 0;
      const state = c.state[record] ?? 0;
      const writer = association * 2 + side;
      const place = totals[association] ?? 0;
      totals[association] = place + 1;
      const nowMs = timeMs(record);
      const pauseMs = place === 0 ? 0 : nowMs - (lastMs[association] ?? 0);
      if (pauseMs > (this.#pauses[association] ?? 0)) this.#pauses[association] = pauseMs;
      lastMs[association] = nowMs;
      const count = association * COUNTS;
      addOne(counts, count + state);
      addOne(counts, count + STATES + (c.mark[record] ?? 0));
      addOne(counts, count + STATES + MARKS + (c.reason[record] ?? 0));
      let row = current[writer] ?? NONE;
      if (row === NONE || this.#columns.epoch[row] !== epoch) {
        const key = writer * EPOCHS + epoch;
        row = rows.get(key) ?? NONE;
        if (row === NONE) {
          row = this.#begin(association, side, epoch, record, place);
          rows.set(key, row);
        }
        current[writer] = row;
        if (epoch >= (reached[writer] ?? 0)) reached[writer] = epoch;
      }
      if (epoch < (reached[writer] ?? 0)) this.#noteLate(row, record);
      const sums = this.#columns;
      sums.last[row] = record;
      sums.to[row] = place;
      addOne(sums.records, row);
      if (state === STATE.decrypted) addOne(sums.decrypted, row);
      const number = c.sequenceNumber.get(record);
      if (Number.isNaN(number)) continue;
      if (isUnproven(association, record)) addOne(sums.unproven, row);
      const numbered = sums.numbered[row] ?? 0;
      sums.numbered[row] = numbered + 1;
      if (numbered === 0) sums.lowest[row] = sums.highest[row] = number;
      else if (number > (sums.highest[row] ?? 0)) sums.highest[row] = number;
      else {
        sums.unordered[row] = 1;
        if (number < (sums.lowest[row] ?? 0)) sums.lowest[row] = number;
      }
    }
  }

  #noteLate(row: number, record: number): void {
    const late = this.#late.get(row);
    if (late) late.push(record);
    else this.#late.set(row, [record]);
  }

  #begin(association: number, side: Side, epoch: number, record: number, place: number): number {
    const row = this.#rows++;
    if (row >= this.#columns.side.length) this.#grow();
    const c = this.#columns;
    c.next[row] = this.#newest[association] ?? NONE;
    this.#newest[association] = row;
    c.side[row] = side;
    c.epoch[row] = epoch;
    c.first[row] = record;
    c.from[row] = place;
    return row;
  }

  #grow(): void {
    const old = this.#columns;
    const columns = allocate(old.side.length * 2);
    for (const key of Object.keys(old) as (keyof Columns)[]) columns[key].set(old[key]);
    this.#columns = columns;
  }
}

function addOne(column: Uint32Array, at: number): void {
  column[at] = (column[at] ?? 0) + 1;
}
