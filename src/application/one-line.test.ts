import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip } from './one-line.ts';

test('a text is cut after whole characters, with an ellipsis as the last', () => {
  expect(clip('abc', 3)).toBe('abc');
  expect(clip('abcd', 3)).toBe('ab…');
  expect(clip('🎉🎉🎉', 3)).toBe('🎉🎉🎉');
  expect(clip('🎉🎉🎉🎉', 3)).toBe('🎉🎉…');
});

test('never more characters than the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
      const characters = [...text];
      const expected = characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
      expect(clip(text, limit)).toBe(expected);
    }),
  );
});
