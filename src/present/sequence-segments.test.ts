import { expect, test } from 'vitest';
import type { Association, Content, RecordView } from '../analysis/trace.ts';
import { joinedAcks, segmentsOf } from './sequence-segments.ts';

const association = { version: 'DTLS 1.3', handshakes: [] } as unknown as Association;

function segment(content: Content) {
  const record = { record: 5, epoch: 3, sequenceNumber: 1, contents: [content] } as unknown as RecordView;
  const [only] = segmentsOf(record, association);
  if (!only) throw new Error('one content is one segment');
  return only;
}

const data = (preview: string | null, protocol: string | null) =>
  segment({ kind: 'applicationData', length: 17, preview, protocol });

test('application data says its protocol and what the message is; text stands as it was said', () => {
  expect(data('CON GET /time', 'CoAP')).toMatchObject({ chip: 'CoAP', note: 'CON GET /time' });
  expect(data('hello', 'text')).toMatchObject({ chip: null, note: '“hello”' });
  expect(data('hello', null)).toMatchObject({ chip: null, note: '“hello”' });
  expect(data(null, null)).toMatchObject({ chip: null, note: '17 bytes' });
});

function ack(...numbers: readonly (readonly [number, number])[]) {
  const acknowledged = numbers.map(([epoch, sequenceNumber]) => ({ epoch, sequenceNumber, record: null }));
  return segment({ kind: 'ack', acknowledged });
}

test('an ACK lists what arrived, and what lies between that is absent', () => {
  expect(ack([0, 0], [2, 0], [2, 1], [2, 2], [2, 4])).toMatchObject({
    label: 'ACK',
    detail: '0:0, 2:0, 2:1, 2:2, 2:4',
    note: '2:3 is not in it',
  });
  expect(ack([2, 1], [2, 4])).toMatchObject({ note: '2:2–3 are not in it' });
  expect(ack([2, 5], [2, 6])).toMatchObject({ note: null });
  // Another epoch begins at 0 again, and an order of its own is no gap.
  expect(ack([2, 6], [3, 9], [3, 2])).toMatchObject({ note: null });
  expect(ack()).toMatchObject({ detail: 'nothing', note: null });
});

test('ACKs that were sent in one breath are one label', () => {
  expect(joinedAcks([ack([2, 5], [2, 6]), ack([2, 7])])).toMatchObject([
    { detail: '2:5, 2:6; 2:7', note: '2 ACKs', record: 5 },
  ]);
});
