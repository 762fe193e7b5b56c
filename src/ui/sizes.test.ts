import { expect, test } from 'vitest';
import { sizesFrom } from './sizes.ts';

test.each([
  ['{"left":420,"bytes":200}', { left: 420, bytes: 200 }],
  ['{"left":-5,"right":"wide","list":1e9,"strip":12.5,"__proto__":3,"moon":80}', {}],
  ['[300]', {}],
  ['null', {}],
  ['{"left":', {}],
  [null, {}],
])('of %s, what makes sense is taken', (text, sizes) => {
  expect(sizesFrom(text)).toEqual(sizes);
});
