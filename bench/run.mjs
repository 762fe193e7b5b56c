/**
 * How fast the page is, in real Chromium, and how fast page and command line are on large captures. All inputs are made
 * here of the captures of samples/.
 *
 *   npm run bench [-- --write] [--only page|large|select|scrub|list|open] [--page FOLDER] [--profile FOLDER]
 *                 [--sizes 100,1000] [--cli FILE] [--slow]
 *
 * `--write` writes what was measured into docs/performance.md, `--page` and `--cli` measure another build than dist/,
 * `--profile` writes CPU profiles of the page's thread and names its hottest functions, `--sizes` are those of the large
 * captures in MB, `--slow` has tshark decode also the largest in full. Run by hand: times are no facts to test.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { needChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/server.mjs';
import { writeSections } from './document.mjs';
import { figureTable } from './figures.mjs';
import { dataRecords, handshakeRecords, kinds, thousandHandshakes } from './inputs.mjs';
import { largeSection } from './large/section.mjs';
import { pageTable, programTable } from './large/tables.mjs';
import { measureLargePrograms, withLargeOpenings } from './large.mjs';
import { measureList } from './list.mjs';
import { otherLoad } from './machine.mjs';
import { measureOpening, measureStart } from './open.mjs';
import { pageSection } from './report.mjs';
import { measureScrubbing } from './scrub.mjs';
import { measureSelecting } from './select.mjs';
import { answersTo } from './stand-in.mjs';
import { asText } from './table.mjs';

const built = (/** @type {string} */ name) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));
const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    page: { type: 'string', default: built('') },
    cli: { type: 'string', default: built('cli.js') },
    profile: { type: 'string' },
    sizes: { type: 'string', default: '100,1000' },
    slow: { type: 'boolean', default: false },
  },
});
for (const needed of [`${values.page}/index.html`, values.cli]) {
  if (existsSync(needed)) continue;
  console.error(`There is no ${needed} to measure: \`npm run build\` makes dist/.`);
  process.exit(2);
}
const sizes = values.sizes.split(',').map(Number);
if (!sizes.every((size) => size > 0)) {
  console.error(`--sizes takes numbers of megabytes, as in 100,1000, not ${values.sizes}.`);
  process.exit(2);
}
if (values.profile) mkdirSync(values.profile, { recursive: true });

const HANDSHAKE = '10 000 handshake records';
const DATA = '10 000 records, mostly data';
/** @typedef {import('./page.mjs').Setting} Setting */
/** @type {Readonly<Record<string, (setting: Setting) => Promise<import('./figures.mjs').Figure[]>>>} */
const MEASURES = {
  open: async (setting) => [
    ...(await measureStart(setting)),
    ...(await measureOpening(setting, thousandHandshakes(), 1000)),
  ],
  select: async (setting) => [
    ...(await measureSelecting(setting, handshakeRecords(), { on: HANDSHAKE, clicks: 100, keys: 100 })),
    ...(await measureSelecting(setting, dataRecords(), { on: DATA, clicks: 0, keys: 200 })),
  ],
  scrub: async (setting) => [
    ...(await measureScrubbing(setting, handshakeRecords(), HANDSHAKE)),
    ...(await measureScrubbing(setting, dataRecords(), DATA)),
  ],
  list: async (setting) => {
    const file = kinds();
    const answers = await answersTo(setting, file);
    return [
      ...(await measureList(setting, answers, file, 10_000)),
      ...(await measureList(setting, answers, file, 100_000)),
    ];
  },
};

const { only } = values;
const measures = Object.entries(MEASURES).filter(([name]) => only === undefined || only === 'page' || only === name);
const large = only === undefined || only === 'large';
if (measures.length === 0 && !large) {
  console.error(`--only takes page, large, ${Object.keys(MEASURES).join(', ')}, not ${only}.`);
  process.exit(2);
}
if (values.write && measures.length > 0 && measures.length < Object.keys(MEASURES).length) {
  console.error('--write replaces the whole table of the page: measure all of it, with --only page.');
  process.exit(2);
}

/** @type {string[]} */
const sections = [];
// Before there is a browser, which would take its share of the machine.
if (large) console.error('measuring: large');
const programs = large ? await measureLargePrograms(sizes, { cli: values.cli, slow: values.slow }) : null;
const server = await serve(values.page, 0);
const browser = await chromium.launch({
  executablePath: needChromium(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--no-first-run',
  ],
});
const setting = { browser, address: server.address, profiles: values.profile ?? null };
try {
  if (programs) {
    const result = await withLargeOpenings(programs, setting);
    console.log(`${asText(programTable(result.programs))}\n`);
    console.log(`${asText(pageTable(result.openings, result.programs))}\n`);
    if (result.load !== null) console.log(result.load);
    sections.push(largeSection(result, { chromium: browser.version(), slow: values.slow }));
  }
  /** @type {import('./figures.mjs').Figure[]} */
  const figures = [];
  for (const [name, measure] of measures) {
    console.error(`measuring: ${name}`);
    try {
      figures.push(...(await measure(setting)));
    } catch (error) {
      console.error(`${name} could not be measured: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
  if (measures.length > 0) {
    console.log(asText(figureTable(figures)));
    console.log(
      '\nThe long lists come from a stand-in for the worker: real associations under other names and addresses.',
    );
    const load = otherLoad();
    if (load !== null) console.log(load);
    sections.unshift(pageSection(figures, browser.version(), load));
  }
} finally {
  await browser.close();
  await server.close();
}
if (values.write) writeSections(sections);
