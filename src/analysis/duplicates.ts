/** Records that came twice as they are: same sender, epoch, number and bytes. No sender does that on purpose (RFC 6347 §4.1). */

import { sameBytes } from '../wire/text.ts';
import type { RecordList } from './record-list.ts';
import { MARK, type RecordTable } from './record-table.ts';

/** The bytes of the record at an index, header included. */
export type RecordBytes = (index: number) => Uint8Array;

/** Marks the later of two identical records of one association as a duplicate of the earlier; who made it is told later. */
export function markDuplicates(records: RecordList, table: RecordTable, bytes: RecordBytes): void {
  const c = table.columns;
  /** The first record with a number, by epoch and sender. Few numbers come twice, so few records are read whole. */
  const numbered = new Map<number, Map<number, number>>();
  const seen = new Map<string, number>();
  for (const index of records) {
    const stream = (c.epoch[index] ?? 0) * 2 + (c.side[index] ?? 0);
    const hidden = Number.isNaN(c.sequenceNumber.get(index));
    const number = hidden ? -1 - table.head(index) : c.sequenceNumber.get(index);
    const numbers = numbered.get(stream) ?? new Map<number, number>();
    numbered.set(stream, numbers);
    const first = numbers.get(number);
    if (first === undefined) {
      numbers.set(number, index);
      continue;
    }
    // What is read holds only until the next is.
    const [whole, before] = [bytes(index).slice(), bytes(first).slice()];
    const keyOf = (content: Uint8Array) => `${stream} ${number} ${checksum(content)}`;
    // Of a number that comes again the first record is noted now, unless an equal one was.
    const firstKey = keyOf(before);
    if (!seen.has(firstKey)) seen.set(firstKey, first);
    const key = keyOf(whole);
    const original = seen.get(key);
    if (original === undefined) seen.set(key, index);
    else if (sameBytes(bytes(original), whole)) {
      c.mark[index] = MARK.duplicate;
      c.repeats.set(index, original + 1);
    }
  }
}

/** Where the number is hidden, so much of a record tells it from others. */
const HEAD_BYTES = 32;

/** What the first bytes of the record add up to that lies in `bytes` from `from` to `to`. */
export function headOf(bytes: Uint8Array, from: number, to: number): number {
  return checksum(bytes, from, Math.min(to, from + HEAD_BYTES));
}

/** FNV-1a, as a whole number from 0: tells apart what is different, nearly always; what looks the same is then compared. */
function checksum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

/**
 * Marks records that arrived after a later one of the same sender and epoch. HelloVerifyRequest and HelloRetryRequest
 * carry a number copied from the ClientHello (RFC 6347 §4.2.1) and say nothing about order.
 */
export function markReordered(records: RecordList, table: RecordTable, copiesNumber: (index: number) => boolean): void {
  const c = table.columns;
  const highest = new Map<number, number>();
  for (const index of records) {
    if (c.mark[index] === MARK.duplicate || copiesNumber(index)) continue;
    const key = (c.epoch[index] ?? 0) * 2 + (c.side[index] ?? 0);
    const number = c.sequenceNumber.get(index);
    if (Number.isNaN(number)) continue;
    const before = highest.get(key) ?? -1;
    if (number > before) highest.set(key, number);
    else if (c.mark[index] === MARK.original && number < before) c.mark[index] = MARK.reordered;
  }
}
