import { expect, test } from 'vitest';
import { atOnce, mapInSteps, retold } from './in-steps.ts';

test('all steps at once give what the work gives', () => {
  expect(atOnce(mapInSteps(['a', 'b'], (letter, i) => letter + i))).toEqual(['a0', 'b1']);
});

test('each step does one thing and tells how many are done; who stops asking stops the work', () => {
  const done: string[] = [];
  for (const step of mapInSteps(['a', 'b', 'c'], (letter) => done.push(letter))) if (step === 2) break;
  expect(done).toEqual(['a', 'b']);
});

test('steps may be told in other words, and the result stays', () => {
  const steps = retold(
    mapInSteps([1, 2], (n) => n * 10),
    (n) => `${n} of 2`,
  );
  expect([steps.next().value, steps.next().value, steps.next()]).toEqual([
    '1 of 2',
    '2 of 2',
    { done: true, value: [10, 20] },
  ]);
});
