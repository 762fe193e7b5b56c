/** Records of two associations that were captured in turns, summed up by association, side and epoch. */
import { describe, expect, test } from 'vitest';
import { MARK, RecordTable, STATE } from './record-table.ts';
import { SumTable } from './stream-sums.ts';
import { isDense, type Stream } from './streams.ts';

interface Sent {
  readonly association?: number;
  readonly side?: 0 | 1;
  readonly epoch?: number;
  /** NaN where it is hidden. */
  readonly number: number;
  readonly state?: number;
  readonly mark?: number;
}

/** One record each 10 ms. */
function sumsOf(sent: readonly Sent[], unproven: ReadonlySet<number> = new Set()): SumTable {
  const table = new RecordTable();
  for (const { association = 0, side = 0, epoch = 0, number, state = STATE.plaintext, mark = MARK.original } of sent) {
    const index = table.add({
      ...{ datagram: table.count, from: 0, length: 20, contentType: 22, version: 0xfefd, cid: 0 },
      ...{ epoch, sequenceNumber: number },
    });
    const c = table.columns;
    c.association[index] = association;
    c.side[index] = side;
    c.state[index] = state;
    c.mark[index] = mark;
  }
  return new SumTable(
    table,
    2,
    (record) => record * 10,
    (_, record) => unproven.has(record),
  );
}

function streamOf(sums: SumTable, association: number, side: 0 | 1, epoch: number): Stream {
  const found = sums.streamsOf(association).find((s) => s.side === side && s.epoch === epoch);
  if (!found) throw new Error('there is no such stream');
  return found;
}

test('each association has its own streams, and places in its own list of records', () => {
  const sums = sumsOf([{ number: 0 }, { association: 1, number: 7 }, { number: 1 }, { side: 1, number: 0 }]);
  expect(sums.streamsOf(0)).toHaveLength(2);
  expect(streamOf(sums, 0, 0, 0)).toMatchObject({ first: 0, last: 2, from: 0, to: 1, records: 2, highest: 1 });
  expect(streamOf(sums, 0, 1, 0)).toMatchObject({ first: 3, last: 3, from: 2, to: 2 });
  expect(streamOf(sums, 1, 0, 0)).toMatchObject({ first: 1, records: 1, lowest: 7, highest: 7 });
});

describe('a stream is dense', () => {
  const isDenseWith = (...numbers: number[]) => {
    const sums = sumsOf(numbers.map((number) => ({ number })));
    return isDense(streamOf(sums, 0, 0, 0));
  };
  test('where each number follows the one before', () => expect(isDenseWith(5, 6, 7)).toBe(true));
  test('but not with a number missing', () => expect(isDenseWith(5, 7)).toBe(false));
  test('nor with one that came late', () => expect(isDenseWith(5, 7, 6)).toBe(false));
  test('nor with one that came twice', () => expect(isDenseWith(5, 6, 6)).toBe(false));
  test('hidden numbers say nothing', () => expect(isDenseWith(5, Number.NaN, 6)).toBe(true));
  test('even where all are hidden', () => expect(isDenseWith(Number.NaN, Number.NaN)).toBe(true));
});

test('the least number may come last', () => {
  const stream = streamOf(sumsOf([{ number: 4 }, { number: 9 }, { number: 2 }]), 0, 0, 0);
  expect(stream).toMatchObject({ lowest: 2, highest: 9, numbered: 3, ascending: false });
});

test('what comes after its sender has moved to a later epoch is late, whatever the other side does', () => {
  const sums = sumsOf([
    { number: 0 },
    { epoch: 1, number: 0 },
    { number: 1 },
    { side: 1, number: 0 },
    { epoch: 1, number: 1 },
    { number: 2 },
  ]);
  expect(streamOf(sums, 0, 0, 0).late).toEqual([2, 5]);
  expect(streamOf(sums, 0, 0, 1).late).toEqual([]);
  expect(streamOf(sums, 0, 1, 0).late).toEqual([]);
});

test('states, marks and numbers that prove nothing are counted', () => {
  const sums = sumsOf(
    [
      { number: 0 },
      { epoch: 1, number: 0, state: STATE.decrypted },
      { epoch: 1, number: 1, state: STATE.decrypted, mark: MARK.duplicate },
      { association: 1, number: 0 },
    ],
    new Set([0]),
  );
  const counts = sums.counts(0);
  expect(counts.total).toBe(3);
  expect(counts.state(STATE.decrypted)).toBe(2);
  expect(counts.mark(MARK.duplicate)).toBe(1);
  expect(streamOf(sums, 0, 0, 0)).toMatchObject({ unproven: 1, decrypted: 0 });
  expect(streamOf(sums, 0, 0, 1)).toMatchObject({ unproven: 0, decrypted: 2 });
});

test('the longest pause is one between two records of the same association', () => {
  const other = Array.from({ length: 5 }, (_, number) => ({ association: 1, number }));
  const sums = sumsOf([{ number: 0 }, ...other, { number: 1 }, { number: 2 }]);
  expect(sums.counts(0).longestPauseMs).toBe(60);
  expect(sums.counts(1).longestPauseMs).toBe(10);
});

test('an epoch that is left and entered again is one stream', () => {
  const sent = Array.from({ length: 40 }, (_, i) => ({ epoch: i % 2, number: i >> 1 }));
  const sums = sumsOf(sent);
  expect(sums.streamsOf(0)).toHaveLength(2);
  expect(isDense(streamOf(sums, 0, 0, 0))).toBe(true);
  expect(streamOf(sums, 0, 0, 1)).toMatchObject({ records: 20, from: 1, to: 39 });
});
