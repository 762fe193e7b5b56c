import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
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
