/** Which records of an association are application data, and the first of them that something holds for. */
import { describe, expect, test } from 'vitest';
import { ApplicationRecords } from './application-records.ts';
import { recordLists } from './record-list.ts';
import { HIDDEN_TYPE, RecordTable } from './record-table.ts';

/** Records of one association, and between them those of another: "d" is application data, "h" is not, "." a stranger. */
function read(kinds: string, contentType = 23) {
  const table = new RecordTable();
  const data = new ApplicationRecords(table);
  for (const [i, kind] of [...kinds].entries()) {
    const record = table.add({
      ...{ datagram: i, from: 0, length: 20, contentType, version: 0xfefd, cid: 0 },
      ...{ epoch: 1, sequenceNumber: i },
    });
    table.columns.association[record] = kind === '.' ? 1 : 0;
    table.columns.side[record] = i % 2;
    if (kind === 'd') data.push(record);
  }
  data.list(recordLists(table, 2)[0] ?? []);
  return data;
}

test('they come in order of capture, whenever they turned out to be application data', () => {
  const table = new RecordTable();
  const data = new ApplicationRecords(table);
  for (let i = 0; i < 3; i++)
    table.add({
      ...{ datagram: i, from: 0, length: 20, contentType: 23, version: 0xfefd, cid: 0 },
      ...{ epoch: 1, sequenceNumber: i },
    });
  data.push(2);
  data.push(0);
  data.list([0, 1, 2]);
  expect(data.length).toBe(2);
  expect([...data].map((r) => r.record)).toEqual([0, 2]);
});

describe('of records in turns with those of another association', () => {
  const data = read('h.ddh.d.hd');

  test('only the own ones that are application data are listed', () => {
    expect([...data]).toEqual([2, 3, 6, 9].map((record) => ({ record, side: record % 2, epoch: 1 })));
  });

  test('the first that fits is found', () => {
    expect(data.find((r) => r.side === 1)?.record).toBe(3);
    expect(data.find((r) => r.epoch === 2)).toBeUndefined();
    expect(data.some((r) => r.record === 4)).toBe(false);
  });

  test('and the first that fits after some moment', () => {
    const firstAfter = (moment: number, side?: number) =>
      data.findLater(
        (record) => record > moment,
        (r) => side === undefined || r.side === side,
      )?.record;
    expect([-1, 2, 3, 5, 6, 9].map((moment) => firstAfter(moment))).toEqual([2, 3, 6, 6, 9, undefined]);
    expect(firstAfter(2, 0)).toBe(6);
  });
});

test('two that were found are two objects', () => {
  const data = read('dd');
  const found = [0, 1].map((record) => data.find((r) => r.record === record));
  expect(found.map((r) => r?.record)).toEqual([0, 1]);
});

test('what stays closed in DTLS 1.3 counts as the first epoch of application data', () => {
  expect(read('d', HIDDEN_TYPE).find(() => true)?.epoch).toBe(3);
});
