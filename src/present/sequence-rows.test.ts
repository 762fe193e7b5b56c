import { expect, test } from 'vitest';
import type { AssociationDetail } from '../analysis/trace.ts';
import { type RowOptions, sequenceRows, wordBursts } from './sequence-rows.ts';
import { data, message, type Sent, story } from './sequence-stories.ts';
import {
  crowdedFlight,
  failed,
  finalFlightLost,
  fragmentedCertificate,
  manyRecords,
  withoutKeys,
} from './sequence-stories-told.ts';
import type { BurstRow } from './sequence-types.ts';

const roomy: RowOptions = { fits: () => true, open: new Set() };
const rowsOf = (detail: AssociationDetail, options = roomy) => sequenceRows(wordBursts(detail), options);
const burstsOf = (detail: AssociationDetail, options = roomy) =>
  rowsOf(detail, options).filter((row): row is BurstRow => row.kind === 'burst');
const labels = (row: BurstRow | undefined) => row?.segments.map((segment) => segment.label);

test('what one side sent in one transmission is one row', () => {
  const rows = burstsOf(finalFlightLost());
  expect(labels(rows[3])).toEqual(['ServerHello', 'Certificate', 'ServerKeyExchange', 'ServerHelloDone']);
  expect(rows[5]).toMatchObject({ packets: [6, 7, 8], bytes: 133, startMs: 1004.755, endMs: 1004.846 });
  expect(rows[5]?.segments.map((segment) => segment.epoch)).toEqual([0, 0, 1]);
});

test('a repeat knows its number, what it repeats and what caused it', () => {
  const [, , , , first, second] = burstsOf(finalFlightLost());
  expect(first).toMatchObject({ mark: 'first', attempt: { flight: 5, number: 1, of: 4, cause: 'initial' } });
  expect(second).toMatchObject({ mark: 'retransmission', attempt: { number: 2, of: 4, cause: 'timer' } });
  expect(second?.repeats).toEqual([8, 9, 10]);
});

test('records of one transmission that are far apart are not one row', () => {
  const sent = (timeMs: number): Sent => ({
    packet: timeMs,
    timeMs,
    from: 'client',
    flight: 5,
    content: message('Finished', 2),
  });
  expect(rowsOf(story([sent(0), sent(20), sent(41)])).map((row) => row.records)).toEqual([[1, 2], [3]]);
});

test('outside flights only the records of one datagram are one row', () => {
  const sent = (packet: number): Sent => ({ packet, timeMs: packet, from: 'client', epoch: 1, content: data('x') });
  expect(rowsOf(story([sent(1), sent(1), sent(2)])).map((row) => row.records)).toEqual([[1, 2], [3]]);
});

test('remarks: message_seq, cookie, plaintext, record numbers of 1.3', () => {
  const notes = burstsOf(finalFlightLost()).map((row) => row.note);
  expect(notes.slice(0, 4)).toEqual(['message_seq 0', 'stateless, no timer', 'message_seq 1, cookie', null]);
  expect(notes).toContain('“hello from client”');
  expect(burstsOf(fragmentedCertificate()).find((row) => labels(row)?.[0] === 'Finished')?.note).toBe('2:10');
});

test('a message in fragments is one row, with the bytes that are missing', () => {
  const row = burstsOf(fragmentedCertificate()).find((one) => one.fragments);
  expect(row?.segments).toHaveLength(1);
  expect(row?.segments[0]).toMatchObject({ label: 'Certificate', detail: '4 fragments' });
  expect(row?.note).toBe('2:3–6, [532, 798) missing');
  expect(row?.fragments?.pieces.map(({ from, to }) => [from, to])).toEqual([
    [0, 266],
    [266, 532],
    [798, 1064],
    [1064, 1214],
  ]);
});

test('fragments stay together where the other side spoke in between', () => {
  const repeat = burstsOf(fragmentedCertificate()).find((row) => row.fragments && row.mark === 'retransmission');
  expect(repeat).toMatchObject({ packets: [12, 14], segments: [{ detail: 'only what no ACK named' }] });
  expect(repeat?.note).not.toContain('missing');
});

