/** The sequence diagram under the hand: opening and folding, scales, zoom, keys, and the map of a long one. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { captureOf, datagramsOf } from '../edited-capture.ts';
import { drop, dropSamples, see, test } from './page.ts';

const X3 = 'openssl-loss-final-flight-x3';

async function openX3(page: Page): Promise<void> {
  await dropSamples(page, `${X3}.client.pcap`, `${X3}.keys`);
  await see(page, /Flight 6/);
}

const rows = (page: Page) => page.locator('.sequence-row');
const flight4 = (page: Page) =>
  page.getByRole('option', { name: /ServerHello, Certificate, ServerKeyExchange, ServerHelloDone/ });
const certificate = (page: Page) => page.getByRole('option', { name: /, Certificate, flight 4/ });

test('a flight with one fate is one row; a double click opens it and another folds it', async ({ open }) => {
  const { page } = await open();
  await openX3(page);
  await expect.poll(() => flight4(page).count()).toBe(1);
  expect(await certificate(page).count()).toBe(0);
  await flight4(page).dblclick({ position: { x: 400, y: 12 } });
  await certificate(page).waitFor();
  expect(await flight4(page).count()).toBe(0);
  await certificate(page).dblclick({ position: { x: 400, y: 12 } });
  await flight4(page).waitFor();
});

test('by keyboard: Enter selects a row, and opens and folds the one that is selected', async ({ open }) => {
  const { page } = await open();
  await openX3(page);
  await rows(page)
    .and(page.getByRole('option', { selected: true }))
    .focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect
    .poll(() =>
      rows(page)
        .and(page.getByRole('option', { selected: true }))
        .getAttribute('aria-label'),
    )
    .toMatch(/ServerHelloDone/);
  await page.keyboard.press('Enter');
  await certificate(page).waitFor();
  await page.keyboard.press('Enter');
  await flight4(page).waitFor();
  expect(await flight4(page).getAttribute('aria-selected')).toBe('true');
});

test('a transmission that was lost whole has a row without a time, before the silence', async ({ open }) => {
  const { page } = await open();
  await openX3(page);
  const lost = page.getByRole('option', {
    name: /^Never captured, server to client, NewSessionTicket, ChangeCipherSpec, Finished/,
  });
  await lost.waitFor();
  await see(page, '1/4 lost');
  const y = async (name: RegExp) => (await page.getByRole('option', { name }).boundingBox())?.y ?? 0;
  const silence = (await page.getByText(/001\.364 ms of silence/).boundingBox())?.y ?? 0;
  expect((await lost.boundingBox())?.y ?? 0).toBeLessThan(silence);
  expect(await y(/^Records 11 to 13/)).toBeGreaterThan(silence);
});

test('what lies after the playhead is muted, and it follows the selection', async ({ open }) => {
  const { page } = await open();
  await openX3(page);
  const muted = () => page.locator('.sequence-row[data-future]').count();
  const all = await rows(page).count();
  // The page opens at the record that shows the headline: nothing is still to come until the reader moves.
  await page.getByRole('option', { selected: true, name: /^Record 14\b|^Records 14 / }).waitFor();
  expect(await muted()).toBe(0);
  await page.keyboard.press('Home');
  await expect.poll(muted).toBe(all - 1);
  await page.keyboard.press('ArrowRight');
  await expect.poll(muted).toBe(all - 2);
  await page
    .getByRole('option', { name: /close_notify/ })
    .last()
    .click();
  await expect.poll(muted).toBe(0);
});

test('t and the switch choose the scale of time; plus, minus and 0 zoom', async ({ open }) => {
  const { page } = await open();
  await openX3(page);
  const height = async () => (await page.locator('.sequence-drawing').boundingBox())?.height ?? 0;
  const folded = await height();
  await page.keyboard.press('t');
  await expect.poll(height).toBeGreaterThan(2 * folded);
  const linear = await height();
  expect(await page.getByRole('button', { name: 'to scale', pressed: true }).first().isVisible()).toBe(true);
  await page.keyboard.press('+');
  await expect.poll(height).toBeGreaterThan(1.3 * linear);
  await page.keyboard.press('0');
  await expect.poll(height).toBe(linear);
  await page.keyboard.press('-');
  await expect.poll(height).toBeLessThan(linear);
  await page.getByRole('button', { name: 'folded' }).click();
  await expect.poll(height).toBe(folded);
});

test('Ctrl and the wheel zoom, and the selected row stays where it is', async ({ open }) => {
  const { page } = await open();
  await openX3(page);
  await page.keyboard.press('t');
  const row = page.getByRole('option', { name: /client to server, at 7.017 milliseconds, ClientKeyExchange/ });
  await row.scrollIntoViewIfNeeded();
  await row.click({ position: { x: 400, y: 12 } });
  const before = (await row.boundingBox())?.y ?? 0;
  const height = async () => (await page.locator('.sequence-drawing').boundingBox())?.height ?? 0;
  const unzoomed = await height();
  await page.mouse.move(720, 500);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await expect.poll(height).toBeGreaterThan(1.3 * unzoomed);
  await expect.poll(async () => Math.round(((await row.boundingBox())?.y ?? 0) - before)).toBe(0);
});

test('a long diagram has a map that scrolls it, and never a screen without rows', async ({ open }) => {
  const { page } = await open();
  await drop(page, [{ name: 'long.pcap', bytes: await longCapture(1200) }]);
  await see(page, /Flight 6/);
  expect(await page.locator('.sequence-map').count()).toBe(0);
  await page.getByRole('option', { name: /1200 encrypted records/ }).click();
  const map = page.locator('.sequence-map');
  await map.waitFor();
  const box = (await map.boundingBox()) ?? expect.fail('no map');
  const top = () => page.locator('.sequence-scroll').evaluate((scroller) => scroller.scrollTop);
  for (const part of [0.9, 0.2, 0.6]) {
    await page.mouse.click(box.x + 20, box.y + part * box.height);
    await expect.poll(top).toBeGreaterThan(0);
    await expect.poll(() => rowsSeen(page)).toBe(3);
  }
});

/** Of three places of the window, how many show a row. */
function rowsSeen(page: Page): Promise<number> {
  return page.locator('.sequence-scroll').evaluate((scroller) => {
    const { left, top, height } = scroller.getBoundingClientRect();
    const places = [0.2, 0.5, 0.9].map((part) => document.elementFromPoint(left + 300, top + part * height));
    return places.filter((element) => element?.closest('[data-row]')).length;
  });
}

/** A handshake, and after it so many records under numbers of their own. */
async function longCapture(count: number): Promise<Uint8Array> {
  const datagrams = await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  const first = datagrams.findIndex(({ payload }) => payload[0] === 23);
  const model = datagrams[first];
  if (!model) throw new Error('no application data');
  const data = Array.from({ length: count }, (_, i) => {
    const payload = model.payload.slice();
    new DataView(payload.buffer).setUint32(7, i + 1);
    return { ...model, payload, timeMs: model.timeMs + i };
  });
  const parts: Uint8Array[] = [];
  for await (const part of captureOf([...datagrams.slice(0, first), ...data]).chunks()) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
