import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { axisMarks } from './axis-pieces.ts';
import { stateRibbons } from './state-ribbons.ts';

async function ribbonsOf(file: string, keys?: string) {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${file} has no association`);
  return { detail, drawn: stateRibbons(detail, 100, 700) };
}

test('silences are to scale among themselves: a doubling timer looks like doubling', async () => {
  const { drawn } = await ribbonsOf('openssl-loss-final-flight-x3.client.pcap');
  const silences = drawn.pieces.filter((p) => !p.lens).map((p) => p.width);
  expect(silences.length).toBeGreaterThanOrEqual(3);
  const [first = 1, second = 0, third = 0] = silences;
  expect(second / first).toBeCloseTo(2, 1);
  expect(third / first).toBeCloseTo(4, 1);
});

test('places and times are each other’s inverse along the whole axis', async () => {
  const { drawn, detail } = await ribbonsOf('openssl-loss-final-flight-x3.client.pcap');
  for (const { timeMs } of detail.records) {
    const x = drawn.xOf(timeMs);
    expect(x).toBeGreaterThanOrEqual(100);
    expect(x).toBeLessThanOrEqual(700.01);
    expect(drawn.timeAt(x)).toBeCloseTo(timeMs, 3);
  }
});

test('the intervals of a ribbon follow each other without holes', async () => {
  const { drawn } = await ribbonsOf('openssl-fail-server-silent.pcap');
  const client = drawn.ribbons[0]?.intervals ?? [];
  expect(client.map((i) => i.state).slice(0, 3)).toEqual(['PREPARING', 'SENDING', 'WAITING']);
  for (const [i, one] of client.entries()) {
    const next = client[i + 1];
    if (next && one.state !== 'SENDING') expect(one.x + one.width).toBeCloseTo(next.x, 6);
  }
});

test('to scale there are no lenses, and round numbers along the axis', async () => {
  const { detail } = await ribbonsOf('openssl-loss-final-flight-x3.client.pcap');
  const linear = stateRibbons(detail, 100, 700, 'linear');
  expect(linear.pieces.map((p) => p.lens)).toEqual([false]);
  expect(axisMarks(linear, detail.association.startMs).map((m) => m.text)).toEqual([
    '0 ms',
    '2\u202f000',
    '4\u202f000',
    '6\u202f000',
  ]);
  const { fromMs, toMs } = linear.pieces[0] ?? { fromMs: 0, toMs: 0 };
  expect(linear.xOf((fromMs + toMs) / 2)).toBeCloseTo(400, 6);
});

test('a side that is done has one name, and its resends are blocks on its bar', async () => {
  const { drawn } = await ribbonsOf('openssl-loss-final-flight-x3.client.pcap');
  const server = drawn.ribbons[1]?.intervals ?? [];
  expect(server.filter((one) => one.resend).map((one) => one.step.attempt)).toEqual([2, 3]);
  expect(server.filter((one) => one.state === 'FINISHED' && one.labelX !== null)).toHaveLength(1);
});

test('thousands of short states are no more intervals than there is room for', async () => {
  const { detail } = await ribbonsOf('openssl-fail-server-silent.pcap');
  const [step] = detail.machines.client;
  if (!step) throw new Error('a step');
  const { startMs, endMs } = detail.association;
  const client = Array.from({ length: 20_000 }, (_, i) => ({
    ...step,
    state: i % 2 ? ('SENDING' as const) : ('WAITING' as const),
    timeMs: startMs + ((endMs - startMs) * i) / 20_000 + (i % 2 ? 0.01 : 0),
  }));
  const { ribbons } = stateRibbons({ ...detail, machines: { ...detail.machines, client } }, 100, 700, 'linear');
  const drawn = ribbons[0]?.intervals ?? [];
  expect(drawn.length).toBeLessThanOrEqual(300);
  expect(drawn.reduce((sum, one) => sum + one.changes, 0)).toBe(20_000);
  expect(drawn.at(-1)?.state).toBe('SENDING');
});
