/** A capture with more records than are told one by one: the page shows sums, and looks into them when asked. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { longTunnel } from '../long-tunnel.ts';
import { violations } from './axe.ts';
import { see, test } from './page.ts';

const DATA = 25_000;
/** With those of the handshake, and a copy. */
const ALL = DATA + 14;

async function openTunnel(page: Page): Promise<void> {
  const { source } = await longTunnel(DATA);
  const parts: Uint8Array[] = [];
  for await (const part of source.chunks()) parts.push(part.slice());
  const file = { name: source.name, mimeType: 'application/octet-stream', buffer: Buffer.concat(parts) };
  await page.locator('#files').setInputFiles(file);
  await page.locator('.sequence-scroll [data-row]').first().waitFor();
}

const sums = (page: Page) => page.locator('.sequence-scroll [data-row]', { hasText: /^[\s\S]*\d encrypted records/ });

test('the data are one line; unfolded, a sum leads to the records in it', async ({ open }) => {
  const { page } = await open();
  await openTunnel(page);
  await see(page, '25 001 encrypted records');
  await see(page, `record 1 of ${ALL}`);
  await sums(page).first().click();
  const inside = sums(page).nth(1);
  await inside.waitFor();
  await inside.click();
  // The first record of the sum is selected, and told with those behind it.
  const place = page
    .getByText(/record 1\d\d of/)
    .filter({ visible: true })
    .first();
  await place.waitFor();
  const [, record] = /record (\d+) of/.exec((await place.textContent()) ?? '') ?? [];
  for (const row of [Number(record), Number(record) + 1])
    await page.locator(`.sequence-scroll [data-row="${row}"]`).waitFor({ state: 'attached' });
  expect(await violations(page)).toEqual([]);
});

test('to go to a record that is in a sum shows those around it, and the way back is there', async ({ open }) => {
  const { page } = await open();
  await openTunnel(page);
  await page.keyboard.press('g');
  await page.getByRole('dialog', { name: 'Go to' }).waitFor();
  await page.keyboard.type('20000');
  await page.keyboard.press('Enter');
  await see(page, `record 20000 of ${ALL}`);
  await page.keyboard.press('v');
  await see(page, 'of 25 014 records');
  await page.goBack();
  await page.locator('.sequence-scroll').waitFor();
  await page.goBack();
  await see(page, `record 1 of ${ALL}`);
});
