import { describe, expect, test } from 'vitest';
import { toHex } from '../wire/text.ts';
import { TRAFFIC_GROUP } from './key-labels.ts';
import { KeyLogs } from './key-logs.ts';
import { parseKeyLog } from './keylog.ts';
import { NameIndex } from './name-index.ts';
import { MOST_OF_ONE_NAME } from './secret-lines.ts';

const hex = (i: number, bytes: number) => i.toString(16).padStart(2 * bytes, '0');
const master = (random: number, secret = random) => `CLIENT_RANDOM ${hex(random, 32)} ${hex(secret, 48)}\n`;
const traffic = (label: string, random: number) => `${label} ${hex(random, 32)} ${hex(1, 32)}\n`;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('the secrets of a key log', () => {
  test('each is found by its client random, however many there are', () => {
    const { secrets } = parseKeyLog(
      range(5000)
        .map((i) => master(i, i + 7))
        .join(''),
      'k',
    );
    for (const i of range(5000)) {
      const rows = secrets.rowsOf('CLIENT_RANDOM', hex(i, 32));
      expect(rows.map((row) => toHex(secrets.secret(row).secret))).toEqual([hex(i + 7, 48)]);
    }
    expect(secrets.rowsOf('CLIENT_RANDOM', hex(5000, 32))).toEqual([]);
  });

  test('traffic secrets of one random are found together, and apart from its other secrets', () => {
    const labels = ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_1'];
    const { secrets } = parseKeyLog([master(1), ...labels.map((label) => traffic(label, 1))].join(''), 'k');
    expect(secrets.rowsOf(TRAFFIC_GROUP, hex(1, 32)).map((row) => secrets.label(row))).toEqual(labels);
    expect(secrets.rowsOf('CLIENT_RANDOM', hex(1, 32))).toEqual([0]);
    expect(secrets.rowsOf('EXPORTER_SECRET', hex(1, 32))).toEqual([]);
  });

  test('what is no name finds nothing', () => {
    const { secrets } = parseKeyLog(master(1), 'k');
    for (const name of ['', 'zz'.repeat(32), hex(1, 31), hex(1, 33)])
      expect(secrets.rowsOf('CLIENT_RANDOM', name)).toEqual([]);
  });

  test('of one name the first 64 are found', () => {
    const log = parseKeyLog(
      range(MOST_OF_ONE_NAME)
        .map((i) => master(1, i))
        .join(''),
      'k',
    );
    expect(log.secrets.isCrowded('CLIENT_RANDOM')).toBe(false);
    const more = parseKeyLog(
      range(MOST_OF_ONE_NAME + 1)
        .map((i) => master(1, i))
        .join(''),
      'k',
    ).secrets;
    expect(more).toHaveLength(MOST_OF_ONE_NAME + 1);
    expect(more.isCrowded('CLIENT_RANDOM')).toBe(true);
    expect(more.rowsOf('CLIENT_RANDOM', hex(1, 32))).toEqual(range(MOST_OF_ONE_NAME));
  });
});

describe('several key logs', () => {
  const logs = () => new KeyLogs([parseKeyLog(master(1) + master(2), 'a'), parseKeyLog(master(3) + master(1, 9), 'b')]);

  test('are asked in their order', () => {
    expect(
      logs()
        .find('CLIENT_RANDOM', hex(1, 32))
        .map(({ source }) => source),
    ).toEqual(['a:1', 'b:2']);
  });

  test('as many as a capture has handshakes are asked as one', () => {
    const many = new KeyLogs([
      ...range(50).map((i) => parseKeyLog(master(i) + traffic('SERVER_TRAFFIC_SECRET_0', i), `${i}`)),
      parseKeyLog(master(7, 9), 'last'),
    ]);
    expect(many.find('CLIENT_RANDOM', hex(7, 32)).map(({ source }) => source)).toEqual(['7:1', 'last:1']);
    expect(many.find(TRAFFIC_GROUP, hex(7, 32)).map(({ source }) => source)).toEqual(['7:2']);
    expect(many.find('CLIENT_RANDOM', hex(50, 32))).toEqual([]);
    expect([many.has(TRAFFIC_GROUP), many.has('EXPORTER_SECRET')]).toEqual([true, false]);
  });

  test('give the same line as the same object', () => {
    const all = logs();
    expect(all.find('CLIENT_RANDOM', hex(2, 32))[0]).toBe(all.find('CLIENT_RANDOM', hex(2, 32))[0]);
    expect(all.asked(0, 1)).toBeDefined();
    expect(all.asked(0, 0)).toBeUndefined();
  });

  test('are gone through name by name', () => {
    const sources = (most: number) =>
      logs()
        .first('CLIENT_RANDOM', most)
        .map(({ source }) => source);
    expect(sources(9)).toEqual(['a:1', 'b:2', 'a:2', 'b:1']);
    expect(sources(3)).toEqual(['a:1', 'b:2', 'a:2']);
  });
});

test('names that all hash alike are told apart without long runs', () => {
  let compared = 0;
  const index = new NameIndex({
    hash: () => 1,
    same: (a, b) => {
      compared++;
      return a % 2000 === b % 2000;
    },
    text: (row) => `${row % 2000}`,
  });
  for (const row of range(2000)) {
    expect(index.find(row)).toBe(-1);
    index.add(row);
  }
  for (const row of range(2000)) expect(index.find(2000 + row)).toBe(row);
  expect(compared).toBeLessThan(2000 * 64 * 6);
});
