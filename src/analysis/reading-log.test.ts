import fc from 'fast-check';
import { expect, test } from 'vitest';
import { told } from '../../test/told-reading.ts';
import { AssociationReading, type ReadFragment } from './association-reading.ts';
import type { Carried } from './carried.ts';
import type { Unnumbered } from './handshake-state.ts';
import { LogStore } from './log-store.ts';
import { ReadingLog } from './reading-log.ts';
import { RecentTexts } from './recent-texts.ts';
import { RecordTable } from './record-table.ts';

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });

const fragments: fc.Arbitrary<ReadFragment> = fc.record({
  record: fc.integer({ min: 0, max: 5_000_000 }),
  side: fc.constantFrom(0 as const, 1 as const),
  epoch: fc.nat(3),
  handshake: fc.integer({ min: 1, max: 4 }),
  usable: fc.boolean(),
  msgType: uint(8),
  length: uint(24),
  messageSeq: uint(16),
  fragmentOffset: uint(24),
  fragmentLength: uint(24),
  body: fc.uint8Array({ maxLength: 40 }),
});

/** Of few messages, in any pieces, of few bytes: they repeat, overlap and contradict each other. */
const crowded: fc.Arbitrary<ReadFragment> = fc
  .tuple(fc.nat(3), fc.nat(12), fc.nat(12), fc.uint8Array({ maxLength: 12, max: 1 }), fc.boolean())
  .chain(([messageSeq, from, size, body, cut]) =>
    fc.record({
      record: fc.nat(5000),
      side: fc.constantFrom(0 as const, 1 as const),
      epoch: fc.nat(1),
      handshake: fc.integer({ min: 1, max: 2 }),
      usable: fc.nat(9).map((n) => n > 0),
      msgType: fc.constantFrom(11, 12),
      length: fc.constantFrom(0, 8, 12),
      messageSeq: fc.constant(messageSeq),
      fragmentOffset: fc.constant(from),
      fragmentLength: fc.constant(size),
      body: fc.constant(cut ? body.subarray(0, size >> 1) : body.subarray(0, size)),
    }),
  );

const items: fc.Arbitrary<Carried> = fc.oneof(
  fc.constant({ kind: 'changeCipherSpec' as const }),
  fc.record({ kind: fc.constant('malformed' as const), why: fc.string(), offset: fc.nat() }),
  fc.record({
    kind: fc.constant('ack' as const),
    recordNumbers: fc.array(fc.record({ epoch: fc.maxSafeNat(), sequenceNumber: fc.maxSafeNat() }), { maxLength: 5 }),
  }),
);

type Entry =
  | { readonly kind: 'fragment'; readonly fragment: ReadFragment }
  | { readonly kind: 'unnumbered'; readonly handshake: number; readonly unnumbered: Unnumbered }
  | { readonly kind: 'item'; readonly record: number; readonly item: Carried };

const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant('fragment' as const), fragment: fc.oneof(fragments, crowded) }),
  fc.record({ kind: fc.constant('item' as const), record: fc.nat(5_000_000), item: items }),
  fc.record({
    kind: fc.constant('unnumbered' as const),
    handshake: fc.integer({ min: 1, max: 4 }),
    unnumbered: fc.record({
      kind: fc.constantFrom('changeCipherSpec' as const, 'closed' as const, 'finished' as const),
      side: fc.constantFrom(0 as const, 1 as const),
      record: fc.nat(5_000_000),
    }),
  }),
);

function take(fragment: ReadFragment, log: ReadingLog, reading: AssociationReading): void {
  const placed = reading.place(fragment);
  log.addFragment(placed);
  reading.addFragment(placed);
}

test('what was read of several associations is read again from their logs as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), entries), { maxLength: 40 }), (all) => {
      const [table, store] = [new RecordTable(), new LogStore()];
      const both = [0, 1, 2].map(() => ({ log: new ReadingLog(store), reading: new AssociationReading(table) }));
      for (const [whose, entry] of all) {
        const one = both[whose];
        if (entry.kind === 'fragment') {
          if (one) take(entry.fragment, one.log, one.reading);
        } else if (entry.kind === 'unnumbered') {
          one?.log.addUnnumbered(entry.handshake, entry.unnumbered);
          one?.reading.addUnnumbered(entry.handshake, entry.unnumbered);
        } else {
          one?.log.addItem(entry.record, entry.item);
          one?.reading.addItem(entry.record, entry.item);
        }
      }
      for (const { log, reading } of both) {
        const again = new AssociationReading(table);
        log.replay(again);
        expect(told(again)).toEqual(told(reading));
      }
    }),
  );
});

