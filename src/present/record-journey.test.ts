import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { seenTwice } from './capture-points.ts';
import { journeyOf } from './record-journey.ts';

async function journeys(...files: readonly string[]) {
  const session = await openSession(...files);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${files[0]} has no association`);
  const twice = seenTwice(detail, session.trace().points);
  return { detail, of: detail.records.map((record) => journeyOf(record, detail, twice).map(({ text }) => text)) };
}

test('with two points: after how long it arrived, or that it was lost between them', async () => {
  const { detail, of } = await journeys(
    'openssl-loss-final-flight-x3.client.pcap',
    'openssl-loss-final-flight-x3.server.pcap',
  );
  expect(of[0]?.[0]).toMatch(/^Arrived at B after 0\.\d{3} ms, in packet 1, there from 127\.0\.0\.1:\d+\.$/);
  const lost = detail.records.findIndex((record) => record.arrival === null);
  expect(of[lost]).toEqual([expect.stringMatching(/^Lost between the two capture points\. The capture nearer to/)]);
});

test('behind a translation of addresses: where it seems to come from', async () => {
  const { of } = await journeys('nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap');
  expect(of[0]?.[0]).toMatch(/there from 198\.51\.100\.77:\d+\.$/);
});

test('with one point: what became of it, with the reason', async () => {
  const { of } = await journeys('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  expect(of[0]).toEqual(['Delivered. The server answered it.']);
});

test('a copy is told in words, with the record that it copies', async () => {
  const { detail, of } = await journeys('openssl-dup-appdata-replay.server.pcap');
  const at = detail.records.findIndex((record) => record.duplicateOrigin === 'network');
  const copy = detail.records[at];
  if (!copy) throw new Error('no copy');
  expect(of[at]).toEqual([
    `The network delivered it twice: a copy of record ${copy.repeats}.`,
    'A receiver with a replay window drops it: its number came before.',
  ]);
  expect(journeyOf(copy, detail, null)[0]?.record).toBe(copy.repeats);
  const replayed = journeyOf({ ...copy, duplicateOrigin: 'replay', repeats: null }, detail, null);
  expect(replayed[0]?.text).toBe('Somebody sent it again long after the original: a replay.');
});

test('a copy that only the receiver’s point has', async () => {
  const { of } = await journeys('openssl-dup-all.client.pcap', 'openssl-dup-all.server.pcap');
  expect(of.flat()).toContain('Captured at B only: A, nearer to its sender, does not have it.');
});
