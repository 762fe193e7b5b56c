/** What the reader asked the system for: no motion, or colours of their own. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { test } from './page.ts';
import { opened, press } from './screens.ts';

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;

describe.concurrent('as the reader wishes', () => {
  test('nothing moves by itself where motion is not wanted', async ({ open }) => {
    const { page } = await open();
    await opened(...LOSS)(page);
    for (const command of ['nextRecord', 'bytes', 'nextFinding', 'help'] as const) {
      await press(page, command);
      expect(await moving(page), command).toEqual([]);
    }
  });

  test.for(['light', 'dark'] as const)(
    'forced colours, %s: every mark keeps a line of its own',
    async (colorScheme, { open }) => {
      const { page } = await open({ width: 1440, height: 900, colorScheme });
      await page.emulateMedia({ forcedColors: 'active', colorScheme });
      await opened(...LOSS)(page);
      expect(await invisible(page)).toEqual([]);
      // What was lost is dashed and what came is not: colour is not needed.
      expect(await dashed(page, 'Never captured')).toBe(true);
      expect(await dashed(page, 'Record 1,')).toBe(false);
    },
  );
});

/** Animations and transitions that run, or would. */
async function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const running = document.getAnimations().map((one) => `runs: ${one.id || one.constructor.name}`);
    const able = [...document.querySelectorAll('*')].filter((element) => {
      const { animationName, transitionDuration, transitionProperty, scrollBehavior } = getComputedStyle(element);
      const moves =
        transitionProperty !== 'none' && transitionDuration.split(', ').some((time) => Number.parseFloat(time) > 0);
      return animationName !== 'none' || moves || scrollBehavior === 'smooth';
    });
    return [...running, ...able.map((element) => `${element.localName}.${element.getAttribute('class')}`)];
  });
}

/** Rows of the diagram that have no stroke, fill or text in another colour than the paper. */
async function invisible(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const paper = getComputedStyle(document.documentElement).backgroundColor;
    const seen = (mark: Element) => {
      const { stroke, fill, display } = getComputedStyle(mark);
      return display !== 'none' && [stroke, fill].some((colour) => colour !== 'none' && colour !== paper);
    };
    const rows = [...document.querySelectorAll('[role=option]')];
    return rows
      .filter((row) => ![...row.querySelectorAll('path, line')].some(seen))
      .map((row) => row.getAttribute('aria-label') ?? '');
  });
}

/** Whether the arrow of the first row with such a name is dashed. */
async function dashed(page: Page, name: string): Promise<boolean> {
  const row = page.locator(`[role=option][aria-label^="${name}"]`).first();
  return row.evaluate((element) =>
    [...element.querySelectorAll('path, line')].some((mark) => getComputedStyle(mark).strokeDasharray !== 'none'),
  );
}
