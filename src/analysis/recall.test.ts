import { expect, test } from 'vitest';
import { Recall } from './recall.ts';

const keys = Array.from({ length: 10 }, (_, i) => ({ i }));

test('what was set is there', () => {
  const recall = new Recall<object, number>(4);
  for (const key of keys.slice(0, 4)) recall.set(key, key.i);
  expect(keys.slice(0, 5).map((key) => recall.get(key))).toEqual([0, 1, 2, 3, undefined]);
});

test('of many, those that were asked about last are kept, and no more than twice as many as it may hold', () => {
  const recall = new Recall<object, number>(2);
  for (const key of keys) recall.set(key, key.i);
  const kept = keys.filter((key) => recall.get(key) !== undefined).map((key) => key.i);
  expect(kept.length).toBeLessThanOrEqual(4);
  expect(kept).toContain(9);
  expect(kept).not.toContain(0);
});

test('what is asked for again and again stays', () => {
  const recall = new Recall<object, string>(2);
  const [steady = {}, ...others] = keys;
  recall.set(steady, 'steady');
  for (const other of others) {
    recall.set(other, 'other');
    expect(recall.get(steady)).toBe('steady');
  }
});
