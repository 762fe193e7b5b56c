import { expect, test } from 'vitest';
import type { LossView } from '../analysis/story.ts';
import { sequenceRows, wordBursts } from './sequence-rows.ts';
import { message, story } from './sequence-stories.ts';

const LOSS: LossView = {
  sender: 'server',
  epoch: 0,
  sequenceNumbers: [8],
  messages: ['ChangeCipherSpec'],
  where: 'before-capture',
  inferred: true,
  certainty: 'near-certain',
  packets: [],
  records: [],
  timeMs: 12,
  handshake: null,
  flight: null,
  transmission: null,
  reason: 'Its number is missing between those of packets 2 and 3.',
  evidence: [1, 2],
};

const SENT = [
  { packet: 1, timeMs: 0, from: 'server' as const, content: message('Certificate', 2, 100) },
  { packet: 2, timeMs: 12, from: 'server' as const, content: message('Finished', 3, 12) },
];
const rowsOf = (losses: readonly LossView[]) =>
  sequenceRows(wordBursts(story(SENT, { losses })), { fits: () => true, open: new Set() });

test('what never reached the capture has a row without packet, before the record that shows it', () => {
  const rows = rowsOf([LOSS]);
  expect(rows).toHaveLength(3);
  expect(rows[1]).toMatchObject({ records: [], packets: [], fate: 'lost', evidence: [1, 2], note: 'record 8 missing' });
});

test('what was captured and lost later keeps its row and loses its head', () => {
  const later: LossView = { ...LOSS, records: [2], packets: [2], where: 'after-capture' };
  expect(rowsOf([later]).map((r) => r.kind === 'burst' && r.fate)).toEqual(['delivered', 'lost']);
  const proven: LossView = { ...later, where: 'between', inferred: false };
  expect(rowsOf([proven]).map((r) => r.kind === 'burst' && r.fate)).toEqual(['delivered', 'lost-proven']);
});

test('a missing number stands after the record before it, where that is of the same attempt', () => {
  const sent = (packet: number, timeMs: number, name: string, transmission: number, seq: number) => ({
    ...{ packet, timeMs, from: 'server' as const, flight: 6, transmission },
    content: message(name, seq, 12),
  });
  const attempts = [
    sent(1, 0, 'NewSessionTicket', 1, 5),
    sent(2, 0.2, 'Finished', 1, 6),
    sent(3, 2000, 'NewSessionTicket', 2, 5),
    sent(4, 2000.2, 'Finished', 2, 6),
  ];
  const lost: LossView = { ...LOSS, handshake: 1, flight: 6, transmission: 1, evidence: [1, 3], timeMs: 2000 };
  const rows = sequenceRows(wordBursts(story(attempts, { losses: [lost] })), { fits: () => true, open: new Set() });
  expect(rows.map((row) => row.records)).toEqual([[1], [], [2], [3], [4]]);
  // It does not seem to come as late as what shows it.
  expect(rows[1]?.startMs).toBe(0);
});

test('losses that no record shows stand at the end', () => {
  expect(rowsOf([{ ...LOSS, evidence: [] }]).map((row) => row.records)).toEqual([[1], [2], []]);
});
