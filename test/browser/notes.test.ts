/** Notes as people write them: by keyboard and by mouse; kept over a reload; and whatever they say, they stay text. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { bytesOf } from '../captures.ts';
import { drop, dropSamples, see, test } from './page.ts';

const FILE = 'openssl-loss-final-flight-x3.client.pcap';
const editor = (page: Page) => page.getByRole('textbox', { name: 'Text of the note' });
const tab = (page: Page) => page.getByRole('tab', { name: /^Notes/ });
const items = (page: Page) => page.getByRole('list', { name: 'Your notes' }).getByRole('listitem');

async function opened(page: Page): Promise<void> {
  await dropSamples(page, FILE);
  await page.getByRole('option').first().waitFor();
  await page.locator('[data-row][aria-selected=true]').first().waitFor();
}

async function write(page: Page, text: string): Promise<void> {
  await page.keyboard.press('n');
  await editor(page).fill(text);
  await page.keyboard.press('Control+Enter');
  await editor(page).waitFor({ state: 'detached' });
}

/** Storage is written soon after, and nothing on the page says when. */
async function stored(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      new Promise<boolean>((resolve) => {
        const request = indexedDB.open('keyval-store');
        request.onsuccess = () => {
          const store = request.result.transaction('keyval').objectStore('keyval').getAll();
          store.onsuccess = () => resolve(JSON.stringify(store.result).includes(wanted));
        };
        request.onerror = () => resolve(false);
      }),
    text,
  );
}

test('by keyboard: written, toured, changed, undone', async ({ open }) => {
  const { page } = await open();
  await opened(page);
  await page.locator('[data-row][aria-selected=true]').first().focus();
  await page.keyboard.press('Home');
  await write(page, 'the first');
  await page.keyboard.press('End');
  await write(page, 'the last');
  // The selection goes on from there, and the focus stays where it was.
  await page.keyboard.press('ArrowLeft');
  await write(page, 'before the last');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+Z');
  await page.keyboard.press('6');
  await expect.poll(() => items(page).count()).toBe(3);
  expect(await items(page).nth(0).textContent()).toContain('packet 1, ClientHello');
  expect(await items(page).nth(2).textContent()).toContain('packet 24');
  await page.keyboard.press('Control+z');
  await expect.poll(() => items(page).count()).toBe(2);
  await page.keyboard.press(']');
  await see(page, 'Note 1 of 2');
  await page.keyboard.press(']');
  await see(page, 'Note 2 of 2');
  expect(await page.locator('[data-row][aria-selected=true]').first().getAttribute('aria-label')).toContain(
    'Record 30',
  );
  await page.keyboard.press('[');
  await see(page, 'Note 1 of 2');
  await page.keyboard.press('Control+z');
  await expect.poll(() => items(page).count()).toBe(1);
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(() => items(page).count()).toBe(2);
});

test('Esc asks before anything is lost', async ({ open }) => {
  const { page } = await open();
  await opened(page);
  await page.keyboard.press('n');
  await page.keyboard.press('Escape');
  await editor(page).waitFor({ state: 'detached' });
  await page.keyboard.press('n');
  await editor(page).fill('half a thought');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keep writing' }).click();
  expect(await editor(page).inputValue()).toBe('half a thought');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Throw away' }).click();
  await editor(page).waitFor({ state: 'detached' });
  await tab(page).click();
  expect(await items(page).count()).toBe(0);
});

test('by mouse: on a stretch of time, with a sign, moved and deleted', async ({ open }) => {
  const { page } = await open();
  await opened(page);
  const box = await page.locator('[data-time-slider]').boundingBox();
  if (!box) throw new Error('no lanes');
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + 250, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 420, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.getByRole('button', { name: /^Note on / }).click();
  await page.getByRole('radio', { name: 'star' }).check();
  await editor(page).fill('nothing happens here');
  await page.getByRole('button', { name: /^Save/ }).click();
  await page.getByRole('option').first().click();
  await tab(page).click();
  await page.getByRole('button', { name: /^New note/ }).click();
  await editor(page).fill('a record');
  await page.getByRole('button', { name: /^Save/ }).click();
  await expect.poll(() => items(page).count()).toBe(2);
  // One pin over the lanes, and both at their rows.
  expect(await page.locator('.lane-pin').count()).toBe(1);
  expect(await page.locator('.note-margin .note-pin-button').count()).toBe(2);
  await page.getByRole('button', { name: 'Move note 2 up' }).click();
  await expect.poll(() => items(page).nth(0).textContent()).toContain('a record');
  await page.getByRole('button', { name: 'Delete note 1' }).click();
  await expect.poll(() => items(page).count()).toBe(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => items(page).count()).toBe(2);
});

