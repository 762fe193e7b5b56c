import { describe, expect, test } from 'vitest';
import { BytesGone } from './datagram.ts';
import { FrameStore } from './frame-store.ts';

const FILE = Uint8Array.from({ length: 400_000 }, (_, i) => (i * 31) ^ (i >> 8));
const FRAME = 300;

/** A store that keeps nothing, and what it asks of the file: where, and how much. */
function stored(file = FILE) {
  const asked: [number, number][] = [];
  const readAt = (offset: number, length: number, into?: Uint8Array): Uint8Array => {
    asked.push([offset, length]);
    const bytes = file.subarray(offset, offset + length);
    if (!into) return bytes.slice();
    into.set(bytes);
    return into.subarray(0, bytes.length);
  };
  return { store: new FrameStore({ name: 'a.pcap', readAt }, 0), asked };
}

/** Frames that begin every so many bytes. */
const every = (distance: number): number[] =>
  Array.from({ length: Math.floor((FILE.length - 2000) / distance) }, (_, i) => i * distance);

describe.each([
  ['one after the other', every(FRAME)],
  ['with others between', every(7000)],
  ['far apart', every(90_000)],
  ['backwards', every(FRAME).reverse()],
  ['to and fro', every(5000).flatMap((at) => [at, FILE.length - 2000 - at])],
])('frames read %s', (_, frames) => {
  test.each([0, 42])('are what lies in the file, from byte %s', (from) => {
    const { store } = stored();
    for (const offset of frames)
      expect(store.view(0, offset, from, FRAME - from)).toEqual(FILE.subarray(offset + from, offset + FRAME));
  });
});

test('frames that follow each other are read in blocks', () => {
  const { store, asked } = stored();
  for (const offset of every(FRAME)) store.view(0, offset, 0, FRAME);
  expect(asked.length).toBeLessThan(20);
});

test('of frames that lie far apart little more is read than they are', () => {
  const { store, asked } = stored();
  const frames = every(90_000);
  for (const offset of frames) for (const from of [14, 42]) store.view(0, offset, from, FRAME);
  expect(asked.length).toBe(frames.length);
  expect(asked.every(([, length]) => length <= 4096)).toBe(true);
});

test('a frame longer than a piece, at the end of the file, or across two blocks is whole', () => {
  const { store } = stored();
  for (const [offset, length] of [
    [1000, 9000],
    [FILE.length - 10, 10],
    [65_500, 100],
    [65_530, 100],
    [300_000, 90_000],
  ] as const)
    expect(store.view(0, offset, 0, length)).toEqual(FILE.subarray(offset, offset + length));
});

test('a file that has become shorter is told', () => {
  const { store } = stored(FILE.subarray(0, 1000));
  for (const offset of [100, 200, 300]) expect(store.view(0, offset, 0, 50)).toHaveLength(50);
  expect(() => store.view(0, 980, 0, 50)).toThrow(BytesGone);
  expect(() => store.view(0, 200_000, 0, 50)).toThrow(BytesGone);
});

test('of a file that is larger than what may be kept nothing is kept, from the first frame on', () => {
  const readAt = (offset: number, length: number) => FILE.slice(offset, offset + length);
  const keeps = (size: number | null) => new FrameStore({ name: 'a.pcap', size, readAt }, FILE.length).isKeeping;
  expect([keeps(FILE.length), keeps(FILE.length + 1), keeps(null)]).toEqual([true, false, true]);
  expect(new FrameStore({ name: 'standard input', size: FILE.length + 1 }, FILE.length).isKeeping).toBe(true);
});
