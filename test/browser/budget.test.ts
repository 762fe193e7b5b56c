/** What must be fetched before the start screen can be seen, and what must not be part of it. */
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const BUDGET = 150 * 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

/** Scripts of index.html and all that they import at once. */
function firstPaint(): readonly string[] {
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));
  const seen = new Set<string>();
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (!chunk || seen.has(chunk.file)) return;
    seen.add(chunk.file);
    chunk.imports?.forEach(visit);
  };
  visit('index.html');
  const html = readFileSync('dist/index.html', 'utf8');
  for (const [, file = ''] of html.matchAll(/<(?:script|link)[^>]*(?:src|href)="\.\/([^"]+\.js)"/g)) seen.add(file);
  return [...seen];
}

describe('the start screen', () => {
  const files = firstPaint();

  test(`needs at most ${BUDGET / 1024} KiB of JavaScript, gzipped`, () => {
    expect(files.length).toBeGreaterThan(0);
    const bytes = files.map((file) => gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length);
    expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(BUDGET);
  });

  test('carries no cipher and no parser: they are in the worker', () => {
    const code = files.map((file) => readFileSync(`dist/${file}`, 'utf8')).join('\n');
    // The labels of the key schedule (RFC 5246 §6.3, §7.4.9) are in no program that does not derive keys.
    for (const label of ['client finished', 'master secret', 'key expansion']) expect(code).not.toContain(`"${label}"`);
    for (const label of ['client finished', 'key expansion']) expect(code).not.toContain(label);
  });

  test('names everything relative to itself, so that it runs from any folder', () => {
    const html = readFileSync('dist/index.html', 'utf8');
    for (const [, target = ''] of html.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)) {
      expect(target).toMatch(/^(\.\/|data:)/);
      if (target.startsWith('./')) expect(existsSync(`dist/${target}`), target).toBe(true);
    }
  });
});
