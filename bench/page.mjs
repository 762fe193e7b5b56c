/** A tab of DTLScope in real Chromium that can be measured. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installProbe } from './probe.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Browser} Browser */

/**
 * @typedef {object} Setting
 * @property {Browser} browser
 * @property {string} address
 * @property {string | null} profiles folder for CPU profiles
 */

/**
 * Runs with a fresh tab; `prepare` may put scripts into it before the page's own.
 * @template T
 * @param {Setting} setting
 * @param {(page: Page) => Promise<T>} work
 * @param {(page: Page) => Promise<unknown>} [prepare]
 * @returns {Promise<T>}
 */
export async function withPage({ browser, address }, work, prepare) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(60_000);
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`error in the page: ${error.message}`));
    await page.addInitScript(installProbe);
    await prepare?.(page);
    await page.goto(address);
    await page.locator('#root > *').first().waitFor();
    return await work(page);
  } finally {
    await context.close();
  }
}

/** @param {Page} page @param {import('./inputs.mjs').Input} file */
export async function choose(page, file) {
  await page.locator('#files').setInputFiles(file);
}

/** Until the diagram of the first association is drawn and nothing runs any more. @param {Page} page */
export async function untilOpen(page) {
  await page.locator('[role=option]').first().waitFor();
  await page.waitForFunction(() => window.bench.selected() !== null);
  await page.waitForTimeout(500);
}

/**
 * Processor time of the page's thread, in ms: what it would be on a machine with nothing else to do.
 * @template T
 * @param {Page} page @param {() => Promise<T>} work
 * @returns {Promise<{ result: T, busyMs: number }>}
 */
export async function working(page, work) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await busy();
  const result = await work();
  const busyMs = ((await busy()) - before) * 1000;
  await session.detach();
  return { result, busyMs };
}

/**
 * With a CPU profile of the page's thread, if they are wanted.
 * @template T
 * @param {Setting} setting @param {Page} page @param {string} name @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function profiled({ profiles, browser }, page, name, work) {
  if (profiles === null) return work();
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 500 });
  await browser.startTracing(page, { categories: ['devtools.timeline'] });
  await session.send('Profiler.start');
  const result = await work();
  const { profile } = await session.send('Profiler.stop');
  const trace = await browser.stopTracing();
  writeFileSync(join(profiles, `${name}.cpuprofile`), JSON.stringify(profile));
  writeFileSync(join(profiles, `${name}.trace.json`), trace);
  printHottest(name, profile);
  printStages(trace);
  return result;
}

/** What the browser did between the scripts. @param {Buffer} trace */
function printStages(trace) {
  /** @type {{ traceEvents: { name: string, ph: string, dur?: number }[] }} */
  const { traceEvents } = JSON.parse(trace.toString());
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { name, ph, dur = 0 } of traceEvents) if (ph === 'X') sums.set(name, (sums.get(name) ?? 0) + dur / 1000);
  const longest = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 15);
  console.error('  stages, ms, one within another');
  for (const [stage, ms] of longest) console.error(`    ${ms.toFixed(0).padStart(6)}  ${stage}`);
}

/** @typedef {{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }} ProfileNode */

/**
 * @param {string} name
 * @param {{ nodes: ProfileNode[], samples?: number[] | undefined, timeDeltas?: number[] | undefined }} profile
 */
function printHottest(name, { nodes, samples = [], timeDeltas = [] }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  /** @type {Map<string, number>} */
  const own = new Map();
  for (const [i, id] of samples.entries()) {
    const frame = byId.get(id);
    const where = frame
      ? `${frame.functionName || '(anonymous)'} ${frame.url.split('/').at(-1)}:${frame.lineNumber + 1}`
      : '?';
    own.set(where, (own.get(where) ?? 0) + (timeDeltas[i] ?? 0) / 1000);
  }
  const hottest = [...own].filter(([where]) => !where.startsWith('(idle)')).sort((a, b) => b[1] - a[1]);
  console.error(`  ${name}: own time in ms`);
  for (const [where, ms] of hottest.slice(0, 15)) console.error(`    ${ms.toFixed(0).padStart(6)}  ${where}`);
}
