/** The records of each association, as parts of one column. */
import { NO_ASSOCIATION, type RecordTable } from './record-table.ts';

/** Indexes of records, ascending: what arrays of numbers and parts of a column have in common. */
export interface RecordList extends Iterable<number> {
  readonly length: number;
  readonly [place: number]: number;
  at(place: number): number | undefined;
  some(test: (record: number) => boolean): boolean;
  find(test: (record: number) => boolean): number | undefined;
  findLast(test: (record: number) => boolean): number | undefined;
  filter(test: (record: number) => boolean): RecordList;
  slice(from: number, to?: number): RecordList;
}

export const NO_RECORDS: RecordList = new Uint32Array();

/** By index of the association. Made at once when all records were read: lists that grow would take several times as much. */
export function recordLists({ columns, count }: RecordTable, associations: number): readonly RecordList[] {
  /** Of each association the place behind its last record, once all before it were counted. */
  const ends = new Uint32Array(associations);
  for (let record = 0; record < count; record++) {
    const association = columns.association[record] ?? NO_ASSOCIATION;
    if (association < associations) ends[association] = (ends[association] ?? 0) + 1;
  }
  for (let i = 1; i < associations; i++) ends[i] = (ends[i] ?? 0) + (ends[i - 1] ?? 0);
  const all = new Uint32Array(ends.at(-1) ?? 0);
  const begins = ends.slice();
  for (let record = count - 1; record >= 0; record--) {
    const association = columns.association[record] ?? NO_ASSOCIATION;
    if (association >= associations) continue;
    const place = (begins[association] ?? 0) - 1;
    all[place] = record;
    begins[association] = place;
  }
  return Array.from(ends, (end, i) => all.subarray(begins[i], end));
}
