import { expect, test } from 'vitest';
import { type Loading, progressRow } from './progress-row.ts';

const READING: Loading = {
  file: 'big.pcap',
  bytesRead: 1_500_000,
  bytesTotal: 3_000_000,
  packets: 4000,
  datagrams: 3999,
  associations: 0,
  analysis: null,
};

test('while a file is read, its bytes, packets and datagrams are told, and associations once there are any', () => {
  expect(progressRow(READING)).toEqual({
    what: 'Reading big.pcap',
    done: 1_500_000,
    total: 3_000_000,
    says: '1.5 MB of 3.0 MB, 4\u202f000 packets, 3\u202f999 DTLS datagrams',
  });
  expect(progressRow({ ...READING, associations: 1200 }).says).toMatch(/, 1\u202f200 associations$/);
});

test('after that, how many associations are analysed', () => {
  const analysis = { what: 'associations', done: 12, total: 1200 } as const;
  expect(progressRow({ ...READING, analysis })).toEqual({
    what: 'Analysing big.pcap',
    done: 12,
    total: 1200,
    says: '12 of 1\u202f200 associations',
  });
});

test('with other keys there is no file: datagrams are read again', () => {
  const nothing = { ...READING, file: '' };
  const analysis = { what: 'datagrams', done: 256, total: 3999 } as const;
  expect(progressRow({ ...nothing, analysis })).toMatchObject({
    what: 'Reading again, with other keys',
    says: '256 of 3\u202f999 datagrams',
  });
  expect(progressRow({ ...nothing, analysis: { ...analysis, what: 'associations' } }).what).toBe('Analysing again');
});
