/** Transmissions that were lost whole, and what the attempts of a flight are called because of them. */
import { expect, test } from 'vitest';
import { drawnSequence, rowWords } from '../../test/drawn-sequence.ts';

const X3 = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'];

test('a transmission of which only numbers are missing is one lost row, where what it answers was sent', async () => {
  const { rows, layout } = await drawnSequence(X3);
  expect(rows.slice(3, 10).map(rowWords)).toEqual([
    '4.1 ServerHello Certificate ServerKeyExchange ServerHelloDone',
    '5.1 ClientKeyExchange ChangeCipherSpec Finished',
    '6.1 (never captured) NewSessionTicket ChangeCipherSpec Finished',
    '5.2 ClientKeyExchange ChangeCipherSpec Finished',
    '6.2 NewSessionTicket',
    '6.2 (never captured) ChangeCipherSpec',
    '6.2 Finished',
  ]);
  const lost = rows[5];
  expect(lost).toMatchObject({ fate: 'lost', records: [], mark: 'first', note: 'records 0:5–6, 1:0 missing' });
  expect(lost?.segments.map((one) => one.epoch)).toEqual([0, 0, 1]);
  // It stands before the silence that its loss caused.
  expect(layout.breaks[0]).toMatchObject({ before: 6, cause: 'client timer 1\u202f000 ms' });
});

test('the attempts after it are counted from it', async () => {
  const { layout, rows } = await drawnSequence(X3);
  const flight6 = layout.brackets.filter((bracket) => bracket.label === 'Flight 6');
  expect(flight6.map(({ count, outcome, inline }) => [count, outcome, inline])).toEqual([
    ['1/4', 'lost', true],
    ['2/4', '1 of 3 lost', false],
    ['3/4', '1 of 3 lost', false],
    ['4/4', 'complete', false],
  ]);
  // What was captured first is a repeat all the same.
  expect(rows.find((row) => rowWords(row) === '6.2 NewSessionTicket')?.mark).toBe('retransmission');
});

test('the second point proves the same numbers', async () => {
  const both = ['openssl-loss-final-flight-x3.server.pcap', ...X3];
  const [one, two] = [await drawnSequence(X3), await drawnSequence(both)];
  const attempts = (drawn: typeof one) => drawn.layout.brackets.map(({ label, count }) => `${label} ${count}`);
  expect(attempts(one)).toEqual(attempts(two));
});

test('timers are named as their schedule has them', async () => {
  const { layout } = await drawnSequence(X3);
  expect(layout.breaks.map((one) => one.cause)).toEqual([
    'client timer 1\u202f000 ms',
    'client timer 2\u202f000 ms',
    'client timer 4\u202f000 ms',
    'application idle',
  ]);
});

test('without losses every attempt keeps its number', async () => {
  const { rows, detail } = await drawnSequence(['openssl-ecdhe-ecdsa-aes128-gcm.pcap']);
  const flights = detail.association.handshakes[0]?.flights.length;
  expect(
    new Set(rows.flatMap(({ attempt }) => (attempt ? [`${attempt.flight} ${attempt.number}/${attempt.of}`] : []))).size,
  ).toBe(flights);
  expect(rows.every(({ attempt }) => !attempt || attempt.number === 1)).toBe(true);
});
