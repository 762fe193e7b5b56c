/** The list of associations: scrolled from end to end, by script and by wheel, and filtered key by key. */
import { blankRows, watchScreen } from './blank.mjs';
import { figure, mean } from './figures.mjs';
import { choose, profiled, withPage, working } from './page.mjs';
import { standIn } from './stand-in.mjs';

const FRAME = /** @type {const} */ ({ of: 'p95', atMost: 20 });
const NONE = /** @type {const} */ ({ of: 'max', atMost: 0 });
const LIST = '.assoc .rows';
const WHEELS = 240;

/** @typedef {import('playwright-core').Page} Page */

/**
 * @param {import('./page.mjs').Setting} setting @param {import('./stand-in.mjs').Answers} answers
 * @param {import('./inputs.mjs').Input} file @param {number} count
 */
export async function measureList(setting, answers, file, count) {
  const on = `${count.toLocaleString('en')} associations`;
  return withPage(
    setting,
    async (page) => {
      await choose(page, file);
      await page.waitForFunction(
        (n) => document.querySelector('.assoc')?.getAttribute('aria-rowcount') === String(n + 1),
        count,
      );
      await page.locator('[role=option]').first().waitFor();
      await page.waitForTimeout(500);
      return [...(await scrolling(setting, page, on)), ...(await typing(setting, page, on, count))];
    },
    (page) => page.addInitScript(standIn, { ...answers, count }),
  );
}

/** @param {import('./page.mjs').Setting} setting @param {Page} page @param {string} on */
async function scrolling(setting, page, on) {
  const { result: byScript, busyMs } = await working(page, () =>
    profiled(setting, page, `scroll ${on}`, () => scrollThrough(page)),
  );
  console.error(`  ${on}: by wheel`);
  const box = await page.locator(LIST).boundingBox();
  if (!box) throw new Error('There is no list.');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => window.bench.startFrames());
  await wheel(page);
  const byWheel = await page.evaluate(() => window.bench.stopFrames());
  // Pictures cost time themselves, so they are taken of a run of their own.
  console.error(`  ${on}: pictures of the screen`);
  const screen = await watchScreen(page);
  await wheel(page);
  const pictures = await screen.stop();
  const blank = await blankRows(page, pictures, box);
  return [
    figure('Frame while the list scrolls by script', on, byScript.ms, FRAME),
    mean('Processor time of the page for it', on, busyMs, byScript.ms.length),
    figure('Blank places in the list, by script, per frame', on, byScript.blank, NONE, 'rows'),
    figure('Frame while the list scrolls by wheel', on, byWheel.ms, FRAME),
    figure('Blank rows on the screen, by wheel, per picture', on, blank, NONE, 'rows'),
  ];
}

/** From top to bottom in 600 frames, and in each a look at what stands at five heights. @param {Page} page */
function scrollThrough(page) {
  return page.evaluate(async (selector) => {
    const list = document.querySelector(selector);
    if (!list) throw new Error('There is no list.');
    const box = list.getBoundingClientRect();
    const heights = [0.02, 0.25, 0.5, 0.75, 0.98].map((share) => box.top + box.height * share);
    /** @type {number[]} */
    const blank = [];
    window.bench.startFrames();
    const last = list.scrollHeight - list.clientHeight;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let n = 1; n <= 600; n++) {
      list.scrollTop = (last * n) / 600;
      await frame();
      // In the frame after the one that scrolled: what was on the screen.
      const task = new MessageChannel();
      await new Promise((done) => {
        task.port1.onmessage = done;
        task.port2.postMessage(null);
      });
      blank.push(heights.filter((y) => !document.elementFromPoint(box.left + 40, y)?.closest('[role=row]')).length);
    }
    return { ...window.bench.stopFrames(), blank };
  }, LIST);
}

/** Strokes of the wheel, the quick ones of somebody who looks for the end. @param {Page} page */
async function wheel(page) {
  for (let n = 0; n < WHEELS; n++) {
    const down = n < WHEELS * 0.6;
    await page.mouse.wheel(0, (down ? 1 : -1) * (n % 50 < 25 ? 120 : 2400));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

const TYPED = ['status:failed', 'version:1.3', '10.0.3', 'port:5684'];

/** @param {import('./page.mjs').Setting} setting @param {Page} page @param {string} on @param {number} count */
async function typing(setting, page, on, count) {
  console.error(`  ${on}: typing`);
  await page.evaluate(() => window.bench.watchTyping());
  await page.locator('#filter').focus();
  await page.waitForTimeout(500);
  const times = await profiled(setting, page, `filter ${on}`, async () => {
    for (const text of TYPED) {
      for (const key of text) await stroke(page, key);
      for (let n = 0; n < text.length; n++) await stroke(page, 'Backspace');
    }
    return page.evaluate(() => window.bench.typing);
  });
  const budget = count <= 10_000 ? /** @type {const} */ ({ of: 'p95', atMost: 16 }) : null;
  return [
    figure('Key typed into the filter → list drawn', on, times.handled, budget),
    figure('Key typed into the filter → painted', on, times.painted),
  ];
}

/** @param {Page} page @param {string} key */
async function stroke(page, key) {
  const before = await page.evaluate(() => window.bench.typing.painted.length);
  await page.keyboard.press(key);
  await page.waitForFunction((n) => window.bench.typing.painted.length > n, before);
  await page.waitForTimeout(60);
}
