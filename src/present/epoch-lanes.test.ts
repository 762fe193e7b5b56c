import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { type EpochLane, epochLanes } from './epoch-lanes.ts';
import { laneTicks } from './lane-ticks.ts';
import { data, type Sent, story } from './sequence-stories.ts';
import { stateRibbons } from './state-ribbons.ts';

async function lanesOf(...files: readonly string[]) {
  const session = await openSession(...files.filter((file) => !file.endsWith('.keys')));
  for (const file of files.filter((one) => one.endsWith('.keys'))) addKeys(session, file);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${files[0]} has no association`);
  return { detail, lanes: drawn(detail) };
}

function drawn(detail: AssociationDetail): EpochLane[] {
  const { xOf } = stateRibbons(detail, 100, 700);
  return epochLanes(detail, { xOf, x1: 700 });
}
const marks = (lanes: readonly EpochLane[], kind: string) =>
  lanes.map((lane) => lane.marks.filter((mark) => mark.kind === kind).length);

test('four lanes, each with the epochs one after the other up to the end', async () => {
  const { lanes } = await lanesOf('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  expect(lanes.map(({ sender, does }) => `${sender} ${does}`)).toEqual([
    'client writes',
    'client reads',
    'server writes',
    'server reads',
  ]);
  for (const { bands } of lanes) {
    expect(bands.map(({ epoch }) => epoch)).toEqual([0, 1]);
    const [first, second] = bands;
    expect((first?.x ?? 0) + (first?.width ?? 0)).toBeCloseTo(second?.x ?? 0, 6);
    expect((second?.x ?? 0) + (second?.width ?? 0)).toBeCloseTo(700, 6);
  }
});

test('repeats of an older epoch hang below the lane of their writer', async () => {
  const { detail, lanes } = await lanesOf('openssl-loss-final-flight-x3.client.pcap');
  expect(marks(lanes, 'late')[0]).toBeGreaterThanOrEqual(3);
  expect(marks(lanes, 'late')[1]).toBe(0);
  const [client] = detail.association.epochs.filter((e) => e.sender === 'client' && e.epoch === 0);
  expect(client?.late.length).toBe(6);
  expect(lanes[0]?.marks[0]?.says).toMatch(/^record 0:4 is of epoch 0 again/);
});

test('missing numbers and losses between two points are crosses on the lane of the reader', async () => {
  const one = await lanesOf('openssl-loss-final-flight-x3.client.pcap');
  expect(marks(one.lanes, 'missing')[1]).toBeGreaterThanOrEqual(3);
  const two = await lanesOf(
    'openssl-loss-final-flight-x3.client.pcap',
    'openssl-loss-final-flight-x3.server.pcap',
    'openssl-loss-final-flight-x3.keys',
  );
  expect(marks(two.lanes, 'missing')).toEqual([0, 3, 0, 0]);
});

test('numbers that are missing without a loss to tell of them stand before the record that follows', () => {
  const sent = [0, 1, 4].map((n): Sent => ({ packet: n + 1, timeMs: n, from: 'server', epoch: 1, content: data('x') }));
  const told = story(sent);
  const records = told.records.map((record, i) => ({ ...record, sequenceNumber: [0, 1, 4][i] ?? 0 }));
  const epoch = {
    ...{
      sender: 'server' as const,
      epoch: 1,
      startMs: 0,
      firstPacket: 1,
      records: 3,
      firstSequence: 0,
      lastSequence: 4,
    },
    ...{ missing: [2, 3], keys: true, writeFromMs: 0, writeUntilMs: 4, late: [] },
    ...{ readableFromMs: null, readableCertainty: null, readableRecord: null },
  };
  const lanes = drawn({ ...told, records, association: { ...told.association, epochs: [epoch] } });
  expect(lanes[1]?.marks).toMatchObject([
    { kind: 'missing', x: 700, says: 'Record 1:2–3 is not in the capture', record: 3 },
  ]);
  expect(lanes[1]?.missing).toBe('1:2–3');
  // Since when it could be read is not known, so there is no band.
  expect(lanes[1]?.bands).toEqual([]);
});

test('what came before its keys is an open triangle', async () => {
  const { detail, lanes } = await lanesOf('openssl-loss-flight4.client.pcap');
  const epochs = detail.association.epochs.map((epoch) =>
    epoch.sender === 'server' && epoch.epoch === 1 ? { ...epoch, readableFromMs: epoch.writeFromMs + 50_000 } : epoch,
  );
  const later = drawn({ ...detail, association: { ...detail.association, epochs } });
  expect(marks(lanes, 'early')).toEqual([0, 0, 0, 0]);
  expect(marks(later, 'early')[1]).toBeGreaterThan(0);
});

test('what a replay window drops is marked where it is read', async () => {
  const { detail, lanes } = await lanesOf('openssl-dup-appdata-replay.server.pcap', 'openssl-dup-appdata-replay.keys');
  const drops = detail.replayDrops.filter((drop) => drop.sender === 'client');
  expect(drops.length).toBeGreaterThan(0);
  expect(marks(lanes, 'dropped')[3]).toBeGreaterThan(0);
  expect(lanes[3]?.marks.find((mark) => mark.kind === 'dropped')?.says).toMatch(
    /^A replay window drops record 1:\d+: /,
  );
});

test('an epoch without keys is drawn as closed', async () => {
  const file = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
  const closed = await lanesOf(file);
  const open = await lanesOf(file, 'openssl-ecdhe-ecdsa-aes128-gcm.keys');
  expect(closed.lanes[0]?.bands.map((band) => band.keys)).toEqual([true, false]);
  expect(open.lanes[0]?.bands.map((band) => band.keys)).toEqual([true, true]);
});

test('thirty thousand records are bars, no more of them than there is room for', () => {
  const sent = Array.from(
    { length: 30_000 },
    (_, i): Sent => ({ packet: i, timeMs: i / 100, from: i % 2 ? 'client' : 'server', epoch: 1, content: data('x') }),
  );
  for (const { ticks, bars } of drawn(story(sent))) {
    expect(ticks.length + bars.length).toBeLessThanOrEqual(302);
    expect(bars.reduce((sum, bar) => sum + bar.records, 0) + ticks.length).toBe(15_000);
  }
});

test('records that have two pixels each are ticks, closer ones are bars by their number', () => {
  expect(laneTicks([100, 102, 110])).toEqual({ ticks: [100, 102, 110], bars: [] });
  const { ticks, bars } = laneTicks([0, 1, 2, 40, 41, 41.5, 42, 42.5, 43]);
  expect(ticks).toEqual([]);
  expect(bars.map(({ x, records }) => [x, records])).toEqual([
    [0, 3],
    [40, 6],
  ]);
  expect(bars[0]?.level).toBeLessThan(bars[1]?.level ?? 0);
});

test('records that are told in a sum are spread between the first and the last of them', () => {
  const { ticks, bars } = laneTicks([0, 400], [{ x0: 100, x1: 199, records: 2500 }]);
  expect(ticks).toEqual([0, 400]);
  expect(bars.map(({ x }) => x)).toEqual(Array.from({ length: 25 }, (_, i) => 100 + 4 * i));
  expect(bars.reduce((sum, { records }) => sum + records, 0)).toBe(2500);
  expect(laneTicks([], [{ x0: 8, x1: 8, records: 1 }]).bars).toEqual([]);
});

test('what is read far from the capture point is drawn as such', async () => {
  const { lanes } = await lanesOf('openssl-loss-final-flight-x3.client.pcap');
  expect(lanes.map((lane) => lane.captured)).toEqual([true, true, false, false]);
  expect(lanes.map((lane) => lane.missing)).toEqual(['', '0:5–6, 1:0, 0:8, 0:10', '', '']);
});
