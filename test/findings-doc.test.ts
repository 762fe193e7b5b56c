/** docs/findings/ says what the rules say. `UPDATE=1` writes it anew. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findingsDocuments } from './findings-doc.ts';

const FOLDER = fileURLToPath(new URL('../docs/findings/', import.meta.url));

test('docs/findings/ has a page for every rule, and no other', async () => {
  const documents = await findingsDocuments();
  if (process.env.UPDATE === '1') {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    for (const [name, text] of documents) writeFileSync(join(FOLDER, name), text);
  }
  expect(existsSync(FOLDER) ? readdirSync(FOLDER).sort() : []).toEqual([...documents.keys()].sort());
  for (const [name, text] of documents) expect(readFileSync(join(FOLDER, name), 'utf8'), name).toBe(text);
}, 60_000);
