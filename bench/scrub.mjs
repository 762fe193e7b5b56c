/** Frames while the playhead is dragged over the lanes. */
import { figure, mean } from './figures.mjs';
import { choose, profiled, untilOpen, withPage, working } from './page.mjs';

const FRAMES = 300;

/** @param {import('./page.mjs').Setting} setting @param {import('./inputs.mjs').Input} file @param {string} on */
export async function measureScrubbing(setting, file, on) {
  return withPage(setting, async (page) => {
    await choose(page, file);
    await untilOpen(page);
    const box = await page.locator('[data-time-slider]').boundingBox();
    if (!box) throw new Error('There are no lanes to drag over.');
    const [from, to, y] = [box.x + 125, box.x + box.width - 20, box.y + 30];
    await page.mouse.move(from, y);
    await page.mouse.down();
    const { result: drag, busyMs } = await working(page, () =>
      profiled(setting, page, `scrub ${on}`, () => page.evaluate(dragged, { from, to, y, frames: FRAMES })),
    );
    await page.mouse.up();
    if (drag.places < FRAMES / 4) throw new Error(`The playhead did not follow: ${drag.places} places.`);
    return [
      figure('Frame while the playhead is dragged', on, drag.ms, { of: 'p95', atMost: 20 }),
      mean('Processor time of the page for it', on, busyMs, FRAMES),
      figure('Tasks over 50 ms meanwhile', on, drag.longTasks),
    ];
  });
}

/**
 * Runs in the page: the button is down, and in each frame the pointer is elsewhere. Moves that came from outside would
 * miss frames.
 * @param {{ from: number, to: number, y: number, frames: number }} given
 */
async function dragged({ from, to, y, frames }) {
  const slider = document.querySelector('[data-time-slider]');
  if (!slider) throw new Error('There are no lanes to drag over.');
  const places = new Set();
  window.bench.startFrames();
  for (let n = 1; n <= frames; n++) {
    // There and back again, and not evenly: hands do not.
    const x = from + ((to - from) * (1 - Math.cos((n / frames) * 4 * Math.PI))) / 2;
    slider.dispatchEvent(
      new PointerEvent('pointermove', { clientX: x, clientY: y, pointerId: 1, buttons: 1, bubbles: true }),
    );
    await new Promise((done) => requestAnimationFrame(done));
    places.add(slider.getAttribute('aria-valuenow'));
  }
  return { ...window.bench.stopFrames(), places: places.size };
}