test('a duplicate is a row of its own that names the record it copies', () => {
  const copy = burstsOf(fragmentedCertificate()).find((row) => row.mark === 'duplicate');
  expect(copy).toMatchObject({ records: [17], note: 'copy of record 15 by the network', repeats: [15] });
});

test('alerts have level and description, malformed records their offset', () => {
  const segments = burstsOf(failed()).flatMap((row) => row.segments);
  expect(segments[1]).toMatchObject({ label: 'alert handshake_failure', detail: 'fatal', sign: 'bolt', fatal: true });
  expect(segments[2]).toMatchObject({ label: 'alert no_renegotiation', detail: 'warning', sign: null });
  expect(segments[3]).toMatchObject({ label: 'malformed', detail: 'at offset 0x0b6d', sign: 'malformed' });
  expect(burstsOf(finalFlightLost()).at(-1)?.segments[0]).toMatchObject({ label: 'close_notify', detail: null });
});

test('encrypted records have a lock and the reason, or a bar where the tag was wrong', () => {
  const rows = burstsOf(withoutKeys());
  expect(rows[0]?.segments[2]).toMatchObject({ label: 'encrypted', sign: 'lock', epoch: 1 });
  expect(rows[2]).toMatchObject({ note: '58 bytes, tag or MAC failed', segments: [{ sign: 'barred' }] });
  expect(rows[3]).toMatchObject({ note: '26 bytes, no key', segments: [{ detail: 'alert' }] });
  expect(rows[3]?.explanations).toEqual(['There is no secret for this client_random.']);
});

test('labels without room open all attempts of their flight, line by line', () => {
  const fits = (row: BurstRow) => row.segments.length < 5 || row.mark === 'first';
  const rows = burstsOf(crowdedFlight(), { ...roomy, fits });
  expect(rows.map((row) => row.segments.length)).toEqual(Array(11).fill(1));
});

test('a burst opens and folds by its key; what is open by itself folds by the same', () => {
  const [whole] = burstsOf(finalFlightLost()).filter((row) => row.segments.length === 4);
  expect(whole).toMatchObject({ opens: 'closed' });
  const opened = burstsOf(finalFlightLost(), { ...roomy, open: new Set([whole?.key ?? 0]) });
  const parts = opened.filter((row) => row.burst === whole?.key);
  expect(parts.map((row) => [labels(row)?.[0], row.opens])).toEqual([
    ['ServerHello', 'open'],
    ['Certificate', 'open'],
    ['ServerKeyExchange', 'open'],
    ['ServerHelloDone', 'open'],
  ]);
  const crowded = { fits: (row: BurstRow) => row.segments.length < 4, open: new Set([whole?.key ?? 0]) };
  expect(burstsOf(finalFlightLost(), crowded).find((row) => row.burst === whole?.key)?.segments).toHaveLength(4);
});

test('more than six rows of application data are one line, until they are unfolded', () => {
  const folded = rowsOf(manyRecords(218));
  expect(folded).toHaveLength(3);
  expect(folded[1]).toMatchObject({ kind: 'fold', open: false, client: { records: 73 }, server: { records: 145 } });
  const open = rowsOf(manyRecords(218), { ...roomy, open: new Set([folded[1]?.key ?? 0]) });
  expect(open).toHaveLength(3 + 218);
  expect(open[1]).toMatchObject({
    kind: 'fold',
    open: true,
    records: [],
    durationMs: folded[1]?.kind === 'fold' && folded[1].durationMs,
  });
  expect(rowsOf(manyRecords(6)).every((row) => row.kind === 'burst')).toBe(true);
});

test('application data without keys folds as well', () => {
  const records = Array.from({ length: 20 }, (_, i): Sent => {
    const content = { kind: 'encrypted', contentType: 23, name: '', length: 40, reason: 'no-key' } as const;
    return { packet: i, timeMs: i, from: 'client', epoch: 1, content };
  });
  expect(rowsOf(story(records))).toMatchObject([
    { kind: 'fold', encrypted: true, client: { records: 20 }, server: { records: 0 } },
  ]);
});
