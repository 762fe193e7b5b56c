/** The playhead in the diagram, the map beside it, and zoom. */
import { expect, test } from 'vitest';
import { drawnSequence } from '../../test/drawn-sequence.ts';
import { sequenceMap } from './sequence-map.ts';
import { heightOfTime, rowAtTime } from './sequence-playhead.ts';
import { zoomed } from './time-scale.ts';

const X3 = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'];

test('at the time of a row the playhead is under it; in a silence it glides through the break', async () => {
  const { layout } = await drawnSequence(X3);
  const { rows, breaks } = layout;
  for (const placed of rows) {
    const index = rowAtTime(rows, placed.row.startMs);
    expect(rows[index]?.row.startMs).toBe(placed.row.startMs);
    expect(heightOfTime(rows, placed.row.startMs)).toBe((rows[index]?.y ?? 0) + (rows[index]?.height ?? 0));
  }
  const [silence] = breaks;
  const y = heightOfTime(rows, 500);
  expect(y).toBeGreaterThan(silence?.y ?? 0);
  expect(y).toBeLessThan((silence?.y ?? 0) + 26);
  expect(rowAtTime(rows, -1)).toBe(-1);
});

test('the playhead only goes down as time goes on', async () => {
  const { layout } = await drawnSequence(X3, { scale: 'linear' });
  let before = 0;
  for (let ms = 0; ms < 7700; ms += 7) {
    const y = heightOfTime(layout.rows, ms);
    expect(y).toBeGreaterThanOrEqual(before);
    before = y;
  }
});

test('zoom stretches time to scale, and rows where silences are folded', async () => {
  const height = async (scale: 'folded' | 'linear', zoom: number) =>
    (await drawnSequence(X3, { scale, zoom })).layout.height;
  expect(await height('linear', 2)).toBeGreaterThan(1.7 * (await height('linear', 1)));
  expect(await height('folded', 2)).toBeGreaterThan(1.5 * (await height('folded', 1)));
});

test('zoom ends at 0.1 and at 50 px per ms, and rows never become lower than their text', () => {
  const last = (by: 1 | -1, kind: 'folded' | 'linear', spanMs: number) => {
    let zoom = 1;
    for (let i = 0; i < 60; i++) zoom = zoomed(zoom, by, kind, spanMs);
    return zoom;
  };
  expect(last(1, 'linear', 7000) * 0.5).toBeCloseTo(50, 5);
  expect(last(-1, 'linear', 7000) * 0.5).toBeCloseTo(0.1, 5);
  expect(last(-1, 'folded', 7000)).toBe(1);
  expect(last(1, 'folded', 7000)).toBe(2);
  // A drawing that lasts for days stays one that can be scrolled.
  expect(last(1, 'linear', 86_400_000) * (24_000 / 86_400_000) * 86_400_000).toBeLessThanOrEqual(8_000_001);
});

test('the map has losses, repeats and evidence at their heights', async () => {
  const { layout, detail } = await drawnSequence(X3);
  const marks = new Map(sequenceMap(layout, detail.association, 200).map(({ kind, at }) => [kind, at]));
  expect(marks.get('lost')).toHaveLength(3);
  expect(marks.get('finding')?.length).toBeGreaterThan(0);
  expect(marks.get('failure')).toBeUndefined();
  for (const at of marks.values()) expect(at.every((y) => Number.isInteger(y) && y >= 0 && y < 200)).toBe(true);
});