test('an entry larger than the pieces of the store is kept whole', () => {
  const [table, log] = [new RecordTable(), new ReadingLog(new LogStore())];
  const names = Array.from({ length: 100_000 }, (_, i) => ({ epoch: 3, sequenceNumber: i }));
  log.addItem(1, { kind: 'changeCipherSpec' });
  log.addItem(2, { kind: 'ack', recordNumbers: names });
  log.addItem(3, { kind: 'changeCipherSpec' });
  const reading = new AssociationReading(table);
  log.replay(reading);
  expect([...reading.carried].map(([record]) => record)).toEqual([1, 2, 3]);
  expect(reading.carried.get(2)).toEqual([{ kind: 'ack', recordNumbers: names }]);
});

/** What a log keeps of these fragments, each in a record of its own; it must give the same reading. */
function kept(all: readonly Pick<ReadFragment, 'messageSeq' | 'length' | 'fragmentOffset' | 'body'>[]): number {
  const [table, store] = [new RecordTable(), new LogStore()];
  const [log, reading, again] = [new ReadingLog(store), new AssociationReading(table), new AssociationReading(table)];
  for (const [record, fragment] of all.entries()) {
    const rest = { record, side: 1, epoch: 0, handshake: 1, usable: true, msgType: 11 } as const;
    take({ ...rest, fragmentLength: fragment.body.length, ...fragment }, log, reading);
  }
  log.replay(again);
  expect(told(again)).toEqual(told(reading));
  return store.bytes;
}

/** As much as the columns of a record may take. */
const MARK = 40;
const certificate = Uint8Array.from({ length: 4000 }, (_, i) => (i * 37) & 0xff);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** The certificate in pieces of this size. */
const cut = (size: number, body = certificate, messageSeq = 2) =>
  times(Math.ceil(body.length / size), (i) => ({
    ...{ messageSeq, length: body.length, fragmentOffset: i * size },
    body: body.subarray(i * size, (i + 1) * size),
  }));

test('a repeated message is kept once, with a mark for each time that it came', () => {
  const repeats = 200;
  const once = kept(cut(1000));
  expect(once).toBeLessThan(certificate.length + 4 * (MARK + 10));
  expect(kept(times(1 + repeats, () => cut(1000)).flat())).toBeLessThanOrEqual(once + repeats * 4 * MARK);
});

test('so is one that comes in ever other pieces', () => {
  const again = times(200, (i) => cut(20 + 7 * i)).flat();
  expect(kept([...cut(1000), ...again])).toBeLessThanOrEqual(kept(cut(1000)) + again.length * MARK);
});

test('of pieces that overlap what is there, only the new bytes are kept', () => {
  const growing = times(certificate.length, (i) => ({
    ...{ messageSeq: 2, length: certificate.length, fragmentOffset: 0 },
    body: certificate.subarray(0, i + 1),
  }));
  expect(kept(growing)).toBeLessThanOrEqual(certificate.length + growing.length * (MARK + 10));
});

test('what contradicts is kept as often as there are variants of a message; after that where it does', () => {
  const forged = (i: number) => certificate.map((byte, at) => (at === 5 * i ? byte ^ 1 : byte));
  const some = kept(times(20, (i) => cut(4000, forged(i))).flat());
  expect(some).toBeLessThan(17 * (certificate.length + MARK + 10));
  expect(kept(times(220, (i) => cut(4000, forged(i))).flat())).toBeLessThanOrEqual(some + 200 * (MARK + 3));
});

test('nothing is kept of the bytes of fragments that are part of no message', () => {
  const all = times(500, (i) => ({
    ...{ messageSeq: 2, length: certificate.length - i, fragmentOffset: 0 },
    body: certificate.subarray(0, 1000),
  }));
  expect(kept(all)).toBeLessThan(256 * 1000 + 500 * (MARK + 20));
});

test('a text that was kept lately is not kept again, whosever it is', () => {
  const [table, store] = [new RecordTable(), new LogStore()];
  const logs = [new ReadingLog(store), new ReadingLog(store)] as const;
  const items: readonly Carried[] = times(3, (i) => ({ kind: 'malformed', why: `why ${i} `.repeat(50), offset: 0 }));
  const note = (record: number) => {
    for (const log of logs) for (const item of items) log.addItem(record, item);
  };
  note(0);
  const once = store.bytes;
  for (let record = 1; record < 100; record++) note(record);
  expect(store.bytes).toBeLessThanOrEqual(once + 99 * 6 * MARK);
  const reading = new AssociationReading(table);
  logs[1].replay(reading);
  expect([...reading.carried].map(([record, carried]) => [record, carried])).toEqual(times(100, (i) => [i, items]));
});

test('texts without end that differ do not fill what is remembered of them', () => {
  const recent = new RecentTexts();
  for (let i = 0; i < 3000; i++) recent.note(`${i} `.padEnd(1000), i);
  expect(recent.find('2999 '.padEnd(1000))).toBe(2999);
  expect(
    times(3000, (i) => recent.find(`${i} `.padEnd(1000))).filter((place) => place !== undefined).length,
  ).toBeLessThan(1100);
});
