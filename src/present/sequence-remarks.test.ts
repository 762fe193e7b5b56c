/** Remarks at the receiver's end, and signs beside the label. */
import { expect, test } from 'vitest';
import { drawnSequence, rowWords } from '../../test/drawn-sequence.ts';

const NAME = 'openssl-loss-final-flight-x3';

test('a Finished before its ChangeCipherSpec does nothing; with that the client can finish, and does', async () => {
  const { rows } = await drawnSequence([`${NAME}.client.pcap`, `${NAME}.keys`]);
  const flight6 = rows.filter(({ attempt }) => attempt?.flight === 6).map((row) => `${rowWords(row)}: ${row.note}`);
  expect(flight6.slice(3, 4)).toEqual(['6.2 Finished: before its ChangeCipherSpec']);
  expect(flight6.slice(-2)).toEqual([
    '6.4 ChangeCipherSpec: record 12: client can finish',
    '6.4 Finished: client FINISHED',
  ]);
});

test('two points see what never came to the client, and say the same', async () => {
  const { rows } = await drawnSequence([`${NAME}.client.pcap`, `${NAME}.server.pcap`, `${NAME}.keys`]);
  const notes = rows.filter(({ attempt }) => attempt?.flight === 6).map(({ note }) => note);
  expect(notes.filter((note) => note === 'before its ChangeCipherSpec')).toHaveLength(2);
  expect(notes).toContain('record 12: client can finish');
});

test('a new address is told at the first record from it', async () => {
  const { rows, detail } = await drawnSequence([
    'openssl-assoc-nat-rebind-client.pcap',
    'openssl-assoc-nat-rebind-client.keys',
  ]);
  const [change] = detail.association.addressChanges;
  const told = rows.filter((row) => row.note?.includes('now from'));
  expect(told[0]?.packets).toContain(change?.packet);
  expect(told[0]?.note).toContain(`now from port ${change?.to.port}`);
});

test('a replay is no other copy', async () => {
  const { rows } = await drawnSequence(['openssl-dup-appdata-replay.server.pcap', 'openssl-dup-appdata-replay.keys']);
  const copies = rows.filter((row) => row.mark === 'duplicate');
  expect(copies.length).toBeGreaterThan(0);
  expect(copies.every(({ note }) => /^(replay of record|copy of record|record) \d+/.test(note ?? ''))).toBe(true);
});

test('a record that was damaged among data that was not is never folded away', async () => {
  const { rows, layout } = await drawnSequence(['mbedtls-badmac-ignored.server.pcap', 'mbedtls-badmac-ignored.keys']);
  expect(rows.filter(({ segments }) => segments.some(({ sign }) => sign === 'barred'))).toHaveLength(1);
  expect(layout.rows.some(({ row }) => row.kind === 'fold')).toBe(false);
});
