/**
 * Inputs that reached what no seed reaches, or broke something once: one line of base64 each, in corpus/ENTRY.txt. They
 * are seeds beside those of samples/, and the test reads each of them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLES } from '../captures.ts';
import type { Entry } from './entry.ts';

const FOLDER = join(SAMPLES, '../test/fuzz/corpus');

export function keptFor({ name }: Pick<Entry, 'name'>): readonly Uint8Array[] {
  const path = join(FOLDER, `${name}.txt`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

/** Of samples/ and kept. */
export function seedsOf(entry: Entry): readonly Uint8Array[] {
  return [...entry.seeds(), ...keptFor(entry)];
}
