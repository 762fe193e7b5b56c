import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { temporaryFile } from './temporary-file.ts';

const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('dtlscope-capture-'));

test('what was written is read back, and no file of it is left to be seen', () => {
  const before = left();
  const scratch = temporaryFile();
  scratch.write(0, Uint8Array.of(1, 2, 3));
  scratch.write(3, Uint8Array.of(4, 5));
  expect([...scratch.read(1, 3)]).toEqual([2, 3, 4]);
  const into = new Uint8Array(8);
  expect([...scratch.read(3, 8, into)]).toEqual([4, 5]);
  expect(into[0]).toBe(4);
  if (process.platform === 'linux') expect(left().filter((name) => !before.includes(name))).toEqual([]);
});
