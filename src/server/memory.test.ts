import { expect, test } from 'vitest';
import { memoryOf } from './memory.ts';

test('all requests together hold no more than the limit, and give back what they took', () => {
  const memory = memoryOf(100);
  const [one, other] = [memory.share(), memory.share()];
  expect([one.take(60), other.take(40), other.take(1), one.take(1)]).toEqual([true, true, false, false]);
  one.release();
  one.release();
  expect(memory.held()).toBe(40);
  expect([other.take(60), other.take(1)]).toEqual([true, false]);
  other.release();
  expect(memory.held()).toBe(0);
});
