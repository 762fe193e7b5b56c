import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SentNumbers } from './sent-numbers.ts';

const note = fc.record({
  side: fc.constantFrom(0 as const, 1 as const),
  epoch: fc.constantFrom(0, 1, 2, 65_535),
  number: fc.oneof(fc.nat(5), fc.constantFrom(2 ** 31, 2 ** 48 - 1)),
});

test('the last number of a sender and epoch is the highest one, and a number that is not higher than that ends the rise', () => {
  fc.assert(
    fc.property(fc.array(note), (notes) => {
      const numbers = new SentNumbers();
      const highest = new Map<string, number>();
      let rise = true;
      for (const { side, epoch, number } of notes) {
        numbers.note(side, epoch, number);
        const before = highest.get(`${side} ${epoch}`) ?? -1;
        if (number <= before) rise = false;
        highest.set(`${side} ${epoch}`, Math.max(before, number));
      }
      expect(numbers.rise).toBe(rise);
      for (const side of [0, 1] as const)
        for (const epoch of [0, 1, 2, 3, 65_535])
          expect(numbers.last(side, epoch)).toBe(highest.get(`${side} ${epoch}`));
    }),
  );
});

test('a record whose number cannot be read ends the rise', () => {
  const numbers = new SentNumbers();
  numbers.note(0, 1, 1);
  expect(numbers.rise).toBe(true);
  numbers.noteHidden();
  expect([numbers.rise, numbers.last(0, 1)]).toEqual([false, 1]);
});
