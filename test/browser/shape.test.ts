/** Nothing scrolls sideways: on a desk, on a tablet, on a telephone, in both themes, before and after opening. */
import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import { dropSamples, see, test } from './page.ts';

const WIDTHS = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;
const CASES = WIDTHS.flatMap(([width, height]) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, height, colorScheme })),
);
/** Pictures of the last run, for people. Not in the repository. */
const PICTURES = 'test-results';
mkdirSync(PICTURES, { recursive: true });

test.for(CASES)('$width px wide, $colorScheme', async (view, { open }) => {
  const { page } = await open(view);
  const name = `${view.width}-${view.colorScheme}`;
  const sideways = () =>
    page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - document.documentElement.clientWidth);
  const background = () =>
    page.evaluate(
      () =>
        getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor,
    );

  await see(page, /[Dd]rop a capture|[Oo]pen/);
  await page.screenshot({ path: `${PICTURES}/start-${name}.png` });
  expect(await sideways(), 'start screen').toBeLessThanOrEqual(0);

  await dropSamples(page, 'openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  await see(page, /Flight 6\b/);
  await page.screenshot({ path: `${PICTURES}/workspace-${name}.png` });
  expect(await sideways(), 'workspace').toBeLessThanOrEqual(0);

  const before = await background();
  await page.emulateMedia({ colorScheme: view.colorScheme === 'light' ? 'dark' : 'light' });
  expect(await background(), 'the theme follows the system').not.toBe(before);
});
