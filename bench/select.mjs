/** From choosing a record to its bytes in the document. */
import { figure, mean } from './figures.mjs';
import { choose, profiled, untilOpen, withPage, working } from './page.mjs';

/** Far beyond every budget. */
const IDLE_MS = 5000;
const BUDGET = /** @type {const} */ ({ of: 'p95', atMost: 50 });

/**
 * @param {import('./page.mjs').Setting} setting @param {import('./inputs.mjs').Input} file
 * @param {{ on: string, clicks: number, keys: number }} how
 */
export async function measureSelecting(setting, file, { on, clicks, keys }) {
  return withPage(setting, async (page) => {
    await choose(page, file);
    await untilOpen(page);
    await page.evaluate(() => window.bench.watchSelections());
    const byClick = await profiled(setting, page, `select-click ${on}`, () =>
      selected(page, clicks, () => click(page)),
    );
    await page.locator('[role=listbox]').first().focus();
    const { result: byKey, busyMs } = await working(page, () =>
      profiled(setting, page, `select-key ${on}`, () => selected(page, keys, (n) => press(page, n))),
    );
    return [
      ...(clicks > 0 ? [figure('Record clicked → its bytes', on, byClick, BUDGET)] : []),
      figure('Record reached by key → its bytes', on, byKey, BUDGET),
      mean('Processor time of the page for it', on, busyMs, keys),
    ];
  });
}

/**
 * Acts until so many selections were measured. Not every act selects: a fold opens, at the end there is no next one.
 * @param {import('playwright-core').Page} page @param {number} count @param {(n: number) => Promise<void>} act
 */
async function selected(page, count, act) {
  await page.evaluate(() => window.bench.selections.splice(0));
  let idle = 0;
  for (let n = 0, measured = 0; measured < count; n++) {
    await act(n);
    const changed = await page
      .waitForFunction((before) => window.bench.selections.length > before, measured, { timeout: IDLE_MS })
      .catch(() => null);
    if (changed) measured++;
    else if (++idle > count / 4) throw new Error(`Of ${n + 1} selections ${idle} never showed their bytes.`);
    await page.waitForTimeout(30);
  }
  return page.evaluate(() => window.bench.selections.slice());
}

/** Somewhere else in the diagram. @param {import('playwright-core').Page} page */
async function click(page) {
  const place = await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const drawing = document.querySelector('.sequence-list');
    let scroller = drawing?.parentElement ?? null;
    while (scroller && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
    for (let attempt = 0; attempt < 20; attempt++) {
      if (scroller) scroller.scrollTop = Math.random() * scroller.scrollHeight;
      for (let i = 0; i < 4; i++) await frame();
      const box = (scroller ?? document.body).getBoundingClientRect();
      const places = [...document.querySelectorAll('[role=option][aria-selected=false]')]
        .map((row) => (row.querySelector('.sequence-area') ?? row).getBoundingClientRect())
        .filter((row) => row.top > box.top + 60 && row.bottom < box.bottom - 10 && row.height > 0)
        .map((row) => ({ x: row.left + row.width / 2, y: row.top + row.height / 2 }));
      const chosen = places[Math.floor(Math.random() * places.length)];
      if (chosen) return chosen;
    }
    throw new Error('No row of the diagram is in view.');
  });
  await page.mouse.click(place.x, place.y);
}

/** Forward from the start and backward from the end, in turns. @param {import('playwright-core').Page} page @param {number} n */
async function press(page, n) {
  const backward = n % 50 >= 25;
  if (n % 25 === 0) await page.keyboard.press(backward ? 'End' : 'Home');
  else await page.keyboard.press(backward ? 'ArrowLeft' : 'ArrowRight');
}
