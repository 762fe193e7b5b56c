import { expect, test } from 'vitest';
import { axisMarks, timeAxis } from './axis-pieces.ts';

const PLACE = { x0: 0, x1: 600, kind: 'magnified' } as const;

test('the last datagram on its way is no silence', () => {
  const axis = timeAxis([0, 1.2, 2.6], 2.611, PLACE);
  expect(axis.pieces.map(({ fromMs, toMs, lens }) => [fromMs, toMs, lens])).toEqual([[0, 2.611, false]]);
  expect(axis.xOf(1.2)).toBeCloseTo((600 * 1.2) / 2.611);
  expect(axisMarks(axis, 0).map(({ text }) => text)).toEqual(['0 ms', '0.5', '1.0', '1.5', '2.0', '2.5']);
});

test('what is silent until the end has its own piece', () => {
  const { pieces } = timeAxis([0, 1, 2], 1002, PLACE);
  expect(pieces.map(({ fromMs, toMs, lens }) => [fromMs, toMs, lens])).toEqual([
    [0, 2, true],
    [2, 1002, false],
  ]);
});
