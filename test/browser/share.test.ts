/** From "look at this" to "I see it too": shared by mouse and by keyboard, opened in a profile that has seen nothing. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { bytesOf } from '../captures.ts';
import { drop, dropSamples, readable, see, test } from './page.ts';

const LOSS = 'openssl-loss-final-flight-x3.client.pcap';
const LOSS_KEYS = 'openssl-loss-final-flight-x3.keys';
const VERDICT =
  'Established after 7\u202f018 ms: the server’s last flight was lost 3 times, and the client had to repeat flight 5.';

async function opened(page: Page, ...files: readonly string[]): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dropSamples(page, ...files);
  await see(page, /Flight 6\b/);
}

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const verdict = (page: Page) => page.locator('.verdict h2').textContent();
/** What each row of the diagram says to those who cannot see it. */
const rows = (page: Page) =>
  page.locator('.sequence-body [role=option]').evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')));

const withoutData = (row: string | null) => row?.replace(/(application_data, epoch \d).*/, '$1');

async function linkOf(page: Page): Promise<string> {
  return page.getByRole('textbox', { name: 'The link', exact: true }).inputValue();
}

/** The dialog, once its link is made. */
async function dialog(page: Page): Promise<void> {
  await page.getByRole('dialog', { name: 'Share this trace' }).waitFor();
  await page.getByRole('textbox', { name: 'The link', exact: true }).waitFor();
}

async function saved(
  page: Page,
  press: () => Promise<void>,
): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  const parts: Uint8Array[] = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return { name: download.suggestedFilename(), bytes: Uint8Array.from(Buffer.concat(parts)) };
}

describe('a link', () => {
  test('by mouse: what opens elsewhere is what the sharer saw, without keys, addresses and date', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    const seen = await rows(page);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await dialog(page);
    await page.getByRole('button', { name: /^Copy link/ }).click();
    await see(page, 'The link is copied, and the address bar keeps it.');
    const link = await clipboard(page);
    expect(page.url()).toBe(link);

    const { page: other } = await open();
    await other.goto(link);
    await see(other, /Flight 6\b/);
    expect(await verdict(other)).toBe(VERDICT);
    // Of application data a recipient is told that it was sent, and not how long it is.
    expect((await rows(other)).map(withoutData)).toEqual(seen.map(withoutData));
    const facts = other.getByRole('region', { name: 'Shared trace' }).locator('.shared-fact');
    expect(await facts.allTextContents()).toEqual([
      '25 packets, 30 records',
      'addresses replaced',
      'times relative',
      'no application data',
      'no keys',
    ]);
    const said = await readable(other);
    expect(said).not.toContain('2026');
    expect(said).not.toContain(LOSS);
    expect(said).toContain('192.0.2.1');
    await other.reload();
    await see(other, /Flight 6\b/);
    expect(other.url().split('~')[0]).toBe(link.split('~')[0]);
  });

  test('by keyboard: Ctrl Shift S and Enter', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    await page.keyboard.press('Enter');
    await see(page, 'The link is copied');
    expect(await clipboard(page)).toMatch(/#1d\.[\w-]+~a1\.r\d+$/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('leads to the record that was selected, and takes the title along', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Control+Shift+S');
    await page.getByLabel('Title').fill('Look at <b>packet 2</b>');
    await dialog(page);
    await page.keyboard.press('Enter');
    await see(page, 'The link is copied');
    const { page: other } = await open();
    await other.goto(await clipboard(page));
    await see(other, 'Look at <b>packet 2</b>');
    await see(other, /packet 2 /);
    expect(other.url()).toMatch(/~a1\.r2$/);
  });

  test('carries secrets only after a second confirmation, and says so in its first letters', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS, LOSS_KEYS);
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    expect(await linkOf(page)).toContain('#1d.');
    await page.getByRole('radio', { name: /^Secrets of this association/ }).check();
    await see(page, 'Confirm first that anyone with the link may decrypt this.');
    expect(await page.getByRole('textbox', { name: 'The link', exact: true }).count()).toBe(0);
    await page.getByRole('checkbox', { name: /Anyone with the link can decrypt/ }).check();
    await dialog(page);
    const link = await linkOf(page);
    expect(link).toContain('#1ds.');
    const { page: other } = await open();
    await other.goto(link);
    await see(other, 'with 1 secret: whoever has this can decrypt it');
    await see(other, /\d+ of \d+ decrypted|all decrypted/);
  });

  test('that is too long is not made: what could be left out is offered with its length', async ({ open }) => {
    const { page } = await open();
    await opened(page, 'openssl-big-appdata.pcap');
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    await page.getByRole('radio', { name: /^and its bodies/ }).check();
    await see(page, 'too long for a link');
    expect(await page.getByRole('textbox', { name: 'The link', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Leave application data out' }).click();
    await dialog(page);
    expect((await linkOf(page)).length).toBeLessThan(8_000);
  });

  test('for those who have the capture leads to the place once that is opened, and only then', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('End');
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    await page.getByRole('button', { name: 'Copy a link for those who have the capture' }).click();
    await see(page, /It holds nothing of the capture/);
    const link = await clipboard(page);
    expect(link).toMatch(/#1r\.[\w-]{22}~a1\.r30$/);
    const { page: other } = await open();
    await other.goto(link);
    await see(other, /This link needs the capture that it was made for/);
    await dropSamples(other, 'openssl-fail-unknown-ca.pcap');
    await see(other, 'The link was made for another capture');
    await dropSamples(other, LOSS);
    await see(other, /record 30 of 30/);
  });

  test('pasted as text opens as if it had been typed', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    const link = await linkOf(page);
    const { page: other } = await open();
    await other.evaluate((text) => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    }, link);
    await see(other, 'Shared trace');
    expect(await verdict(other)).toBe(VERDICT);
  });
});

