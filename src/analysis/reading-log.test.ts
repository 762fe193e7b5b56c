import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssociationReading, type ReadFragment } from './association-reading.ts';
import type { Carried } from './carried.ts';
import { LogStore } from './log-store.ts';
import { ReadingLog } from './reading-log.ts';
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
  | { readonly kind: 'item'; readonly record: number; readonly item: Carried };

const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant('fragment' as const), fragment: fragments }),
  fc.record({ kind: fc.constant('item' as const), record: fc.nat(5_000_000), item: items }),
);

/** All that a reading tells. */
function told(reading: AssociationReading) {
  return {
    carried: [...reading.carried].map(([record, all]) => [
      record,
      all.map((item) => (item.kind === 'fragment' ? { ...item, message: item.message?.messageSeq ?? null } : item)),
    ]),
    handshakes: reading.handshakes.map(({ number, messages }) => ({
      number,
      messages: messages.map(({ side, type, epoch, assembly, appearances, completedBy, conflict, decoded }) => ({
        ...{ side, type, epoch, appearances, completedBy, conflict, decoded },
        pieces: assembly.pieces.map(({ from, record, bytes }) => ({ from, record, bytes: [...bytes] })),
      })),
    })),
  };
}

test('what was read of several associations is read again from their logs as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), entries), { maxLength: 40 }), (all) => {
      const [table, store] = [new RecordTable(), new LogStore()];
      const both = [0, 1, 2].map(() => ({ log: new ReadingLog(store), reading: new AssociationReading(table) }));
      for (const [whose, entry] of all) {
        const one = both[whose];
        if (entry.kind === 'fragment') {
          one?.log.addFragment(entry.fragment);
          one?.reading.addFragment(entry.fragment);
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
