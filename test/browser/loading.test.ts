/** A capture that takes its time: what the page shows meanwhile, and what is there when it is read or given up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { makeLarge } from '../../bench/large/capture.mjs';
import { violations } from './axe.ts';
import { dropSamples, see, test } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-loading-'));
afterAll(() => rmSync(folder, { recursive: true }));
const large = makeLarge(join(folder, 'large.pcap'), 100);

const FIRST_ROWS = '.associations[aria-busy=true] .rows [role=row]';
const rows = (page: Page) => page.locator('.assoc .rows [role=row]');

/** Until there is something of the kind, seen in the frame in which it appears. */
async function within(page: Page, selector: string, text = ''): Promise<void> {
  await page.waitForFunction(
    ([one, word]) => [...document.querySelectorAll(one ?? '')].some((it) => it.textContent?.includes(word ?? '')),
    [selector, text],
    { polling: 'raf' },
  );
}

/** Until rows of it are listed. */
async function choose(page: Page): Promise<void> {
  await page.locator('#files').setInputFiles(large.file);
  await within(page, FIRST_ROWS);
}

/** What the worker says after the first rows is held back until `goOn`, so that there is time to look. */
async function hold(page: Page): Promise<void> {
  await page.evaluate(() => {
    const Real = Worker;
    const waiting: (() => void)[] = [];
    let held = false;
    let mayHold = true;
    Object.assign(window, {
      goOn() {
        held = mayHold = false;
        for (const hear of waiting.splice(0)) hear();
      },
      Worker: class extends Real {
        override set onmessage(hear: Worker['onmessage']) {
          super.onmessage = (event) => {
            if (held) waiting.push(() => hear?.call(this, event));
            else hear?.call(this, event);
            if (mayHold && event.data.is === 'progress' && event.data.early.length > 0) held = true;
          };
        }
      },
    });
  });
}

const goOn = (page: Page) => page.evaluate(() => (window as unknown as { goOn(): void }).goOn());

async function untilRead(page: Page): Promise<void> {
  await page.locator('.associations[aria-busy=false]').waitFor({ timeout: 60_000 });
  await page.locator('progress').waitFor({ state: 'detached' });
}

test('associations are listed while they are read, and all of them in the end, in the same places', async ({
  open,
}) => {
  const { page } = await open();
  await hold(page);
  await choose(page);
  expect(await page.locator('progress').count()).toBe(1);
  await see(page, /[KM]B of 100\.\d MB, .* associations/);
  await see(page, / so far$/);
  expect(await violations(page)).toEqual([]);
  const first = rows(page).first();
  const ports = await first.locator('[data-look=mono]').textContent();
  expect(await first.textContent()).toContain('reading');
  expect(await page.locator('.heads button:enabled').count()).toBe(0);

  // What is chosen meanwhile opens when it can be.
  await rows(page).nth(5).click();
  await see(page, 'Number 6 opens once all are analysed.');
  await page.locator('.assoc').press('ArrowDown');
  await see(page, 'Number 7 opens once all are analysed.');
  await page.locator('.assoc').press('Enter');
  await see(page, 'Number 7 opens once all are analysed.');
  await page.locator('.assoc .rows').evaluate((list) => list.scrollTo(0, 66));

  await goOn(page);
  await untilRead(page);
  expect(await page.locator('.assoc').getAttribute('aria-rowcount')).toBe(String(large.associations + 1));
  expect(await first.locator('[data-look=mono]').textContent()).toBe(ports);
  expect(await first.textContent()).not.toContain('reading');
  expect(await page.locator('.assoc').getAttribute('aria-activedescendant')).toBe('association-a7');
  expect(await page.locator('.assoc .rows').evaluate((list) => list.scrollTop)).toBe(66);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
  await page.locator('[role=option]').first().waitFor();
});

/** Presses Escape in the frame in which there is something of the kind: a hand at a distance may come too late. */
async function escapeAt(page: Page, selector: string, text = ''): Promise<void> {
  await page.evaluate(
    ([one, word]) => {
      const look = () => {
        const there = [...document.querySelectorAll(one ?? '')].some((it) => it.textContent?.includes(word ?? ''));
        if (there) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
        else requestAnimationFrame(look);
      };
      look();
    },
    [selector, text],
  );
}

test('what was open is there after a cancel', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, 'openssl-psk-aes128-ccm8.pcap');
  await page.locator('[role=option]').first().waitFor();
  const verdict = await page.locator('.verdict h2').textContent();
  const listed = await rows(page).first().textContent();

  await escapeAt(page, FIRST_ROWS);
  await page.locator('#files').setInputFiles(large.file);
  await see(page, 'Reading was cancelled. Nothing already loaded is lost.');
  expect(await rows(page).count()).toBe(1);
  expect(await rows(page).first().textContent()).toBe(listed);
  expect(await page.locator('.verdict h2').textContent()).toBe(verdict);
  expect(await page.locator('.associations').getAttribute('aria-busy')).toBe('false');
});

test('what was open is shown beside the rows of what is read', async ({ open }) => {
  const { page } = await open();
  await hold(page);
  await dropSamples(page, 'openssl-psk-aes128-ccm8.pcap');
  await page.locator('[role=option]').first().waitFor();
  const verdict = await page.locator('.verdict h2').textContent();
  await choose(page);
  await see(page, /so far in large\.pcap$/);
  expect(await page.locator('.verdict h2').textContent()).toBe(verdict);
  await goOn(page);
  await untilRead(page);
  await see(page, /^large\.pcap$/);
});

test('the analysis that follows can be cancelled too', async ({ open }) => {
  const { page } = await open();
  await escapeAt(page, '.banner .strong', 'Analysing large.pcap');
  await page.locator('#files').setInputFiles(large.file);
  await see(page, 'Drop a capture anywhere in this window');
  await see(page, 'Reading was cancelled.');
});

test('on a narrow screen the list that grows is what is shown', async ({ open }) => {
  const { page } = await open({ width: 390, height: 844 });
  await hold(page);
  await choose(page);
  expect(await rows(page).first().isVisible()).toBe(true);
  expect(await violations(page)).toEqual([]);
  const across = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(across).toBeLessThanOrEqual(390);
  await goOn(page);
  await untilRead(page);
  expect(await rows(page).first().isVisible()).toBe(true);
});
