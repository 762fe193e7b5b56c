/** The start screen, and from choosing a large capture to what is in it. */
import { figure } from './figures.mjs';
import { choose, withPage } from './page.mjs';

const TIMES = 5;

/** @param {import('./page.mjs').Setting} setting */
export async function measureStart(setting) {
  /** @type {number[]} */
  const painted = [];
  for (let n = 0; n < TIMES; n++) {
    painted.push(
      await withPage(setting, async (page) => {
        await page.waitForTimeout(300);
        return page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN);
      }),
    );
  }
  return [figure('Address entered → start screen painted', 'this machine', painted, { of: 'max', atMost: 1000 })];
}

/** @param {import('./page.mjs').Setting} setting @param {import('./inputs.mjs').Input} file @param {number} associations */
export async function measureOpening(setting, file, associations) {
  const on = `${(file.buffer.length / 1e6).toFixed(1)} MB, ${associations} associations`;
  /** @type {{ first: number, all: number, diagram: number }[]} */
  const runs = [];
  for (let n = 0; n < 3; n++) {
    runs.push(
      await withPage(setting, async (page) => {
        const times = page.evaluate(
          (wanted) =>
            new Promise((done) => {
              let began = 0;
              let first = 0;
              let all = 0;
              document.addEventListener(
                'change',
                (event) => {
                  began = event.timeStamp;
                },
                true,
              );
              new MutationObserver(() => {
                const rows = Number(document.querySelector('.assoc')?.getAttribute('aria-rowcount') ?? 1) - 1;
                const now = performance.now() - began;
                if (first === 0 && rows > 0 && document.querySelector('.assoc .rows [role=row]')) first = now;
                if (all === 0 && rows >= wanted) all = now;
                if (all > 0 && document.querySelector('[role=option]')) done({ first, all, diagram: now });
              }).observe(document.body, {
                subtree: true,
                childList: true,
                attributes: true,
                attributeFilter: ['aria-rowcount'],
              });
            }),
          associations,
        );
        await choose(page, file);
        return /** @type {{ first: number, all: number, diagram: number }} */ (await times);
      }),
    );
  }
  return [
    figure(
      'File chosen → first association listed',
      on,
      runs.map((run) => run.first),
    ),
    figure(
      'File chosen → all listed',
      on,
      runs.map((run) => run.all),
    ),
    figure(
      'File chosen → first diagram drawn',
      on,
      runs.map((run) => run.diagram),
      { of: 'p95', atMost: 1000 },
    ),
  ];
}
