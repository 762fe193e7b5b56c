import { expect, test } from 'vitest';
import type { Anchor, Note } from './notes.ts';
import { sharedNotes, withoutAddresses } from './shared-notes.ts';
import type { SharedTrace } from './shared-trace.ts';

const REPLACED = [
  { from: '10.0.0.1', to: '192.0.2.1' },
  { from: '10.0.0.12', to: '192.0.2.2' },
  { from: '192.0.2.1', to: '192.0.2.3' },
  { from: 'fe80::1', to: '2001:db8::1' },
];

test.each([
  ['10.0.0.1 calls 10.0.0.12.', '192.0.2.1 calls 192.0.2.2.'],
  ['10.0.0.123 is another', '10.0.0.123 is another'],
  ['at 10.0.0.1:4433, and 192.0.2.1', 'at 192.0.2.1:4433, and 192.0.2.3'],
  ['from fe80::1: the first', 'from 2001:db8::1: the first'],
  ['FE80::1', '2001:db8::1'],
  ['see RFC 6347 §4.2.4, at 1:04.5', 'see RFC 6347 §4.2.4, at 1:04.5'],
])('%s leaves as %s', (text, shown) => {
  expect(withoutAddresses(text, REPLACED)).toBe(shown);
});

const note = (id: string, anchor: Anchor, to: Anchor | null = null): Note => ({
  id,
  anchor,
  to,
  text: 'by 10.0.0.1',
  shape: 'square',
  judgement: null,
  author: '',
});
const onPacket = (packet: number): Anchor => ({ on: 'record', at: { capture: 0, packet, record: 1 } });

test('notes on what is not shared stay behind, and arrows to it', () => {
  const trace = {
    datagrams: [{ capture: 0, packet: 7 }],
    notes: [note('a', onPacket(7), onPacket(8)), note('b', onPacket(8)), note('c', { on: 'trace' })],
  } as unknown as SharedTrace;
  expect(sharedNotes(trace, REPLACED).map(({ id, to, text }) => [id, to, text])).toEqual([
    ['a', null, 'by 192.0.2.1'],
    ['c', null, 'by 192.0.2.1'],
  ]);
});
