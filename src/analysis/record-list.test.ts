/** Records of associations that were captured in turns: each has its own list of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordLists } from './record-list.ts';
import { NO_ASSOCIATION, RecordTable } from './record-table.ts';

/** A record for each, of the association with that index. */
function tableOf(owners: readonly number[]): RecordTable {
  const table = new RecordTable();
  for (const owner of owners) {
    const index = table.add({
      ...{ datagram: table.count, from: 0, length: 20, contentType: 22, version: 0xfefd, cid: 0 },
      ...{ epoch: 0, sequenceNumber: 0 },
    });
    table.columns.association[index] = owner;
  }
  return table;
}

test('each association has its records in order of capture', () => {
  const lists = recordLists(tableOf([0, 2, 0, 1, 2, 2]), 3);
  expect(lists.map((list) => [...list])).toEqual([[0, 2], [3], [1, 4, 5]]);
});

test('a record of no association is in no list', () => {
  const lists = recordLists(tableOf([0, NO_ASSOCIATION, 0]), 2);
  expect(lists.map((list) => [...list])).toEqual([[0, 2], []]);
});

test('without associations there are no lists', () => {
  expect(recordLists(tableOf([NO_ASSOCIATION]), 0)).toEqual([]);
});

test('whoever owns them, all are listed once, by their owner', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(7)), (owners) => {
      const lists = recordLists(tableOf(owners), 8);
      const grouped = Array.from({ length: 8 }, (_, owner) => owners.flatMap((o, i) => (o === owner ? [i] : [])));
      expect(lists.map((list) => [...list])).toEqual(grouped);
    }),
  );
});
