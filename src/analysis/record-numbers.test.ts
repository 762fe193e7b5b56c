import { expect, test } from 'vitest';
import { RecordNumbers } from './record-numbers.ts';
import { RecordTable, type Side } from './record-table.ts';

function recordsOf(...records: readonly (readonly [side: Side, epoch: number, sequenceNumber: number])[]) {
  const table = new RecordTable();
  const indexes = records.map(([side, epoch, sequenceNumber]) => {
    const other = { datagram: 0, from: 0, length: 40, contentType: 22, version: 0, cid: 0 };
    const index = table.add({ ...other, epoch, sequenceNumber });
    table.columns.side[index] = side;
    return index;
  });
  return new RecordNumbers(table, indexes);
}

const HIDDEN = Number.NaN;

test('a record is found by its sender, epoch and number', () => {
  const numbers = recordsOf([0, 2, 0], [1, 2, 0], [1, 3, 0], [1, 3, 2 ** 47]);
  expect(numbers.find(0, 2, 0)).toBe(0);
  expect(numbers.find(1, 2, 0)).toBe(1);
  expect(numbers.find(1, 3, 0)).toBe(2);
  expect(numbers.find(1, 3, 2 ** 47)).toBe(3);
});

test('of copies the first counts, and what has no such number is not there', () => {
  const numbers = recordsOf([0, 2, 7], [0, 2, 7], [0, 2, HIDDEN]);
  expect(numbers.find(0, 2, 7)).toBe(0);
  expect(numbers.find(0, 2, HIDDEN)).toBeNull();
  expect(numbers.find(1, 2, 7)).toBeNull();
  expect(numbers.find(0, 3, 7)).toBeNull();
});
