/** The page on large captures: how soon it shows something, how soon everything, and whether it stays usable meanwhile. */
import { withPage } from '../page.mjs';
import { memoryOf } from './process.mjs';

/**
 * @typedef {object} Opening
 * @property {import('./capture.mjs').Large} capture
 * @property {number | null} firstMs file chosen → first association listed
 * @property {number | null} completeMs → all listed, nothing is read any more
 * @property {number | null} peakBytes of the tab's process, its worker in it: resident
 * @property {number | null} privateBytes of it what is its own
 * @property {number | null} countedBytes what the page may count of itself, afterwards
 * @property {readonly number[]} framesMs
 * @property {string | null} failure
 */

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 600_000;

/** @param {import('../page.mjs').Setting} setting @param {import('./capture.mjs').Large} capture @returns {Promise<Opening>} */
export async function measureLargeOpening(setting, capture) {
  return withPage(setting, async (page) => {
    const memory = await watchMemory(setting.browser);
    const crashed = new Promise((done) => page.once('crash', () => done('the tab crashed')));
    try {
      await page.evaluate(watch, capture.associations);
      await page.locator('#files').setInputFiles(capture.file);
      const ended = page.waitForFunction(() => window.opening?.end, null, { timeout: PATIENCE_MS, polling: 100 });
      const failure = await Promise.race([ended.then(() => null, asSentence), crashed]);
      const seen = failure === null ? await page.evaluate(() => window.opening) : undefined;
      const counted = failure === null ? await page.evaluate(countMemory).catch(() => null) : null;
      return {
        capture,
        firstMs: seen?.firstMs ?? null,
        completeMs: seen?.completeMs ?? null,
        ...memory.stop(),
        countedBytes: counted,
        framesMs: seen?.framesMs ?? [],
        failure: failure === null ? (seen?.failure ?? null) : String(failure),
      };
    } finally {
      memory.stop();
    }
  });
}

/** @param {unknown} error */
const asSentence = (error) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));

/** The process that draws the page; its workers are threads of it. @param {import('playwright-core').Browser} browser */
async function watchMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  /** @type {{ peakBytes: number | null, privateBytes: number | null }} */
  const most = { peakBytes: null, privateBytes: null };
  const look = () => {
    // Chromium keeps an empty one in store: it is never the larger.
    for (const memory of pids.map(memoryOf)) {
      if (memory === null) continue;
      most.peakBytes = Math.max(most.peakBytes ?? 0, memory.peakBytes);
      most.privateBytes = Math.max(most.privateBytes ?? 0, memory.privateBytes);
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

/**
 * @typedef {object} Watched
 * @property {number | null} firstMs
 * @property {number | null} completeMs
 * @property {number[]} framesMs
 * @property {string | null} failure
 * @property {boolean} end
 */

/** Runs in the page, in each of its frames from the choice of the file on. @param {number} associations */
function watch(associations) {
  /** @type {Watched} */
  const opening = { firstMs: null, completeMs: null, framesMs: [], failure: null, end: false };
  window.opening = opening;
  let began = 0;
  let last = 0;
  let framesAfter = 30;
  const look = () => {
    const ms = performance.now() - began;
    const rows = Number(document.querySelector('.assoc')?.getAttribute('aria-rowcount') ?? 1) - 1;
    if (document.querySelector('.assoc .rows [role=row]')) opening.firstMs ??= ms;
    if (rows >= associations && !document.querySelector('progress')) opening.completeMs ??= ms;
    if (opening.completeMs === null)
      opening.failure = document.querySelector('.banner.notice .grow')?.textContent ?? null;
    opening.end = opening.failure !== null || (opening.completeMs !== null && framesAfter-- === 0);
  };
  const tick = (/** @type {number} */ now) => {
    opening.framesMs.push(now - last);
    last = now;
    look();
    if (!opening.end) requestAnimationFrame(tick);
  };
  document.addEventListener(
    'change',
    (event) => {
      began = event.timeStamp;
      last = performance.now();
      requestAnimationFrame(tick);
    },
    { capture: true, once: true },
  );
}

/** Runs in the page. Only a page that is isolated from others may know, and Chromium takes its time. */
async function countMemory() {
  const { measureUserAgentSpecificMemory: count } =
    /** @type {{ measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> }} */ (performance);
  if (!count || !crossOriginIsolated) return null;
  const patience = new Promise((done) => setTimeout(() => done(null), 60_000));
  const counted = await Promise.race([count.call(performance), patience]);
  return counted?.bytes ?? null;
}
