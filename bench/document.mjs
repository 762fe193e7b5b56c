/** docs/performance.md, of which each run writes the sections that it measured and leaves the others alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const TITLE = '# How fast it is';

/** @param {readonly string[]} sections each from its heading on */
export function writeSections(sections) {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const kept = before.split(/^(?=## )/m).slice(1);
  for (const section of sections) {
    const at = kept.findIndex((other) => headingOf(other) === headingOf(section));
    if (at >= 0) kept[at] = section;
    else kept.push(section);
  }
  writeFileSync(FILE, `${[TITLE, ...kept.map((section) => section.trim())].join('\n\n')}\n`);
}

/** @param {string} section */
const headingOf = (section) => section.split('\n', 1)[0];
