import { expect, test } from 'vitest';
import { type Forgetful, LastAsked } from './last-asked.ts';

class Reader implements Forgetful {
  generation = 0;
  forgotten = 0;

  forget(): void {
    this.forgotten++;
  }
}

const readers = (count: number) => Array.from({ length: count }, () => new Reader());

test('as many as it may hold are kept, however often they are asked', () => {
  const loaded = new LastAsked(3);
  const all = readers(3);
  for (let i = 0; i < 20; i++) for (const one of all) loaded.touch(one);
  expect(all.map((one) => one.forgotten)).toEqual([0, 0, 0]);
});

test('of many, those that nobody asked for are forgotten, once, and never the last ones', () => {
  const loaded = new LastAsked(3);
  const all = readers(20);
  for (const one of all) loaded.touch(one);
  const forgotten = all.map((one) => one.forgotten);
  expect(forgotten.slice(0, 14)).toEqual(Array(14).fill(1));
  expect(forgotten.slice(-3)).toEqual([0, 0, 0]);
});

test('who is asked again and again stays, whatever comes between', () => {
  const loaded = new LastAsked(3);
  const [steady = new Reader(), ...others] = readers(20);
  for (const other of others) {
    loaded.touch(steady);
    loaded.touch(other);
  }
  expect(steady.forgotten).toBe(0);
});

test('who was forgotten and is asked again counts anew', () => {
  const loaded = new LastAsked(1);
  const [one = new Reader(), ...others] = readers(8);
  for (const other of others) {
    loaded.touch(one);
    loaded.touch(other);
    for (const more of readers(3)) loaded.touch(more);
  }
  expect(one.forgotten).toBeGreaterThan(5);
});
