import { describe, expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { seenTwice } from './capture-points.ts';
import { IN_TIME, linesAsText, nextSort, sortLines } from './packet-columns.ts';
import { packetFilter } from './packet-filter.ts';
import { linesCounted, type RecordLine, recordLines, withSilences } from './packet-table.ts';
import { rolesOf, rowSentence } from './sentences.ts';

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;

async function opened(...files: readonly string[]): Promise<AssociationDetail> {
  const [detail] = detailsOf(await openSession(...files));
  if (!detail) throw new Error('no association');
  return detail;
}

async function lines(...files: readonly string[]): Promise<RecordLine[]> {
  return recordLines(await opened(...files), null);
}

describe('rows', () => {
  test('every record has one, in order of time, and every loss that left no record', async () => {
    const detail = await opened(...LOSS);
    const table = recordLines(detail, null);
    const records = table.filter(({ kind }) => kind === 'record').map(({ record }) => record);
    expect(records).toEqual(detail.records.map(({ record }) => record));
    const lost = table.filter(({ kind }) => kind === 'lost');
    const reasons = detail.losses.filter((loss) => loss.records.length === 0).map(({ reason }) => reason);
    expect(lost.flatMap(({ row }) => row.explanations).sort()).toEqual(reasons.sort());
    expect(lost.every(({ packet, time }) => packet === '—' && time === '—')).toBe(true);
    expect(linesCounted(table, detail)).toBe(`${records.length} records, ${lost.length} never captured`);
  });

  test('a row says packet, time, sender, message, number, flight and mark', async () => {
    const table = await lines(...LOSS);
    const repeat = table.find(({ packet, what }) => packet === '15' && what === 'Finished');
    expect(repeat).toMatchObject({
      time: '3\u202f013.379',
      sender: 'server',
      number: '1:2',
      attempt: '6 3/4',
      mark: 'retransmitted',
      state: 'decrypted',
      bytes: 61,
    });
  });

  test('fragments are rows with their range', async () => {
    const table = await lines(
      'wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap',
      'wolfssl13-lost-middle-fragment-mtu300-moreacks.keys',
    );
    const pieces = table
      .filter(({ what }) => what.startsWith('Certificate ['))
      .map(({ what, mark }) => `${what} ${mark}`);
    expect(pieces).toContain('Certificate [798, 1064) ');
    // The piece in the middle never came: it has a row where it belongs.
    expect(pieces).toContain('Certificate [532, 798) lost, inferred');
  });

  test('what repeats a transmission that was lost as a whole is marked as in the diagram', async () => {
    const table = await lines(...LOSS);
    const repeats = table.filter(({ attempt }) => attempt === '6 2/4').map(({ what, mark }) => `${what} ${mark}`);
    expect(repeats).toEqual([
      'NewSessionTicket retransmitted',
      'ChangeCipherSpec lost, inferred, retransmitted',
      'Finished retransmitted',
    ]);
  });

  test('without keys the reason stands where the mark does', async () => {
    const table = await lines(LOSS[0]);
    expect(table.find(({ state }) => state === 'undecryptable')?.mark).toContain('no key');
  });

  test('long silences are rows of their own and say who ended them', async () => {
    const detail = await opened(...LOSS);
    const roles = rolesOf(detail.association);
    const silences = withSilences(recordLines(detail, null), roles).filter(({ kind }) => kind === 'silence');
    expect(silences.map((line) => line.kind === 'silence' && line.says)).toEqual([
      '1\u202f001.364 ms of silence, then the client’s timer',
      '2\u202f006.488 ms of silence, then the client’s timer',
      '4\u202f003.190 ms of silence, then the client’s timer',
      '600.851 ms of silence, application idle',
    ]);
  });

  test('each can be said aloud as one record', async () => {
    const detail = await opened(...LOSS);
    const roles = rolesOf(detail.association);
    const spoken = { roles, originMs: detail.association.startMs, silentMs: null };
    const said = recordLines(detail, null).map(({ row }) => rowSentence(row, spoken));
    expect(said[0]).toMatch(/^Record 1, client to server, at 0 milliseconds, ClientHello/);
    expect(said.some((sentence) => sentence.startsWith('Never captured, server to client'))).toBe(true);
  });

  test('with two capture points a record stands once, with its packet at both', async () => {
    const session = await openSession(...LOSS, 'openssl-loss-final-flight-x3.server.pcap');
    const [detail] = detailsOf(session);
    if (!detail) throw new Error('no association');
    const twice = seenTwice(detail, session.trace().points);
    const table = recordLines(detail, twice);
    expect(table[0]?.packet).toBe('A1');
    expect(table[0]?.elsewhere).toMatch(/^B1 \+\d/);
    const proven = table.filter(({ marks }) => marks.includes('lost-proven'));
    expect(proven.length).toBeGreaterThan(0);
    expect(new Set(proven.map(({ elsewhere }) => elsewhere))).toEqual(new Set(['lost']));
  });
});

describe('filter', () => {
  const kept = (table: readonly RecordLine[], query: string) => table.filter(packetFilter(query));

  test.each([
    ['finished', ({ what }: RecordLine) => what.includes('Finished')],
    ['type:clienthello', ({ what }: RecordLine) => what === 'ClientHello'],
    ['sender:server', ({ sender }: RecordLine) => sender === 'server'],
    ['epoch:1', ({ epoch }: RecordLine) => epoch === 1],
    ['mark:lost', ({ kind }: RecordLine) => kind === 'lost'],
    ['flight:6 mark:retransmission', (l: RecordLine) => l.flight === 6 && l.marks.includes('retransmission')],
    ['packet:15', ({ packet }: RecordLine) => packet === '15'],
    ['state:clear', ({ state }: RecordLine) => state === 'plaintext'],
  ])('%s', async (query, expected) => {
    const table = await lines(...LOSS);
    const found = kept(table, query);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(table.length);
    expect(found).toEqual(table.filter(expected));
  });

  test('a key that waits for its value hides nothing, an unknown one is a word', async () => {
    const table = await lines(...LOSS);
    expect(kept(table, 'epoch:')).toHaveLength(table.length);
    expect(kept(table, 'colour:red')).toEqual([]);
  });
});

describe('order and copies', () => {
  test('by any column, both ways, and back to the order of time', async () => {
    const table = await lines(...LOSS);
    const up = nextSort(IN_TIME, 'bytes');
    const bytes = sortLines(table, up).map((line) => line.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    const down = nextSort(up, 'bytes');
    expect(sortLines(table, down)[0]?.bytes).toBe(Math.max(...bytes));
    expect(nextSort(down, 'bytes')).toEqual(IN_TIME);
    // What was never captured has no packet: it comes last.
    expect(sortLines(table, { column: 'packet', descending: false }).at(-1)?.kind).toBe('lost');
  });

  test('as tab separated values and as Markdown, a row a line', async () => {
    const table = (await lines(...LOSS)).slice(0, 2);
    const o = { roles: { client: 'client', server: 'server' }, twoPoints: false };
    const [head, first] = linesAsText(table, 'tsv', o)
      .split('\n')
      .map((line) => line.split('\t'));
    expect(head?.length).toBe(10);
    expect(first?.slice(0, 5)).toEqual(['1', '0.000', '0.000', 'client → server', 'ClientHello (message_seq 0)']);
    expect(linesAsText(table, 'markdown', o).split('\n')[1]).toMatch(/^(\| --- ){10}\|$/);
  });
});
