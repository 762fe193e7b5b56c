/**
 * How fast the page is, in real Chromium, on inputs that are made here of the captures of samples/.
 *
 *   npm run bench [-- --write] [--only select|scrub|list|open] [--page FOLDER] [--profile FOLDER]
 *
 * `--write` writes docs/performance.md, `--page` measures another build than dist/, `--profile` writes CPU profiles of
 * the page's thread and names its hottest functions. Run by hand: times are no facts to test.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { needChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/server.mjs';
import { asText } from './figures.mjs';
import { dataRecords, handshakeRecords, kinds, thousandHandshakes } from './inputs.mjs';
import { measureList } from './list.mjs';
import { measureOpening, measureStart } from './open.mjs';
import { otherLoad, report } from './report.mjs';
import { measureScrubbing } from './scrub.mjs';
import { measureSelecting } from './select.mjs';
import { answersTo } from './stand-in.mjs';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    page: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    profile: { type: 'string' },
  },
});
if (!existsSync(`${values.page}/index.html`)) {
  console.error(`There is no ${values.page}/index.html to measure: \`npm run build\` makes dist/.`);
  process.exit(2);
}
if (values.profile) mkdirSync(values.profile, { recursive: true });

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

/** @type {Readonly<Record<string, () => Promise<import('./figures.mjs').Figure[]>>>} */
const MEASURES = {
  open: async () => [...(await measureStart(setting)), ...(await measureOpening(setting, thousandHandshakes(), 1000))],
  select: async () => [
    ...(await measureSelecting(setting, handshakeRecords(), { on: HANDSHAKE, clicks: 100, keys: 100 })),
    ...(await measureSelecting(setting, dataRecords(), { on: DATA, clicks: 0, keys: 200 })),
  ],
  scrub: async () => [
    ...(await measureScrubbing(setting, handshakeRecords(), HANDSHAKE)),
    ...(await measureScrubbing(setting, dataRecords(), DATA)),
  ],
  list: async () => {
    const file = kinds();
    const answers = await answersTo(setting, file);
    return [
      ...(await measureList(setting, answers, file, 10_000)),
      ...(await measureList(setting, answers, file, 100_000)),
    ];
  },
};
const HANDSHAKE = '10 000 handshake records';
const DATA = '10 000 records, mostly data';

try {
  /** @type {import('./figures.mjs').Figure[]} */
  const figures = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (values.only && values.only !== name) continue;
    console.error(`measuring: ${name}`);
    try {
      figures.push(...(await measure()));
    } catch (error) {
      console.error(`${name} could not be measured: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
  console.log(asText(figures));
  console.log(
    '\nThe long lists come from a stand-in for the worker: real associations under other names and addresses.',
  );
  const load = otherLoad();
  if (load !== null) console.log(load);
  if (values.write) {
    writeFileSync(
      fileURLToPath(new URL('../docs/performance.md', import.meta.url)),
      report(figures, browser.version(), load),
    );
  }
} finally {
  await browser.close();
  await server.close();
}
