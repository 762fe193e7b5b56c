import { expect, test } from 'vitest';
import { begun, flat, indented } from './json-text.ts';

const WHOLE = { a: { list: [1, { b: 'x\ny' }], item: { packet: 1, protocol: null, hex: 'ab' } }, last: [] };
const text = JSON.stringify(WHOLE, null, 1);

test('a value looks as it does inside another', () => {
  expect(text).toContain(` "a": ${indented(WHOLE.a, 1)},\n`);
  expect(text).toContain(`  "item": ${indented(WHOLE.a.item, 2)}\n`);
});

test('a flat object is written the same way', () => {
  expect(flat(WHOLE.a.item, 2)).toBe(indented(WHOLE.a.item, 2));
});

test('an object is begun with all its properties and goes on', () => {
  expect(`${begun({ a: WHOLE.a }, 0)},\n "last": []\n}`).toBe(text);
  expect(indented({ a: WHOLE.a, last: [] }, 3)).toBe(`${begun({ a: WHOLE.a }, 3)},\n    "last": []\n   }`);
});
