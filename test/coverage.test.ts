/** docs/coverage.md says what the code does. `UPDATE=1` writes it anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { coverageDocument } from './coverage-doc.ts';

const FILE = fileURLToPath(new URL('../docs/coverage.md', import.meta.url));

test('docs/coverage.md is up to date: UPDATE=1 npx vitest run --project node test/coverage.test.ts', () => {
  const document = coverageDocument();
  if (process.env.UPDATE === '1') writeFileSync(FILE, document);
  expect(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '').toBe(document);
});
