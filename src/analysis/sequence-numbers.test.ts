/** Record numbers in a column: hidden ones, short ones, and those of many bits. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceNumbers } from './sequence-numbers.ts';

const EDGES = [0, 1, 2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1, Number.MAX_SAFE_INTEGER, 2 ** 63];

const room = (records: number) => {
  const numbers = new SequenceNumbers();
  numbers.makeRoom(records);
  return numbers;
};

test.each(EDGES)('%d is read as it was written', (number) => {
  const numbers = room(2);
  numbers.set(1, number);
  numbers.makeRoom(4);
  expect(numbers.get(1)).toBe(number);
});

test('a hidden one is NaN until it is known', () => {
  const numbers = room(1);
  numbers.set(0, Number.NaN);
  expect(numbers.get(0)).toBeNaN();
  numbers.set(0, 7);
  expect(numbers.get(0)).toBe(7);
});

test('where there is no record there is no number', () => expect(room(1).get(1)).toBeNaN());

test('the last that was written is read, whatever stood there', () => {
  const number = fc.oneof(fc.constantFrom(...EDGES, Number.NaN), fc.nat(), fc.nat(Number.MAX_SAFE_INTEGER));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(99), number)), (written) => {
      const numbers = room(100);
      for (const [record, one] of written) numbers.set(record, one);
      for (const [record, one] of new Map(written)) expect(numbers.get(record)).toBe(one);
    }),
  );
});
