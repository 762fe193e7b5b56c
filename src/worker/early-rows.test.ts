import { expect, test } from 'vitest';
import { earlyAssociation } from '../../test/early-association.ts';
import { EarlyTelling, MOST_EARLY } from './early-rows.ts';
import type { EarlyRows } from './protocol.ts';

const row = (index: number) => earlyAssociation(index + 1);
const early = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
const ranges = (told: readonly EarlyRows[]) => told.map(({ from, rows }) => [from, from + rows.length]);

test('new ones are told once, and again in turn with those that come later', () => {
  const telling = new EarlyTelling();
  expect(ranges(telling.next(0, early))).toEqual([]);
  expect(ranges(telling.next(3, early))).toEqual([[0, 3]]);
  expect(ranges(telling.next(3, early))).toEqual([[0, 3]]);
  expect(ranges(telling.next(5, early))).toEqual([
    [3, 5],
    [0, 3],
  ]);
});

test('a message has at most 300, and in the end every row was told', () => {
  const telling = new EarlyTelling();
  const told = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const rows = telling.next(1000, early).flatMap((part) => part.rows);
    expect(rows.length).toBeLessThanOrEqual(300);
    for (const { id } of rows) told.add(id);
  }
  expect(told.size).toBe(1000);
});

test('those that were told grow: all of them come again', () => {
  const telling = new EarlyTelling();
  for (let i = 0; i < 4; i++) telling.next(1000, early);
  const again = new Set(
    [0, 1, 2, 3].flatMap(() => telling.next(1000, early).flatMap((part) => part.rows)).map((a) => a.id),
  );
  expect(again.size).toBe(1000);
});

test('of very many only the first are told', () => {
  const telling = new EarlyTelling();
  const told = new Set<string>();
  for (let i = 0; i < 100; i++)
    for (const { rows } of telling.next(13_000, early)) for (const { id } of rows) told.add(id);
  expect(told.size).toBe(MOST_EARLY);
});
