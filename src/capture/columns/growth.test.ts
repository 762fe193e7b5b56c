/** Room for the rows of a table, while the file is read that they come from. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roomFor } from './growth.ts';

/** How often a table is copied until it holds so many rows, which lie evenly in the input. */
function copies(rows: number, knowsSize: boolean): number {
  let [room, times] = [0, 0];
  for (; room < rows; times++) room = roomFor(room, knowsSize ? room / rows : null);
  return times;
}

test('a long table is copied while it is short, and then no more', () => {
  expect(copies(3_000_000, true)).toBeLessThanOrEqual(4);
  expect(roomFor(4096, 4096 / 3_000_000)).toBeGreaterThan(3_000_000);
});

test('without the size of the input it grows by half each time', () => {
  expect(roomFor(100_000, null)).toBe(150_000);
  expect(copies(3_000_000, false)).toBeLessThan(24);
});

test('a few rows tell nothing of what is to come', () => {
  expect(roomFor(0, 0.000_001)).toBe(1024);
  expect(roomFor(2048, 0.000_001)).toBe(4096);
});

test('rows that lie close at the beginning of a huge file do not take room for as many all through it', () => {
  expect(roomFor(10_000, 1e-9)).toBe(4_000_000);
  expect(roomFor(10_000_000, 1e-9)).toBe(20_000_000);
});

describe('whatever is told of the input', () => {
  const share = fc.option(fc.double({ min: -1, max: 4 }));
  const rows = fc.nat(1e8);

  test('there is room for more, so that growing ends', () => {
    fc.assert(
      fc.property(rows, share, (n, part) => {
        expect(roomFor(n, part)).toBeGreaterThanOrEqual(n * 1.25);
      }),
    );
  });

  test('and never for more than four million or twice what is there', () => {
    fc.assert(
      fc.property(rows, share, (n, part) => {
        expect(roomFor(n, part)).toBeLessThanOrEqual(Math.max(4_000_000, n * 2));
      }),
    );
  });
});
