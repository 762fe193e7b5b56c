import { expect, test } from 'vitest';
import { GatheredFrames } from './gathered-frames.ts';

const FILE = Uint8Array.from({ length: 500_000 }, (_, i) => (i * 31) ^ (i >> 8));

/** What it asks of the file: how much, each time. */
function gathering(file = FILE) {
  const asked: number[] = [];
  const readAt = (offset: number, length: number, into?: Uint8Array): Uint8Array => {
    asked.push(length);
    const bytes = file.subarray(offset, offset + length);
    if (!into) return bytes.slice();
    into.set(bytes);
    return into.subarray(0, bytes.length);
  };
  return { frames: new GatheredFrames({ readAt }), asked };
}

const every = (distance: number, length: number) =>
  Array.from({ length: Math.floor((FILE.length - length) / distance) }, (_, i) => ({ offset: i * distance, length }));

test.each([
  ['close together', every(700, 300), 10],
  ['in any order', every(700, 300).sort((a, b) => (a.offset % 13) - (b.offset % 13) || a.offset - b.offset), 10],
  ['far apart', every(50_000, 300), 9],
])('frames that lie %s are all there, after few looks at the file', (_, places, looks) => {
  const { frames, asked } = gathering();
  frames.gather(places);
  for (const { offset, length } of places) {
    expect(frames.find(offset, 0, length)).toEqual(FILE.subarray(offset, offset + length));
    expect(frames.find(offset, 42, 100)).toEqual(FILE.subarray(offset + 42, offset + 142));
  }
  expect(asked.length).toBeLessThanOrEqual(looks);
});

test('little is read of what lies between frames that are far apart', () => {
  const { frames, asked } = gathering();
  frames.gather(every(50_000, 300));
  expect(asked.every((length) => length === 300)).toBe(true);
});

test('those before are gone, and what is longer than a block or not in the file is not among them', () => {
  const { frames } = gathering();
  frames.gather([{ offset: 0, length: 100 }]);
  frames.gather([
    { offset: 1000, length: 100 },
    { offset: 2000, length: 70_000 },
    { offset: FILE.length - 50, length: 100 },
  ]);
  expect(frames.find(1000, 0, 100)).toBeDefined();
  for (const offset of [0, 2000, FILE.length - 50]) expect(frames.find(offset, 0, 10)).toBeUndefined();
});

test('long frames beyond 16 MB are left to be read one by one', () => {
  const file = new Uint8Array(20 << 20);
  const { frames } = gathering(file);
  const places = Array.from({ length: 320 }, (_, i) => ({ offset: i << 16, length: 1 << 16 }));
  frames.gather(places);
  const found = places.map(({ offset }) => frames.find(offset, 0, 10) !== undefined);
  expect(found.filter(Boolean)).toHaveLength(256);
  expect(found.lastIndexOf(true)).toBe(255);
});
