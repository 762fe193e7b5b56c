import { expect, test } from 'vitest';
import { byContent } from './by-content.ts';

test('the same bytes give the same value without asking again, as long as few others come between', () => {
  let asked = 0;
  const sum = byContent((bytes) => {
    asked++;
    return { sum: bytes.reduce((a, b) => a + b, 0) };
  });
  const first = sum(Uint8Array.of(1, 2));
  expect(first).toEqual({ sum: 3 });
  expect(sum(Uint8Array.of(1, 2))).toBe(first);
  expect(sum(Uint8Array.of(2, 1))).not.toBe(first);
  expect(asked).toBe(2);
  for (let i = 0; i < 100; i++) sum(Uint8Array.of(i));
  expect(sum(Uint8Array.of(1, 2))).toEqual(first);
  expect(asked).toBe(103);
});

test('bytes that change afterwards are not mixed up', () => {
  const copy = byContent((bytes) => bytes);
  const bytes = Uint8Array.of(1, 2);
  copy(bytes);
  bytes[0] = 9;
  expect(copy(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 2));
  expect(copy(bytes)).toEqual(Uint8Array.of(9, 2));
});
