import { expect, test } from 'vitest';
import { CONTENT_TYPE } from '../../dtls/record.ts';
import { Carriage } from '../carriage.ts';
import { HIDDEN_TYPE, MARK, RecordTable, STATE } from '../record-table.ts';
import { SortedRecords } from './sorted-records.ts';
import { UNAUTHENTIC } from './stream.ts';

const GCM = 0xc02b;
const GCM_13 = 0x1301;

const NO_REASONS = {
  'no-key': 0,
  'authentication-failed': 0,
  'unsupported-suite': 0,
  'truncated-capture': 0,
  'unknown-cid-length': 0,
};

/** A record as a test tells of it: by default data of the client in epoch 1. */
interface Told {
  readonly side?: 0 | 1;
  readonly type?: number;
  readonly epoch?: number;
  readonly number?: number;
  readonly length?: number;
  readonly copy?: true;
  readonly unauthentic?: true;
  readonly malformed?: true;
  readonly flight?: number;
  readonly carries?: 'alert' | 'data';
}

function sorted(records: readonly Told[], is13 = false): SortedRecords {
  const table = new RecordTable();
  const carried = new Carriage(table);
  for (const told of records) {
    const { type = CONTENT_TYPE.applicationData, epoch = 1, number = table.count, length = 60 } = told;
    const base = { datagram: table.count, from: 0, version: 0xfefd, cid: 0 };
    const index = table.add({ ...base, length, contentType: type, epoch, sequenceNumber: number });
    const c = table.columns;
    c.side[index] = told.side ?? 0;
    c.state[index] = told.malformed ? STATE.malformed : STATE.undecryptable;
    c.reason[index] = told.unauthentic ? UNAUTHENTIC : 1;
    c.mark[index] = told.copy ? MARK.duplicate : MARK.original;
    if (told.flight) c.place.set([index], { handshake: 1, flight: told.flight, transmission: 1 });
    if (told.carries === 'alert') carried.add(index, { kind: 'alert', level: 1, code: 0 });
    if (told.carries === 'data') carried.add(index, { kind: 'applicationData', length: 1 });
  }
  const indices = records.map((_, i) => i);
  const count = (which: (told: Told) => unknown) => records.filter(which).length;
  return new SortedRecords({ records: indices, isVersion13: is13, connectionIds: [[], []], carried }, table, {
    cipherSuite: { id: is13 ? GCM_13 : GCM },
    records: {
      duplicate: count((r) => r.copy),
      malformed: count((r) => r.malformed),
      undecryptableReasons: { ...NO_REASONS, 'authentication-failed': count((r) => r.unauthentic) },
    },
  });
}

test('application data under keys is counted, and all else is listed', () => {
  const { plainData, others } = sorted([
    { type: CONTENT_TYPE.handshake, epoch: 0 },
    { type: CONTENT_TYPE.handshake, flight: 4 },
    {},
    { side: 1 },
    {},
    { type: CONTENT_TYPE.alert },
  ]);
  expect(plainData).toEqual({ count: [2, 1], first: 2 });
  expect(others).toEqual([0, 1, 5]);
});

test.each<[string, Told]>([
  ['in epoch 0', { epoch: 0 }],
  ['a copy', { copy: true }],
  ['not authentic', { unauthentic: true }],
  ['malformed', { malformed: true }],
])('data that is %s is looked at on its own', (_, told) => {
  expect(sorted([told]).others).toEqual([0]);
});

test('closed records of DTLS 1.3 are data where they are longer than any alert or ACK of one record', () => {
  const hidden = { type: HIDDEN_TYPE, number: Number.NaN };
  const records = [
    { ...hidden, epoch: 2, length: 500 },
    { ...hidden, epoch: 3, length: 40 },
    { ...hidden, epoch: 3, length: 41 },
    { ...hidden, epoch: 3, length: 41, flight: 6 },
  ];
  const { plainData, others, streams } = sorted(records, true);
  expect(others).toEqual([0, 1, 3]);
  expect(plainData.first).toBe(2);
  expect(streams.map((s) => s.unnumbered)).toEqual([1, 3]);
});

test('with a connection ID only what the record carries tells', () => {
  const type = CONTENT_TYPE.tls12Cid;
  const records: Told[] = [{ type }, { type, carries: 'data' }, { type, carries: 'alert' }, { type, flight: 5 }];
  expect(sorted(records).others).toEqual([2, 3]);
});

test('a stream is what one side sent in one epoch', () => {
  const all = sorted([
    { epoch: 0, type: CONTENT_TYPE.handshake },
    { side: 1, copy: true },
    { side: 1 },
    { side: 1, copy: true },
    {},
  ]);
  expect(all.streams.map(({ side, epoch }) => [side, epoch])).toEqual([
    [0, 0],
    [1, 1],
    [0, 1],
  ]);
  const server = all.stream(1, 1);
  expect(server).toMatchObject({ originals: 1, first: 1, firstOriginal: 2, lastOriginal: 2 });
  expect(server?.records).toEqual([1, 2, 3]);
  expect(all.stream(1, 0)).toBeUndefined();
  expect(all.lastOriginal(1)).toBe(2);
  expect(sorted([{ side: 1, copy: true }]).lastOriginal(1)).toBeNull();
});

const numbered = (...numbers: readonly number[]) => sorted(numbers.map((number) => ({ number }))).stream(0, 1);

test('a number that comes twice is found in whatever order', () => {
  expect(numbered(0, 1, 2, 7, 5, 6)?.repeatsNumber).toBe(false);
  expect(numbered(0, 1, 2, 7, 5, 6, 1)?.repeatsNumber).toBe(true);
  expect(numbered(9, 5, 4, 5)?.repeatsNumber).toBe(true);
});

test('copies and what is not authentic have no say in numbers', () => {
  const all = sorted([{ number: 3, unauthentic: true }, { number: 3 }, { number: 3, copy: true }]);
  expect(all.stream(0, 1)).toMatchObject({ repeatsNumber: false, firstNumbered: 1 });
});

test('how far a number lies above all before it', () => {
  expect(numbered(50)?.furthestJump).toBe(0);
  expect(numbered(3, 4, 104, 90)?.furthestJump).toBe(100);
});
