import { expect, test } from 'vitest';
import { earlyAssociation } from '../../test/early-association.ts';
import type { Association, TraceSummary } from '../analysis/trace.ts';
import { isList, placed, sameRow } from './early.ts';
import { EMPTY_TRACE } from './store/trace.ts';

const row = earlyAssociation;

test('new rows come behind the others, and rows that grew take the place they had', () => {
  const before = [row(1, 1000), row(2, 1001)];
  const after = placed(before, [
    { from: 2, rows: [row(3, 1002)] },
    { from: 0, rows: [row(1, 1000, 9)] },
  ]);
  expect(after.map(({ id, records }) => `${id} ${records.total}`)).toEqual(['a1 9', 'a2 1', 'a3 1']);
  expect(before[0]?.records.total).toBe(1);
});

test('one association is no list', () => {
  expect(isList([row(1, 1000)])).toBe(false);
  expect(isList([row(1, 1000), row(2, 1001)])).toBe(true);
});

test('a row is found again by its number, but only where its ends are the same', () => {
  const associations = [row(1, 1000), row(2, 1001)] as unknown as Association[];
  const trace: TraceSummary = { ...EMPTY_TRACE, associations };
  expect(sameRow(row(2, 1001), trace)?.id).toBe('a2');
  expect(sameRow(row(2, 1000), trace)).toBeNull();
  expect(sameRow(row(3, 1002), trace)).toBeNull();
});
