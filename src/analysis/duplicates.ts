/** Records that came twice as they are: same sender, epoch, number and bytes. No sender does that on purpose (RFC 6347 §4.1). */
import { MARK, type RecordTable } from './record-table.ts';

/** The bytes of the record at an index, header included. */
export type RecordBytes = (index: number) => Uint8Array;

/** Marks the later of two identical records of one association as a duplicate of the earlier. */
export function markDuplicates(records: readonly number[], table: RecordTable, bytes: RecordBytes): void {
  const c = table.columns;
  const seen = new Map<string, number[]>();
  for (const index of records) {
    const key = `${c.side[index]} ${c.epoch[index]} ${c.sequenceNumber[index]} ${c.contentType[index]} ${c.length[index]}`;
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, [index]);
      continue;
    }
    const original = earlier.find((i) => same(bytes(i), bytes(index)));
    if (original === undefined) {
      if (earlier.length < MAX_VARIANTS) earlier.push(index);
      continue;
    }
    c.mark[index] = MARK.duplicate;
    c.repeats[index] = original + 1;
  }
}

/** Different records under one number that are remembered for comparison. */
const MAX_VARIANTS = 8;

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * Marks records that arrived after a later one of the same sender and epoch. HelloVerifyRequest and the first
 * ServerHello carry a number copied from the ClientHello (RFC 6347 §4.2.1) and say nothing about order.
 */
export function markReordered(
  records: readonly number[],
  table: RecordTable,
  copiesNumber: (index: number) => boolean,
): void {
  const c = table.columns;
  const highest = new Map<number, number>();
  for (const index of records) {
    if (c.mark[index] === MARK.duplicate || copiesNumber(index)) continue;
    const key = (c.epoch[index] ?? 0) * 2 + (c.side[index] ?? 0);
    const number = c.sequenceNumber[index] ?? 0;
    const before = highest.get(key) ?? -1;
    if (number > before) highest.set(key, number);
    else if (c.mark[index] === MARK.original && number < before) c.mark[index] = MARK.reordered;
  }
}
