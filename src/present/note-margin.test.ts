/** Notes in the margin stand at their rows where they can, and never over each other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bottomOf, standing } from './note-margin.ts';

const HOW = { gap: 6, lead: 10 };

test('a note with room stands with its first line at its row', () => {
  expect(standing([{ anchorY: 100, height: 40 }], HOW)).toEqual([{ y: 90, pushed: false }]);
});

test('notes that would overlap are pushed down and say so', () => {
  const wanted = [
    { anchorY: 100, height: 40 },
    { anchorY: 110, height: 20 },
    { anchorY: 300, height: 20 },
  ];
  const placed = standing(wanted, HOW);
  expect(placed).toEqual([
    { y: 90, pushed: false },
    { y: 136, pushed: true },
    { y: 290, pushed: false },
  ]);
  expect(bottomOf(wanted, placed)).toBe(310);
});

test('a note of a later row never stands above one of an earlier row, in whatever order they were written', () => {
  expect(
    standing(
      [
        { anchorY: 110, height: 20 },
        { anchorY: 100, height: 40 },
      ],
      HOW,
    ).map(({ y }) => y),
  ).toEqual([136, 90]);
});

test('none overlap, none stands above its place, and as few as possible move', () => {
  const wanted = fc.array(fc.record({ anchorY: fc.nat(2000), height: fc.integer({ min: 1, max: 200 }) }));
  fc.assert(
    fc.property(wanted, (list) => {
      const placed = standing(list, HOW);
      const spans = list
        .map(({ height, anchorY }, i) => ({ y: placed[i]?.y ?? 0, height, own: Math.max(0, anchorY - HOW.lead) }))
        .sort((a, b) => a.y - b.y);
      for (const [i, { y, own }] of spans.entries()) {
        const before = spans[i - 1];
        expect(y).toBeGreaterThanOrEqual(own);
        if (before) expect(y).toBeGreaterThanOrEqual(before.y + before.height + HOW.gap);
        // Whoever stands lower than it wants touches the one above.
        if (y > own) expect(y).toBe((before?.y ?? 0) + (before?.height ?? 0) + HOW.gap);
      }
    }),
  );
});
