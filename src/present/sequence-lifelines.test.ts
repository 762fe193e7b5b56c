/** Lifelines: what each side was doing at the height of each row. */
import { expect, test } from 'vitest';
import { drawnSequence, rowWords } from '../../test/drawn-sequence.ts';
import { stateLifelines } from './sequence-lifelines.ts';

const X3 = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'];

async function statesOf(files: readonly string[]) {
  const { detail, layout, rows } = await drawnSequence(files);
  const states = stateLifelines(detail, layout);
  const lineOf = (words: string) => {
    const placed = layout.rows.find(({ row }) => row.kind === 'burst' && rowWords(row) === words);
    if (!placed) throw new Error(`no row ${words}`);
    return layout.draw(placed).lineY;
  };
  const at = (sender: 'client' | 'server', y: number) =>
    states.stretches.find((one) => one.sender === sender && one.y1 <= y && y < one.y2)?.state;
  return { layout, rows, states, lineOf, at };
}

test('stretches of a side follow each other without a gap, down to the end', async () => {
  const { states, layout } = await statesOf(X3);
  for (const sender of ['client', 'server'] as const) {
    const unseen = states.blocks.filter(({ kind }) => kind === 'unseen');
    const own = [...states.stretches, ...unseen].filter((one) => one.sender === sender).sort((a, b) => a.y1 - b.y1);
    for (const [i, one] of own.entries()) {
      expect(one.y2).toBeGreaterThan(one.y1);
      expect(one.y2).toBe(own[i + 1]?.y1 ?? layout.height - 5);
    }
  }
});

test('the client sends at its rows and waits in the silences, until the last Finished', async () => {
  const { at, lineOf, layout } = await statesOf(X3);
  for (const words of ['1.1 ClientHello', '5.2 ClientKeyExchange ChangeCipherSpec Finished'])
    expect(at('client', lineOf(words))).toBe('SENDING');
  for (const silence of layout.breaks.slice(0, 3)) expect(at('client', silence.y + 13)).toBe('WAITING');
  expect(at('client', lineOf('6.4 Finished') + 1)).toBe('FINISHED');
});

test('the server was done with the flight that was lost: what it sends again are blocks on its bar', async () => {
  const { at, states, lineOf, layout, rows } = await statesOf(X3);
  const unseen = states.blocks.filter(({ kind }) => kind === 'unseen');
  expect(unseen).toMatchObject([
    { sender: 'server', y1: lineOf('6.1 (never captured) NewSessionTicket ChangeCipherSpec Finished') - 7 },
  ]);
  for (const silence of layout.breaks) expect(at('server', silence.y + 13)).toBe('FINISHED');
  const captured = rows.filter(({ attempt, records }) => attempt?.flight === 6 && records.length > 0);
  expect(states.blocks.filter(({ kind }) => kind === 'resend')).toHaveLength(captured.length);
});

test('a capture that shows no states has quiet lifelines', async () => {
  const { detail, layout } = await drawnSequence(X3);
  const nothing = { ...detail, machines: { client: [], server: [], postHandshake: [] } };
  expect(stateLifelines(nothing, layout).stretches).toEqual([]);
});
