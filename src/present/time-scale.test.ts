import { expect, test } from 'vitest';
import { duration, milliseconds, scaleTime, type TimeScaleOptions } from './time-scale.ts';

const options: TimeScaleOptions = { kind: 'folded', topPx: 4, breakPx: 26, silenceMs: 250 };
const row = (startMs: number, endMs = startMs) => ({ startMs, endMs, heightPx: 22 });

test('rows follow each other and a long silence is a break of fixed height', () => {
  const scale = scaleTime([row(0), row(3), row(1004.364, 1005), row(1006)], options);
  expect(scale.y).toEqual([4, 26, 74, 96]);
  expect(scale.silences).toEqual([{ before: 2, silentMs: 1001.364, y: 48, heightPx: 26, folded: true }]);
  expect(scale.heightPx).toBe(118);
});

test('a silence counts from the latest end, also of a row that began earlier', () => {
  expect(scaleTime([row(0, 900), row(10), row(1100)], options).silences).toEqual([]);
});

test('to scale, silences are as long as they were', () => {
  const { silences } = scaleTime([row(0), row(1000), row(3000)], { ...options, kind: 'linear' });
  expect(silences.map((silence) => silence.heightPx)).toEqual([500, 1000]);
});

test('to scale, a short wait moves the next row only by what its height does not cover', () => {
  expect(scaleTime([row(0), row(20), row(120)], { ...options, kind: 'linear' }).y).toEqual([4, 26, 76]);
});

test('an hour to scale still is a drawing that can be scrolled', () => {
  expect(scaleTime([row(0), row(3_600_000)], { ...options, kind: 'linear' }).heightPx).toBeLessThan(30_000);
});

test('a clock that goes back does not move rows up', () => {
  expect(scaleTime([row(500), row(100), row(600)], options).y).toEqual([4, 26, 48]);
});

test.each([
  [0, '0.000'],
  [1001.364, '1\u202f001.364'],
  [1234567.8, '1\u202f234\u202f567.800'],
  [-0.5, '-0.500'],
])('%d ms is written %s', (ms, text) => expect(milliseconds(ms)).toBe(text));

test.each([
  [312.4, '312 ms'],
  [1400, '1.4 s'],
  [125_000, '2 min 5 s'],
  [11_400_000, '3 h 10 min'],
])('%d ms is about %s', (ms, text) => expect(duration(ms)).toBe(text));