test('notes are there after a reload, and in another tab at once', async ({ open }) => {
  const { page, address } = await open();
  await opened(page);
  await write(page, 'kept for later');
  await stored(page, 'kept for later');
  const other = await page.context().newPage();
  await other.goto(address);
  await other.locator('#root > *').first().waitFor();
  await opened(other);
  await tab(other).click();
  await see(other, 'kept for later');
  await write(other, 'from the other tab');
  await tab(page).click();
  await see(page, 'from the other tab');
  await page.goto(address);
  await page.locator('#root > *').first().waitFor();
  await opened(page);
  await tab(page).click();
  await see(page, 'kept for later');
  await see(page, 'from the other tab');
});

test.for(['JSON', 'Markdown'])('saved as %s they come back to whoever has the capture', async (form, { open }) => {
  const { page } = await open();
  await opened(page);
  await write(page, 'for *you*, see `x`');
  await tab(page).click();
  const download = page.waitForEvent('download');
  await page.locator('.notes').getByRole('button', { name: form, exact: true }).click();
  const file = await download;
  await see(page, `Saved ${file.suggestedFilename()}, 1 note.`);
  const parts: Uint8Array[] = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  const bytes = Buffer.concat(parts);
  const other = await open();
  await opened(other.page);
  await drop(other.page, [{ name: 'mail.txt', bytes }]);
  await see(other.page, '1 note from mail.txt');
  expect(await other.page.locator('.note-item .note-text').textContent()).toBe('for *you*, see x');
  expect(await other.page.locator('.note-item .note-text code').textContent()).toBe('x');
});

test('hostile texts are text: no element, no request, no turned line', async ({ open }) => {
  const { page, strangers } = await open();
  await opened(page);
  const hostile =
    '<img src=https://evil.example/x.png onerror=alert(1)><script>alert(2)</script>[a](javascript:alert(3)) \u202egnp.exe `<b>` https://example.org/a?b ' +
    'x'.repeat(600);
  const notes = [
    {
      id: 'n1',
      anchor: { on: 'record', at: { capture: 0, packet: 1, record: 1 } },
      to: null,
      text: hostile,
      shape: 'circle',
      judgement: null,
      author: '<i>Eve</i>\u202e',
    },
  ];
  const json = JSON.stringify({ dtlscopeNotes: 1, generator: 'x', captures: [], notes });
  await drop(page, [{ name: 'whatever.bin', bytes: new TextEncoder().encode(json) }]);
  await see(page, '1 note from whatever.bin');
  const note = page.locator('.note-item .note-text');
  expect(await note.locator('*').evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual([
    'A',
    'SPAN',
    'CODE',
    'A',
  ]);
  expect(await note.locator('a').last().getAttribute('href')).toBe('https://example.org/a?b');
  expect(await note.locator('a').last().getAttribute('rel')).toBe('noreferrer noopener');
  expect(await note.textContent()).toContain('<script>alert(2)</script>[a](javascript:alert(3)) U+202Egnp.exe');
  const wide = await page.locator('#side-panel').evaluate((panel) => panel.scrollWidth - panel.clientWidth);
  expect(wide).toBe(0);
  expect(await page.locator('#side-panel img, #side-panel script, #side-panel i').count()).toBe(0);
  expect(strangers).toEqual([]);
  await page.getByRole('button', { name: 'Keep these notes' }).click();
  await expect.poll(() => items(page).count()).toBe(1);
  await expect.poll(() => page.getByText('1 note from whatever.bin').count()).toBe(0);
});

test('findings are confirmed, or rejected with a reason', async ({ open }) => {
  const { page } = await open();
  await opened(page);
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
  await see(page, /judged: 1 confirmed, 0 rejected/);
  await page.getByRole('button', { name: 'Reject', exact: true }).click();
  await editor(page).fill('the proxy did it');
  await page.keyboard.press('Control+Enter');
  await see(page, /judged: 0 confirmed, 1 rejected/);
  await see(page, 'the proxy did it');
});

test('a file that is no notes of ours is told so; without a capture notes have to wait', async ({ open }) => {
  const { page } = await open();
  const json = new TextEncoder().encode('{"dtlscopeNotes":1,"notes":[{"id":"?"}]}');
  await drop(page, [{ name: 'a.json', bytes: json }]);
  await see(page, 'a.json has notes. Open the capture that they are about first');
  await drop(page, [{ name: FILE, bytes: bytesOf(FILE) }]);
  await page.getByRole('option').first().waitFor();
  await drop(page, [{ name: 'a.json', bytes: json }]);
  await see(page, /a\.json could not be read/);
});
