import { expect, test } from 'vitest';
import { rateLimit } from './rate-limit.ts';

test('an address may ask so often a minute, at once or spread out', () => {
  const limit = rateLimit(60);
  for (let i = 0; i < 60; i++) expect(limit('1.2.3.4', 0)).toBe(0);
  expect(limit('1.2.3.4', 0)).toBe(1);
  expect(limit('1.2.3.4', 500)).toBe(1);
  expect(limit('1.2.3.4', 1000)).toBe(0);
  expect(limit('1.2.3.4', 1000)).toBe(1);
  // A quiet hour saves no more than one minute's worth.
  for (let i = 0; i < 60; i++) expect(limit('1.2.3.4', 3600_000)).toBe(0);
  expect(limit('1.2.3.4', 3600_000)).toBe(1);
});

test('says how long to wait', () => {
  const limit = rateLimit(2);
  limit('a', 0);
  limit('a', 0);
  expect(limit('a', 0)).toBe(30);
  expect(limit('a', 20_000)).toBe(10);
});

test('a clock that is set back neither blocks nor frees', () => {
  const limit = rateLimit(1);
  expect(limit('a', 100_000)).toBe(0);
  expect(limit('a', 0)).toBe(60);
  expect(limit('a', 60_000)).toBe(0);
});

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9', true],
  ['2001:db8:1:2::9', '2001:0db8:0001:0002:ffff::', true],
  ['2001:db8:1:2::9', '2001:db8:1:3::9', false],
  ['::1', '::2', true],
  ['1.2.3.4', '::ffff:1.2.3.4', true],
  ['1.2.3.4', '1.2.3.5', false],
])('%s and %s share a limit: %s', (one, other, together) => {
  const limit = rateLimit(1);
  limit(one, 0);
  expect(limit(other, 0) > 0).toBe(together);
});

test('remembers a bounded number of addresses, the latest', () => {
  const limit = rateLimit(1);
  for (let i = 0; i <= 20_000; i++) limit(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 0);
  expect(limit('10.0.0.0', 0)).toBe(0);
  expect(limit('10.0.78.32', 0)).toBeGreaterThan(0);
});
