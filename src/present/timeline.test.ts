import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { beatOn, isAtEnd, playOn } from './playback.ts';
import { placeText, playheadSentence } from './playhead-text.ts';
import { recordAtTime, recordNearTime, stationFrom, timelineOf } from './timeline.ts';

async function opened(file = 'openssl-loss-final-flight-x3.client.pcap', keys?: string) {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${file} has no association`);
  return { detail, timeline: timelineOf(detail) };
}

test('the record at a moment is the last one that had passed by then', async () => {
  const { timeline } = await opened();
  expect(recordAtTime(timeline, -5)?.record).toBe(1);
  // Four records of one datagram: the last of them.
  expect(recordAtTime(timeline, 1.785)?.record).toBe(7);
  expect(recordAtTime(timeline, 3000)?.record).toBe(15);
  expect(recordNearTime(timeline, 3000)?.record).toBe(16);
  expect(recordAtTime(timeline, 1e9)?.record).toBe(30);
});

test('steps lead from attempt to attempt, from repeat to repeat, and end at both ends', async () => {
  const { timeline } = await opened();
  const all = (of: 'attempts' | 'retransmissions') => {
    const found: number[] = [];
    for (let at = stationFrom(timeline, of, null, 1); at !== null; at = stationFrom(timeline, of, at, 1))
      found.push(at);
    return found;
  };
  expect(all('attempts')).toEqual([1, 2, 3, 4, 8, 11, 14, 16, 19, 21, 24]);
  expect(all('retransmissions')).toEqual([11, 16, 19, 21, 24]);
  // Within an attempt, back is to its own beginning.
  expect(stationFrom(timeline, 'attempts', 6, -1)).toBe(4);
  expect(stationFrom(timeline, 'attempts', 4, -1)).toBe(3);
  expect(stationFrom(timeline, 'attempts', 1, -1)).toBeNull();
});

test('without keys the next closed record is the Finished', async () => {
  const { timeline, detail } = await opened();
  const first = stationFrom(timeline, 'undecryptable', 1, 1);
  expect(first).toBe(10);
  expect(detail.records.find((r) => r.record === first)?.epoch).toBe(1);
});

test('real time lasts as long as it did, a multiple of it less, and it ends at the last record', async () => {
  const { timeline } = await opened();
  expect(playOn(timeline, 0, 1000, 1)).toEqual({ timeMs: 1000, record: 10, ended: false });
  expect(playOn(timeline, 0, 1000, 10)).toMatchObject({ timeMs: 7620.008, record: 30, ended: true });
  expect(beatOn(timeline, 10)).toMatchObject({ record: 11, ended: false });
  expect(beatOn(timeline, 29)).toMatchObject({ record: 30, ended: true });
  expect([isAtEnd(timeline, 29), isAtEnd(timeline, 30)]).toEqual([false, true]);
});

test('the playhead is a sentence: time, packet, record, both states', async () => {
  const { detail } = await opened('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  const record = detail.records[19];
  if (!record) throw new Error('record 20');
  expect(placeText(detail, record)).toBe('packet 15 · record 20 of 30');
  expect(playheadSentence(detail, record.timeMs, record, { client: 'Client', server: 'Server' })).toBe(
    '3\u202f013.379 ms; packet 15, record 20 of 30; Client waits, timer 4\u202f000 ms, 3\u202f999 ms left; Server is done, no timer',
  );
});
