import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settling } from './settling.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('one question is put at once, of a burst also the last, when it is over', () => {
  const asked: number[] = [];
  const ask = settling((n: number) => asked.push(n));
  ask(1);
  expect(asked).toEqual([1]);
  for (const n of [2, 3, 4]) {
    vi.advanceTimersByTime(30);
    ask(n);
  }
  expect(asked).toEqual([1]);
  vi.advanceTimersByTime(100);
  expect(asked).toEqual([1, 4]);
  vi.advanceTimersByTime(1000);
  expect(asked).toEqual([1, 4]);
  ask(5);
  expect(asked).toEqual([1, 4, 5]);
});
