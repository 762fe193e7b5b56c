import { expect, test } from 'vitest';
import type { Field } from '../wire/fields.ts';
import {
  asJson,
  carrierPaths,
  fieldAt,
  fieldsTo,
  fieldValue,
  pathOfName,
  treeMove,
  typeAhead,
  visibleRows,
} from './field-tree.ts';

function field(
  name: string,
  from: number,
  to: number,
  children: readonly Field[] = [],
  value: Field['value'] = null,
): Field {
  return { name, at: { buffer: 'packet', from, to }, value, meaning: null, children };
}

const FIELDS = [
  field('ip', 0, 20, [field('version', 0, 1, [], 4)]),
  field('record', 20, 40, [
    field('type', 20, 21, [], 22),
    field('body', 33, 40, [field('first', 33, 34, [], 1), field('rest', 34, 40, [], 'aabbccddeeff')]),
  ]),
];
const NONE = new Set<string>();

test('rows come in order with their depth, and collapsed groups hide what is in them', () => {
  expect(visibleRows(FIELDS, NONE).map((row) => [row.path, row.depth])).toEqual([
    ['0', 0],
    ['0.0', 1],
    ['1', 0],
    ['1.0', 1],
    ['1.1', 1],
    ['1.1.0', 2],
    ['1.1.1', 2],
  ]);
  expect(visibleRows(FIELDS, new Set(['0', '1.1'])).map((row) => row.field.name)).toEqual([
    'ip',
    'record',
    'type',
    'body',
  ]);
  expect(visibleRows(FIELDS, NONE)[4]).toMatchObject({ expanded: true, position: 2, siblings: 2 });
});

test('the smallest field wins, also where a group has the same length', () => {
  expect(fieldAt(FIELDS, 'packet', 33)).toBe('1.1.0');
  expect(fieldAt(FIELDS, 'packet', 25)).toBe('1');
  expect(fieldAt([field('only', 0, 4, [field('inner', 0, 4)])], 'packet', 2)).toBe('0.0');
  expect(fieldAt(FIELDS, 'packet', 40)).toBeNull();
  expect(fieldAt(FIELDS, 'plaintext', 33)).toBeNull();
});

test('a path leads through its ancestors', () => {
  expect(fieldsTo(FIELDS, '1.1.1').map((f) => f.name)).toEqual(['record', 'body', 'rest']);
  expect(fieldsTo(FIELDS, '1.7')).toEqual([]);
});

test('arrow keys move, unfold, fold and climb', () => {
  const rows = visibleRows(FIELDS, new Set(['1.1']));
  expect(treeMove(rows, null, 'ArrowDown')).toEqual({ to: '0' });
  expect(treeMove(rows, '0', 'ArrowDown')).toEqual({ to: '0.0' });
  expect(treeMove(rows, '0', 'ArrowUp')).toEqual({ to: '0' });
  expect(treeMove(rows, '1.1', 'ArrowRight')).toEqual({ toggle: '1.1' });
  expect(treeMove(rows, '1', 'ArrowRight')).toEqual({ to: '1.0' });
  expect(treeMove(rows, '1', 'ArrowLeft')).toEqual({ toggle: '1' });
  expect(treeMove(rows, '1.0', 'ArrowLeft')).toEqual({ to: '1' });
  expect(treeMove(rows, '1.0', 'ArrowRight')).toBeNull();
  expect(treeMove(rows, '0', 'End')).toEqual({ to: '1.1' });
  expect(treeMove(rows, '0', 'x')).toBeNull();
});

test('groups before the record are carriers', () => {
  expect(carrierPaths(FIELDS, 20)).toEqual(['0']);
  expect(carrierPaths(FIELDS, 19)).toEqual([]);
});

test('values are numbers, or bytes in pairs up to a limit', () => {
  expect(fieldValue(field('n', 0, 1, [], 253))).toBe('253');
  expect(fieldValue(field('version', 0, 2, [], 0xfefd))).toBe('0xfefd');
  expect(fieldValue(field('b', 0, 2, [], 'fefd'))).toBe('fe fd');
  expect(fieldValue(field('b', 0, 40, [], 'ab'.repeat(40)))).toMatch(/^(ab ){24}…$/);
  expect(fieldValue(field('group', 0, 2))).toBe('');
});

test('JSON has names, values and places', () => {
  expect(JSON.parse(asJson(FIELDS[0] ?? field('', 0, 0)))).toEqual({
    name: 'ip',
    at: ['packet', 0, 20],
    children: [{ name: 'version', value: 4, at: ['packet', 0, 1] }],
  });
});

test('letters lead to the next row that begins with them, and round', () => {
  const rows = visibleRows(FIELDS, NONE);
  expect(typeAhead(rows, null, 'r')).toBe('1');
  expect(typeAhead(rows, '1', 'r')).toBe('1.1.1');
  expect(typeAhead(rows, '1.1.1', 'r')).toBe('1');
  expect(typeAhead(rows, '1', 're')).toBe('1');
  expect(typeAhead(rows, '1', 'x')).toBeNull();
});

test('a field is found by the first of the names that is there; of an empty one its length is shown', () => {
  expect(pathOfName(FIELDS, ['nowhere', 'first', 'type'])).toBe('1.1.0');
  expect(pathOfName(FIELDS, ['nowhere'])).toBeNull();
  const empty = [field('cookie_length', 0, 1, [], 0), field('cookie', 1, 1, [], '')];
  expect(pathOfName(empty, ['cookie'])).toBe('0');
});
