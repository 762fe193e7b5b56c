import { expect, test } from 'vitest';
import type { AssociationDetail, RecordDetail, RecordView } from '../analysis/trace.ts';
import type { Field } from '../wire/fields.ts';
import { acknowledgedAt, acknowledgedRecords, entryPaths, withAcknowledged } from './acknowledged.ts';

const at = { buffer: 'plaintext', from: 0, to: 1 } as const;
const leaf = (name: string): Field => ({ name, at, value: 0, meaning: null, children: [] });
const group = (name: string, meaning: string | null, ...children: Field[]): Field => ({
  name,
  at,
  value: null,
  meaning,
  children,
});
const entry = (number: string) => group('RecordNumber', number, leaf('epoch'), leaf('sequence_number'));
const fields = [
  group('record', null, leaf('length')),
  group('ACK', null, leaf('record_numbers_length'), group('record_numbers', null, entry('2:1'), entry('2:9'))),
];

const ack = {
  record: 7,
  contents: [
    {
      kind: 'ack',
      acknowledged: [
        { epoch: 2, sequenceNumber: 1, record: 4 },
        { epoch: 2, sequenceNumber: 9, record: null },
      ],
    },
  ],
} as unknown as RecordView;
const certificate = {
  record: 4,
  contents: [
    {
      kind: 'handshake',
      type: 11,
      name: 'Certificate',
      messageSeq: 2,
      length: 900,
      fragmentOffset: 0,
      fragmentLength: 266,
      message: 0,
    },
  ],
} as unknown as RecordView;
const detail = { record: ack, fields, buffers: [], problems: [] } as RecordDetail;
const association = { records: [certificate, ack] } as unknown as AssociationDetail;

test('an entry of the list, and all that lies in it, names one record', () => {
  expect(acknowledgedAt(detail, '1.1.0')).toEqual([4]);
  expect(acknowledgedAt(detail, '1.1.0.1')).toEqual([4]);
  expect(acknowledgedAt(detail, '1.1.1')).toEqual([]);
  expect(acknowledgedAt(detail, '1.1')).toEqual([]);
  expect(acknowledgedAt(detail, '0.0')).toEqual([]);
});

test('entries say what they name, where it was captured', () => {
  expect(acknowledgedRecords(ack, association.records)).toEqual([
    { record: 4, number: '2:1', what: 'Certificate [0, 266)' },
  ]);
  const told = withAcknowledged(detail, association)[1]?.children[1]?.children;
  expect(told?.map(({ meaning }) => meaning)).toEqual(['2:1 Certificate [0, 266)', '2:9']);
});

test('entries are folded at first', () => {
  expect(entryPaths(fields)).toEqual(['1.1.0', '1.1.1']);
});
