import { expect, test } from 'vitest';
import { bytesOf } from '../../test/captures.ts';
import { FieldTree } from '../wire/fields.ts';
import type { AnalysedTrace } from './analyse.ts';
import { readAhead } from './read-ahead.ts';
import { Session } from './session.ts';

const MEGABYTE = 1 << 20;

/** Associations of three records, each in a datagram of its own, of so many bytes; and what was gathered of them. */
function traceOf(associations: number, datagramBytes: number) {
  const gathered: number[][] = [];
  const trace = {
    records: { columns: { datagram: { get: (record: number) => record } } },
    analysed: Array.from({ length: associations }, (_, i) => ({ state: { records: [3 * i, 3 * i + 1, 3 * i + 2] } })),
    datagrams: { wireLength: () => datagramBytes, gather: (indices: number[]) => gathered.push(indices) },
  } as unknown as AnalysedTrace;
  return { trace, gathered };
}

test('from the second in turn on, those that follow are read at once', () => {
  const { trace, gathered } = traceOf(4, 100);
  readAhead(trace, 0);
  expect(gathered).toEqual([]);
  for (const association of [1, 2, 3]) readAhead(trace, association);
  expect(gathered).toEqual([[3, 4, 5, 6, 7, 8, 9, 10, 11]]);
});

test('no more than there is room for, and then the next', () => {
  const { trace, gathered } = traceOf(8, MEGABYTE);
  for (let association = 0; association < 8; association++) readAhead(trace, association);
  expect(gathered.map((indices) => [indices[0], indices.length])).toEqual([
    [3, 8],
    [12, 8],
    [21, 3],
  ]);
});

test('nothing for who looks here and there', () => {
  const { trace, gathered } = traceOf(4, 100);
  for (const association of [2, 0, 3, 1]) readAhead(trace, association);
  expect(gathered).toEqual([]);
});

test('the records of associations are the same, in whatever order these are looked at', async () => {
  const FILE = 'rtc-new-association-same-ports-firefox.offerer.pcap';
  const bytes = bytesOf(FILE);
  const session = new Session({ keptBytes: 0 });
  const readAt = (offset: number, length: number) => bytes.slice(offset, offset + length);
  const chunks = async function* () {
    yield bytes;
  };
  await session.open([{ name: FILE, size: bytes.length, chunks, readAt }], { add: true });
  const ids = session.trace().associations.map(({ id }) => id);
  const recordsOf = (id: string) =>
    [...session.decodedRecords(id, () => new FieldTree())].map(({ facts, fields }) => [facts, fields.fields]);
  expect(ids.length).toBeGreaterThan(2);
  const forwards = ids.map(recordsOf);
  expect(ids.toReversed().map(recordsOf).toReversed()).toEqual(forwards);
});
