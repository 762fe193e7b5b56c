/** Columns that take less room than their numbers would: each number is read as it was written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NarrowColumn } from './narrow-column.ts';
import { NearColumn } from './near-column.ts';
import { SparseColumn } from './sparse-column.ts';

const ROWS = 200;
const row = fc.nat(ROWS - 1);
/** Small ones, large ones, and those at the edges between. */
const number = fc.oneof(
  fc.nat(300),
  fc.constantFrom(0, 0xfe, 0xff, 0x100, 0xfffe, 0xffff, 0x1_0000, 0xffff_fffe, 0xffff_ffff),
  fc.nat(0xffff_ffff),
);
const writes = fc.array(fc.tuple(row, number), { maxLength: 100 });

describe('a column with few numbers', () => {
  test('has 0 in every other row', () => {
    const column = new SparseColumn();
    column.set(100_000, 7);
    expect([99_999, 100_000, 100_001, 0, 5_000_000].map((r) => column.get(r))).toEqual([0, 7, 0, 0, 0]);
  });

  test('holds what was written last in each row', () => {
    fc.assert(
      fc.property(writes, (written) => {
        const column = new SparseColumn();
        for (const [r, value] of written) column.set(r, value);
        const last = new Map(written);
        const read = Array.from({ length: ROWS }, (_, r) => column.get(r));
        expect(read).toEqual(read.map((_, r) => last.get(r) ?? 0));
      }),
    );
  });
});

describe.each([1, 2] as const)('a column of numbers of %i bytes mostly', (bytes) => {
  test('holds longer ones too, whatever stood there before', () => {
    fc.assert(
      fc.property(writes, (written) => {
        const column = new NarrowColumn(bytes);
        column.makeRoom(ROWS);
        for (const [r, value] of written) column.set(r, value);
        const last = new Map(written);
        const read = Array.from({ length: ROWS }, (_, r) => column.get(r));
        expect(read).toEqual(read.map((_, r) => last.get(r) ?? 0));
      }),
    );
  });

  test('keeps them when room is made', () => {
    const column = new NarrowColumn(bytes);
    column.makeRoom(1);
    column.set(0, 0x1_0000);
    column.makeRoom(2);
    column.set(1, 3);
    expect([column.get(0), column.get(1), column.get(2)]).toEqual([0x1_0000, 3, 0]);
  });
});

describe.each([2, 4] as const)('a column of distances of %i bytes', (bytes) => {
  const filled = (numbers: readonly number[]) => {
    const column = new NearColumn(bytes);
    for (const [r, value] of numbers.entries()) {
      if (r % 100 === 0) column.makeRoom(r + 100);
      column.add(r, value);
    }
    return column;
  };

  test('holds numbers that rise, however far', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), (steps) => {
        let sum = 0;
        const numbers = steps.map((step) => {
          sum += step;
          return sum;
        });
        const column = filled(numbers);
        expect(numbers.map((_, r) => column.get(r))).toEqual(numbers);
      }),
    );
  });

  test('and those that do not', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(Number.MAX_SAFE_INTEGER), { maxLength: 300 }), (numbers) => {
        const column = filled(numbers);
        expect(numbers.map((_, r) => column.get(r))).toEqual(numbers);
      }),
    );
  });

  test('and those at the edge of what a distance can be', () => {
    const furthest = 256 ** bytes - 1;
    const numbers = [5, 5 + furthest, 5 + furthest, 5 + furthest + 1, 4, 6];
    const column = filled(numbers);
    expect(numbers.map((_, r) => column.get(r))).toEqual(numbers);
  });

  test('negative ones too: a packet may be older than the first of its file', () => {
    const column = filled([-5_000_000_000, -4_999_999_999, 0, 7]);
    expect([0, 1, 2, 3].map((r) => column.get(r))).toEqual([-5_000_000_000, -4_999_999_999, 0, 7]);
  });
});
