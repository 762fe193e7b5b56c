import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { endpointNames, lostBetween, pointFacts, pointOf, seenTwice, sharedRecords } from './capture-points.ts';

const X3 = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.server.pcap'] as const;

async function merged(...files: readonly string[]) {
  const session = await openSession(...files);
  const { points, captures } = session.trace();
  const [detail] = detailsOf(session);
  if (!points || !detail) throw new Error(`${files[0]} was not recognised as seen from two points`);
  return { points, captures, detail, twice: seenTwice(detail, points) };
}

test('what each point has, what both have, and what was lost between them', async () => {
  const { points, captures } = await merged(...X3);
  const facts = pointFacts(points, captures).map(({ name, what, says, lostFrom }) => [name, what, says, lostFrom]);
  expect(facts.slice(0, 5)).toEqual([
    ['A', 'at the client', '25 packets, 30 records', null],
    ['B', 'at the server', '28 packets, 35 records', null],
    ['A = B', 'matched', '25 datagrams', null],
    ['A', 'only', 'none', null],
    ['B', 'only', '3 datagrams', 'B'],
  ]);
  expect(facts.at(-1)).toEqual(['clock', 'B − A', expect.stringMatching(/^−?\d+\.\d{3} ± \d+\.\d{3} ms$/), null]);
});

test('with one association records are counted too', async () => {
  const { points, captures, detail, twice } = await merged(...X3);
  if (!twice) throw new Error('seen at one point only');
  const facts = pointFacts(points, captures, sharedRecords(detail, twice)).map(({ says }) => says);
  expect(facts.slice(2, 5)).toEqual(['25 datagrams, 30 records', 'none', '3 datagrams, 5 records']);
});

test('the point of a record is that whose packet number it has', async () => {
  const { points, detail } = await merged(...X3);
  const at = pointOf(detail, points);
  expect(detail.records.slice(0, 3).map(({ record, packet }) => `${at(record)} ${packet}`)).toEqual([
    'A 1',
    'B 2',
    'A 3',
  ]);
  expect([at(null), at(99_999), pointOf(detail, null)(1)]).toEqual([null, null, null]);
});

test('A is the file that was opened first, wherever it was captured', async () => {
  const { points, captures, twice } = await merged(X3[1], X3[0]);
  const [a, b] = pointFacts(points, captures);
  expect([a?.what, b?.what]).toEqual(['at the server', 'at the client']);
  expect(twice?.near).toEqual({ client: 'B', server: 'A' });
  expect([twice?.nameOf(0), twice?.nameOf(1), twice?.nameOf(2)]).toEqual(['A', 'B', null]);
});

test('the lost records of one direction, one after the other', async () => {
  const { detail, twice } = await merged(...X3);
  if (!twice) throw new Error('seen at one point only');
  expect(lostBetween(detail, twice, 'A')).toEqual([]);
  const lost = lostBetween(detail, twice, 'B');
  expect(lost.map((n) => detail.records.find((r) => r.record === n)?.packet)).toEqual([6, 6, 6, 11, 17]);
});

test('an association of one capture point is not seen twice', async () => {
  const session = await openSession(X3[0]);
  const [detail] = detailsOf(session);
  expect(session.trace().points).toBeNull();
  expect(detail && seenTwice(detail, null)).toBeNull();
  const { points } = await merged(...X3);
  // Nor is one of a third capture beside a pair.
  const other = detailsOf(await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap'))[0];
  expect(other && seenTwice(other, points)).toBeNull();
});

test('letters of endpoints make room for those of capture points', () => {
  expect(endpointNames({ rolesKnown: true }, true)).toEqual({ client: 'Client', server: 'Server' });
  expect(endpointNames({ rolesKnown: false }, false)).toEqual({ client: 'A', server: 'B' });
  expect(Object.values(endpointNames({ rolesKnown: false }, true))).not.toContain('A');
});
