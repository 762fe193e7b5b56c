import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GALLERY, KNOWN, known, pathOf, SAMPLES } from './captures.ts';

test('every entry of the manifest has its files', () => {
  for (const { file, keys, privateKey } of KNOWN) {
    for (const name of [file, keys, privateKey]) if (name !== undefined) expect(pathOf(name)).toContain(name);
  }
});

test('no file of the collection is there twice', () => {
  const names = readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(/[\\/]/).at(-1) ?? '')
    .filter((name) => /\.(pcap|pcapng|gz|keys|pem)$/.test(name));
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test.each(GALLERY)('gallery: $id', (sample) => {
  const [capture] = sample.files;
  expect(known(capture).file).toBe(capture);
  expect(sample.thumbnail).toMatch(/^[csrRxASd-]+$/);
  expect(sample.story).toMatch(/\.$/);
  for (const file of sample.files) expect(pathOf(file, ['.'])).toContain(file);
});

test('the gallery is a course of at least twelve, without repeats', () => {
  expect(GALLERY.length).toBeGreaterThanOrEqual(12);
  expect(new Set(GALLERY.map((sample) => sample.id)).size).toBe(GALLERY.length);
});
