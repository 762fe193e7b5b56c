/** Where the built page lies: beside the built command line, or in dist/ while this runs from its sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './arguments.ts';

const PLACES = ['.', '../../dist'];

export function pageFolder(): string {
  const folders = PLACES.map((place) => fileURLToPath(new URL(`${place}/`, import.meta.url)));
  const found = folders.find((folder) => existsSync(join(folder, 'index.html')));
  if (found === undefined) throw new UsageError('The page is not there: `npm run build` makes it.');
  return found;
}
