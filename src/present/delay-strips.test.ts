import { expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import { seenTwice } from './capture-points.ts';
import { delayStrips, tickNear } from './delay-strips.ts';

async function stripsOf(...files: readonly [string, string]) {
  const session = await openSession(...files);
  const { points, associations } = session.trace();
  const detail = session.association(associations[0]?.id ?? '');
  const twice = detail && seenTwice(detail, points);
  if (!points || !detail || !twice) throw new Error(`${files[0]} was not recognised as seen from two points`);
  return { detail, twice, points, drawn: delayStrips(detail, twice, points, { x0: 100, x1: 400 }) };
}

const X3 = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.server.pcap'] as const;

test('a strip for each direction, a tick for each record that arrived', async () => {
  const { detail, drawn } = await stripsOf(...X3);
  expect(drawn?.strips.map(({ sender, from, to }) => `${sender} ${from} ${to}`)).toEqual(['client A B', 'server B A']);
  const ticked = drawn?.strips.flatMap(({ ticks }) => ticks.flatMap(({ records }) => records)) ?? [];
  const arrived = detail.records.filter(({ arrival }) => arrival).map(({ record }) => record);
  expect(ticked.sort((a, b) => a - b)).toEqual(arrived);
  expect(drawn?.records).toBe(30);
});

test('ticks and medians stand where the axis says', async () => {
  const { detail, drawn } = await stripsOf(...X3);
  const [first, last] = [drawn?.axis[0], drawn?.axis.at(-1)];
  expect([first?.x, first?.label, last?.x, last?.label]).toEqual([100, '0.0', 400, '0.8']);
  const [client] = drawn?.strips ?? [];
  const delays = detail.records
    .flatMap(({ sender, arrival, timeMs }) => (sender === 'client' && arrival ? [arrival.timeMs - timeMs] : []))
    .sort((a, b) => a - b);
  expect(client?.medianMs).toBeCloseTo(delays[delays.length >> 1] ?? 0, 9);
  expect(client?.medianX).toBeCloseTo(100 + ((client?.medianMs ?? 0) / 0.8) * 300, 6);
  // The clocks may be off by 0.15 ms, both ways.
  expect((client?.errorX[1] ?? 0) - (client?.errorX[0] ?? 0)).toBeCloseTo(((2 * (drawn?.errorMs ?? 0)) / 0.8) * 300, 6);
});

test('the picture is also a sentence', async () => {
  const { drawn } = await stripsOf(...X3);
  expect(drawn?.says).toMatch(
    /^16 records of the client, A to B: median 0\.\d{3} ms; 14 records of the server, B to A: median 0\.\d{3} ms\. The clocks may be wrong by 0\.\d{3} ms\.$/,
  );
});

test('thousands of records are no more ticks than there are px', async () => {
  const { detail, twice, points } = await stripsOf(...X3);
  const [one] = detail.records;
  if (!one?.arrival) throw new Error('the first record has no arrival');
  const { arrival } = one;
  const records = Array.from({ length: 10_000 }, (_, i) => ({
    ...one,
    record: i + 1,
    arrival: { ...arrival, timeMs: one.timeMs + 0.0007 * (i % 1000) },
  }));
  const drawn = delayStrips({ ...detail, records }, twice, points, { x0: 100, x1: 400 });
  expect(drawn?.records).toBe(10_000);
  expect(drawn?.strips[0]?.ticks.length).toBeLessThanOrEqual(301);
});

test('where one delay is a thousand times the others, equal steps are equal factors', async () => {
  const { detail, twice, points } = await stripsOf(...X3);
  const [first, ...rest] = detail.records;
  if (!first?.arrival) throw new Error('the first record has no arrival');
  const late = { ...first, arrival: { ...first.arrival, timeMs: first.timeMs + 420 } };
  const drawn = delayStrips({ ...detail, records: [late, ...rest] }, twice, points, { x0: 100, x1: 400 });
  expect(drawn?.logarithmic).toBe(true);
  expect(drawn?.axis.map(({ label }) => Number(label))).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
  const xs = drawn?.axis.map(({ x }) => x) ?? [];
  expect(new Set(xs.slice(1).map((x, i) => Math.round(x - (xs[i] ?? 0))))).toEqual(new Set([60]));
});

test('a click takes the nearest tick, unless it is far from all', () => {
  const ticks = [
    { x: 10, records: [1] },
    { x: 30, records: [2, 3] },
  ] as const;
  expect(tickNear(ticks, 17, 8)?.records).toEqual([1]);
  expect(tickNear(ticks, 26, 8)?.records).toEqual([2, 3]);
  expect(tickNear(ticks, 60, 8)).toBeNull();
  expect(tickNear([], 60, 8)).toBeNull();
});