describe('a damaged link', () => {
  test.for([
    ['is cut off or damaged', (whole: string) => whole.slice(0, whole.indexOf('#') + 900)],
    ['needs version 9 of the format', (whole: string) => whole.replace('#1d', '#9d')],
    // No bytes have so many letters.
    ['is cut off or damaged: letters are missing', (whole: string) => whole.slice(0, whole.indexOf('#') + 4 + 897)],
  ] as const)('%s: one sentence, and what is open stays', async ([sentence, damage], { open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    const bad = damage(await linkOf(page));

    const { page: empty } = await open();
    await empty.goto(bad);
    await see(empty, /Drop a capture anywhere/);
    await see(empty, `This link ${sentence}`);

    await page.keyboard.press('Escape');
    await page.evaluate(
      (hash) => {
        location.hash = hash;
      },
      bad.slice(bad.indexOf('#')),
    );
    await see(page, /This link /);
    expect(await verdict(page)).toBe(VERDICT);
  });
});

describe('a .dtlstrace file', () => {
  test('is saved, and opens when it is dropped; a copy of it is the same', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    await page.getByLabel('Title').fill('Three losses');
    const file = await saved(page, () => page.getByRole('button', { name: 'Save .dtlstrace' }).click());
    expect(file.name).toBe('three-losses.dtlstrace');
    const { page: other } = await open();
    await drop(other, [file]);
    await see(other, /Flight 6\b/);
    expect(await verdict(other)).toBe(VERDICT);
    const copy = await saved(other, () => other.getByRole('button', { name: 'Save a copy' }).click());
    const { page: third } = await open();
    await drop(third, [copy]);
    await see(third, 'Three losses');
    await see(third, /Flight 6\b/);
    expect(await rows(third)).toEqual(await rows(other));
  });

  test('takes keys that are added to it', async ({ open }) => {
    const { page } = await open();
    await opened(page, LOSS);
    await page.keyboard.press('Control+Shift+S');
    await dialog(page);
    const file = await saved(page, () => page.getByRole('button', { name: 'Save .dtlstrace' }).click());
    const { page: other } = await open();
    await drop(other, [file]);
    await see(other, 'none decrypted');
    await drop(other, [{ name: LOSS_KEYS, bytes: bytesOf(LOSS_KEYS) }]);
    await see(other, /\d+ of \d+ decrypted|all decrypted/);
    await see(other, 'Shared trace');
  });
});

test('as Markdown: verdict, findings and the link, with nothing that the link keeps back', async ({ open }) => {
  const { page } = await open();
  await opened(page, LOSS);
  await page.keyboard.press('Control+Shift+S');
  await dialog(page);
  await page.getByRole('button', { name: 'Copy Markdown' }).click();
  await see(page, 'Findings and link are copied as Markdown.');
  const text = await clipboard(page);
  expect(text).toContain('lost 3 times');
  expect(text).toContain(`](${await linkOf(page)})`);
  expect(text).not.toContain('127.0.0.1');
  expect(text).not.toContain(LOSS);
});
