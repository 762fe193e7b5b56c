/** Associations with very many records: which are told one by one, and what is told of the others. */
import { beforeAll, describe, expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { MOST_SHOWN } from '../src/analysis/shown-records.ts';
import type { AssociationDetail } from '../src/analysis/trace.ts';
import { goalOf } from '../src/present/go-to.ts';
import { recordLines, withSilences } from '../src/present/packet-table.ts';
import { placeText } from '../src/present/playhead-text.ts';
import { packetsText } from '../src/present/sequence-columns.ts';
import { sequenceRows, wordBursts } from '../src/present/sequence-rows.ts';
import { recordsInAll, summedOf } from '../src/present/summed-records.ts';
import { writeReport } from '../src/report/report.ts';
import { MOST_SHARED_RECORDS } from '../src/share/limits.ts';
import { tooMuchToShare } from '../src/share/prepare.ts';
import { type LongTunnel, longTunnel } from './long-tunnel.ts';

const DATA = 25_000;
let tunnel: LongTunnel;
const session = new Session();

beforeAll(async () => {
  tunnel = await longTunnel(DATA);
  await session.open([tunnel.source], { add: false });
});

const shown = (around: number | null = null): AssociationDetail => {
  const detail = session.shown('a1', around);
  if (!detail) throw new Error('a1 is there');
  return detail;
};

/** Every record is told or in one sum, each once. */
function expectWhole(detail: AssociationDetail): void {
  const { records } = session.association('a1') ?? detail;
  expect(recordsInAll(detail)).toBe(records.length);
  const told = new Map(detail.records.map((record) => [record.record, record]));
  for (const record of records) {
    const sums = summedOf(detail).filter((s) => s.firstRecord <= record.record && record.record <= s.lastRecord);
    expect(sums).toHaveLength(told.has(record.record) ? 0 : 1);
    if (told.has(record.record)) expect(told.get(record.record)).toEqual(record);
  }
}

test('of very many records those are told that tell something, and what is beside them', () => {
  const detail = shown();
  const { records } = session.association('a1') ?? detail;
  expect(detail.records.length).toBeLessThan(500);
  const told = new Set(detail.records.map(({ record }) => record));
  for (const { record, flight, mark } of records)
    if (flight !== null || mark !== 'original') expect(told.has(record)).toBe(true);
  expect(records.some(({ mark, packet }) => mark === 'duplicate' && packet === tunnel.copy)).toBe(true);
  for (const { evidence } of detail.association.findings)
    for (const { record } of evidence) if (record !== null) expect(told.has(record)).toBe(true);
  expectWhole(detail);
});

test('sums tell who sent how much, when, and in which packets', () => {
  const detail = shown();
  const { records } = session.association('a1') ?? detail;
  for (const sum of summedOf(detail)) {
    const own = records.filter(({ record }) => record >= sum.firstRecord && record <= sum.lastRecord);
    const of = (sender: string) => own.filter((record) => record.sender === sender);
    for (const side of ['client', 'server'] as const)
      expect(sum[side]).toEqual({
        records: of(side).length,
        bytes: of(side).reduce((bytes, { length }) => bytes + length, 0),
      });
    expect([sum.startMs, sum.endMs]).toEqual([own[0]?.timeMs, own.at(-1)?.timeMs]);
    expect([sum.firstPacket, sum.lastPacket]).toEqual([own[0]?.packet, own.at(-1)?.packet]);
    expect(sum).toMatchObject({ datagrams: own.length, duplicates: 0, encrypted: true, onlyData: true });
  }
});

test('a record that is looked for is told with those around it', () => {
  const record = 20_000;
  const detail = shown(record);
  const at = detail.records.findIndex((one) => one.record === record);
  expect(detail.records.slice(at - 100, at + 100).map((one) => one.record)).toEqual(
    Array.from({ length: 200 }, (_, i) => record - 100 + i),
  );
  const [one] = detail.records.slice(at);
  if (one) expect(placeText(detail, one)).toBe(`packet ${one.packet} · record 20000 of ${recordsInAll(detail)}`);
  expectWhole(detail);
});

test('to a time within a sum it leads to the record that was captured then', () => {
  const detail = shown();
  const { startMs } = detail.association;
  const wanted = session.association('a1')?.records.find(({ record }) => record === 7000);
  const typed = `t${((wanted?.timeMs ?? 0) - startMs + 0.1).toFixed(3)}`;
  const goal = goalOf(typed, { ...session.trace(), detail });
  expect(goal).toMatchObject({ is: 'sought', sought: { by: 'time' } });
  if (goal.is === 'sought') expect(session.find(goal.sought, 'a1')).toEqual({ association: 'a1', record: 7000 });
});

test('an association with fewer records is told whole', async () => {
  const small = new Session();
  const { source } = await longTunnel(MOST_SHOWN - 100);
  await small.open([source], { add: false });
  expect(small.shown('a1')).toEqual(small.association('a1'));
});

test('more records than can be shared are refused with a sentence that says what to do', async () => {
  const long = new Session();
  const { source } = await longTunnel(MOST_SHARED_RECORDS);
  await long.open([source], { add: false });
  for (const associations of [null, ['a1']])
    expect(tooMuchToShare(long, { associations })).toMatch(
      /^These are 1000\d\d records, and at most 100000 can be shared/,
    );
  expect(tooMuchToShare(session, { associations: null })).toBe(null);
});

describe('the views of it', () => {
  test('the diagram has the data in few lines that count all of them', () => {
    const detail = shown();
    const rows = sequenceRows(wordBursts(detail), { fits: () => true, open: new Set(), summed: summedOf(detail) });
    const folds = rows.flatMap((row) => (row.kind === 'fold' ? [row] : []));
    expect(rows.length).toBeLessThan(40);
    const count = folds.reduce((sum, { client, server }) => sum + client.records + server.records, 0);
    expect(count).toBeGreaterThan(DATA - 20);
    expect(folds.every(({ around }) => around === null)).toBe(true);
    expect(folds.map(packetsText)).toContainEqual(expect.stringMatching(/^\d+…\d+$/));
  });

  test('an opened line shows the records beside what tells something, and sums to look into', () => {
    const detail = shown();
    const summed = summedOf(detail);
    const closed = sequenceRows(wordBursts(detail), { fits: () => true, open: new Set(), summed });
    const fold = closed.find((row) => row.kind === 'fold');
    const open = sequenceRows(wordBursts(detail), { fits: () => true, open: new Set([fold?.key ?? 0]), summed });
    const sums = open.flatMap((row) => (row.kind === 'fold' && row.around !== null ? [row] : []));
    expect(sums[0]).toMatchObject({ around: summed[0]?.firstRecord, open: false, client: summed[0]?.client });
    expect(open.length).toBeGreaterThan(closed.length + 100);
  });

  test('the table says where records are left to sums, and calls that no silence', () => {
    const detail = shown();
    const lines = withSilences(recordLines(detail, null), { client: 'client', server: 'server' }, detail.summed);
    const words = lines.flatMap((line) => (line.kind === 'silence' ? [line.says] : []));
    expect(words.filter((says) => says.includes('records of application data in between'))).toHaveLength(
      summedOf(detail).length,
    );
    expect(words.filter((says) => says.includes('silence'))).toEqual([]);
  });

  test('the report for a terminal fits on a page', () => {
    const text = writeReport(session, { format: 'text', generator: 'test', ids: ['a1'], alone: true });
    expect(text.split('\n').length).toBeLessThan(80);
    expect(text).toMatch(/\d{5} encrypted datagrams both ways/);
  });

  test.each(['markdown', 'html', 'svg'] as const)('the report as %s stays small', (format) => {
    const text = writeReport(session, { format, generator: 'test', ids: ['a1'], alone: true });
    expect(text.length).toBeLessThan(600_000);
    // However few it lists, it says how many there are.
    if (format === 'html')
      expect(text).toMatch(/25[\s\u202f]014 records[\s\S]*2[45][\s\u202f]\d{3} more records are not listed/);
  });
});
