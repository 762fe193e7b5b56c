import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

const LIMITS = { generation: 10, kept: 5 };

test('a storm of names pushes out what is not worth keeping, and no more is held than the limits say', () => {
  const recent = new Recent<string>(LIMITS, (value) => (value === 'dear' ? 'keep' : 'count'));
  recent.add('mine', 'dear');
  for (let i = 0; i < 10_000; i++) recent.add(`storm ${i}`, 'cheap');
  expect(recent.find('mine')).toBe('dear');
  expect(recent.find('storm 0')).toBeUndefined();
  expect([...recent.values()].length + recent.forgotten).toBe(10_001);
  expect([...recent.values()].length).toBeLessThanOrEqual(2 * LIMITS.generation + LIMITS.kept);
});

test('what is found again and again stays', () => {
  const recent = new Recent<number>(LIMITS, () => 'count');
  recent.add('alive', 1);
  for (let i = 0; i < 1000; i++) {
    recent.add(`storm ${i}`, i);
    expect(recent.find('alive')).toBe(1);
  }
});

test('of what is worth keeping, the first are kept', () => {
  const recent = new Recent<number>(LIMITS, () => 'keep');
  for (let i = 0; i < 1000; i++) recent.add(`${i}`, i);
  expect(recent.find('4')).toBe(4);
  expect(recent.find('5')).toBeUndefined();
  expect(recent.find('999')).toBe(999);
});

test('no value is told twice', () => {
  const recent = new Recent<number>(LIMITS, (n) => (n % 3 === 0 ? 'keep' : 'count'));
  for (let i = 0; i < 37; i++) {
    recent.add(`${i}`, i);
    recent.find(`${i - 8}`);
  }
  const values = [...recent.values()];
  expect(new Set(values).size).toBe(values.length);
  expect(values.length + recent.forgotten).toBe(37);
});

test('what says nothing is not missed', () => {
  const recent = new Recent<number>(LIMITS, () => 'nothing');
  for (let i = 0; i < 1000; i++) recent.add(`${i}`, i);
  expect([...recent.values()].length).toBeLessThanOrEqual(2 * LIMITS.generation);
  expect(recent.forgotten).toBe(0);
});
