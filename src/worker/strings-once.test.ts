import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StringsOnce } from './strings-once.ts';

test('what is said stays the same, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), (values) => {
      const before = structuredClone(values);
      const strings = new StringsOnce();
      strings.share(values);
      strings.share(values);
      expect(values).toEqual(before);
    }),
  );
});

test('texts within objects and lists are looked at, and keys stay', () => {
  const part = [{ verdict: 'a b', findings: [{ advice: 'a b', citations: ['c', 'a b'] }], closed: null, records: 3 }];
  const before = structuredClone(part);
  new StringsOnce().share(part);
  expect(part).toEqual(before);
  expect(Object.keys(part[0] ?? {})).toEqual(['verdict', 'findings', 'closed', 'records']);
});
