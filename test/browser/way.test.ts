/** Finding one's way: the address and history, filter, jump to number, lines between panes, paper, and narrow windows. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { bytesOf } from '../captures.ts';
import { drop, dropSamples, readable, see, test } from './page.ts';

const SEVERAL = [
  'openssl-loss-final-flight-x3.client.pcap',
  'openssl-fail-unknown-ca.pcap',
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'wolfssl13-hrr-group.pcap',
  'openssl-psk-aes128-ccm8.pcap',
] as const;

/** The machine may be busy with something else. */
const eventually = <T>(what: () => T) => expect.poll(what, { timeout: 10_000 });
const place = (page: Page) => page.evaluate(() => location.hash);
const association = (page: Page, id: string) => page.locator(`#association-${id}`);
/** Waits until the address says so. */
const at = (page: Page, hash: string | RegExp) => eventually(() => place(page)).toMatch(hash);

async function several(page: Page): Promise<void> {
  await dropSamples(page, ...SEVERAL);
  await association(page, 'a5').waitFor({ state: 'attached' });
  await at(page, /^#~a\d+\.r\d+$/);
}

test('back and forward go through samples, associations and views; steps in between rewrite the place', async ({
  open,
}) => {
  const { page, address } = await open();
  await page.getByRole('button', { name: /A reboot on/ }).click();
  await association(page, 'a2').waitFor();
  await at(page, /^#sample=reboot~a1\.r1$/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await at(page, /^#sample=reboot~a1\.r3$/);
  await association(page, 'a2').click();
  await at(page, /~a2\.r\d+$/);
  await page.keyboard.press('v');
  await at(page, /~a2\.r\d+\.vt$/);
  await page.goBack();
  await page.locator('.sequence-scroll').waitFor();
  await at(page, /~a2\.r\d+$/);
  await page.goBack();
  await at(page, /~a1\.r3$/);
  expect(await association(page, 'a1').getAttribute('aria-selected')).toBe('true');
  await page.goBack();
  await see(page, 'Drop a capture anywhere in this window');
  expect(page.url()).toBe(address);
  await page.goForward();
  await at(page, /~a1\.r3$/);
  await association(page, 'a1').waitFor();
});

test('a reload with a sample shows the same place', async ({ open }) => {
  const { page } = await open();
  await page.getByRole('button', { name: /A reboot on/ }).click();
  await association(page, 'a2').click();
  await page.locator('#filter').fill('ecdhe');
  await page.getByRole('tab', { name: 'Facts' }).click();
  await at(page, /~a2\.r\d+\.sfacts\.qecdhe$/);
  const before = await place(page);
  await page.reload();
  await association(page, 'a2').waitFor();
  expect(await association(page, 'a2').getAttribute('aria-selected')).toBe('true');
  expect(await page.locator('#filter').inputValue()).toBe('ecdhe');
  await at(page, before);
});

test('a reload without the file says which place is meant, and goes there once it is open again', async ({ open }) => {
  const { page } = await open();
  await several(page);
  await association(page, 'a3').click();
  await page.keyboard.press('ArrowRight');
  await at(page, /~a3\.r\d+$/);
  const before = await place(page);
  await page.reload();
  await see(page, /The address names association 3, record \d+\. Captures do not stay/);
  await dropSamples(page, ...SEVERAL);
  await association(page, 'a3').waitFor();
  await at(page, before);
  expect(await association(page, 'a3').getAttribute('aria-selected')).toBe('true');
});

test('an address typed by hand is followed, nonsense in it is passed over', async ({ open }) => {
  const { page } = await open();
  await several(page);
  await page.evaluate(() => {
    location.hash = '#~a4.zz.r-1.vt.q%E0%A4.b__proto__';
  });
  await page.getByRole('grid', { name: /[Rr]ecords/ }).waitFor();
  expect(await association(page, 'a4').getAttribute('aria-selected')).toBe('true');
});

test('the filter takes words and keys, says what it does not know, and Esc clears it', async ({ open }) => {
  const { page } = await open();
  await several(page);
  const rows = page.locator('.assoc .rows [role=row]');
  await page.keyboard.press('/');
  await page.keyboard.type('status:failed');
  await eventually(() => rows.count()).toBe(1);
  await see(page, '1 of 5');
  await page.keyboard.press('Escape');
  await eventually(() => rows.count()).toBe(5);
  await page.keyboard.type('colour:red');
  await see(page, 'There is no key “colour”, so “colour:red” is searched for as a word.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keys of the filter' }).click();
  await page.getByRole('button', { name: 'keys:no' }).click();
  expect(await page.locator('#filter').inputValue()).toBe('keys:no');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('filter');
});

test('the list is sorted by its heads and walked by keys', async ({ open }) => {
  const { page } = await open();
  await several(page);
  const selected = () => page.locator('.assoc [aria-selected=true]').getAttribute('id');
  await page.getByRole('button', { name: 'Sort by retransmissions' }).click();
  await page.getByRole('button', { name: 'Sort by retransmissions' }).click();
  const head = page
    .getByRole('columnheader')
    .filter({ has: page.getByRole('button', { name: 'Sort by retransmissions' }) });
  expect(await head.getAttribute('aria-sort')).toBe('descending');
  await page.locator('.assoc').focus();
  await page.keyboard.press('Home');
  await eventually(selected).toBe(await page.locator('.assoc .rows [role=row]').first().getAttribute('id'));
  await page.keyboard.press('End');
  await eventually(selected).toBe(await page.locator('.assoc .rows [role=row]').last().getAttribute('id'));
  await page.keyboard.press('k');
  await eventually(selected).toBe(await page.locator('.assoc .rows [role=row]').nth(3).getAttribute('id'));
});

test('g leads to a packet, and says what there is where there is none', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, SEVERAL[0]);
  // Where the headline is shown.
  await at(page, /^#~a1\.r14$/);
  await page.keyboard.press('g');
  await page.getByRole('dialog', { name: 'Go to' }).waitFor();
  await page.keyboard.type('p99');
  await page.keyboard.press('Enter');
  await see(page, 'There is no packet 99: the capture has packets 1 to 25.');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('p15');
  await page.keyboard.press('Enter');
  await at(page, /^#~a1\.r20$/);
  await eventually(() => page.getByRole('dialog').count()).toBe(0);
  await page.goBack();
  await at(page, /^#~a1\.r14$/);
});

test('the line beside the list is moved by mouse and by keys, remembered, and put back', async ({ open }) => {
  const { page } = await open();
  await several(page);
  const line = page.getByRole('separator', { name: 'Width of the list' });
  const width = () => page.locator('.left').evaluate((pane: HTMLElement) => pane.offsetWidth);
  const columns = () => page.getByRole('columnheader').count();
  const [usual, few] = [await width(), await columns()];
  const box = await line.boundingBox();
  if (!box) throw new Error('the line is not to be seen');
  await page.mouse.move(box.x + box.width / 2, 300);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, 320, { steps: 4 });
  await page.mouse.up();
  await eventually(width).toBeGreaterThan(usual + 120);
  await eventually(columns).toBeGreaterThan(few);
  const dragged = await width();
  await page.keyboard.press('ArrowRight');
  await eventually(width).toBe(dragged + 16);
  expect(Number(await line.getAttribute('aria-valuenow'))).toBe(dragged + 16);
  await page.reload();
  await several(page);
  expect(await width()).toBe(dragged + 16);
  await line.focus();
  await page.keyboard.press('Enter');
  await eventually(width).toBe(usual);
  await line.dblclick();
  expect(await width()).toBe(usual);
});

test.for([
  ['Height of the list', '.associations', 'ArrowUp'],
  ['Height of the state machines', '.machines', 'ArrowUp'],
  ['Height of the bytes', '.buffers', 'ArrowDown'],
  ['Height of time', '.strip', 'ArrowDown'],
] as const)('%s shrinks by a key, and the pane scrolls', async ([name, pane, smaller], { open }) => {
  const { page } = await open();
  await several(page);
  await page.locator('.buffers').waitFor();
  const height = () => page.locator(pane).evaluate((element: HTMLElement) => element.offsetHeight);
  const usual = await height();
  await page.getByRole('separator', { name }).focus();
  await page.keyboard.press(smaller);
  await eventually(height).toBe(usual - 16);
  await page.keyboard.press('Enter');
  await eventually(height).toBe(usual);
});

test('F6 goes round the parts of the page, and skip links lead into them', async ({ open }) => {
  const { page } = await open();
  await several(page);
  const part = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-zone]')?.dataset.zone);
  for (const expected of ['list', 'diagram', 'strip', 'inspector', 'list']) {
    await page.keyboard.press('F6');
    await eventually(part).toBe(expected);
  }
  await page.keyboard.press('Shift+F6');
  await eventually(part).toBe('inspector');
  await page.getByRole('button', { name: 'Skip to diagram' }).focus();
  await page.keyboard.press('Enter');
  await eventually(part).toBe('diagram');
});

test('the title tells which association is looked at, and the focus is not lost when its place goes away', async ({
  open,
}) => {
  const { page } = await open();
  const card = page.getByRole('button', { name: /A reboot on/ });
  await card.focus();
  await page.keyboard.press('Enter');
  await association(page, 'a2').click();
  await eventually(() => page.title()).toMatch(/^openssl-assoc-reboot-cookie\.pcap, association 2 – DTLScope$/);
  await page.getByRole('button', { name: /back to the start/ }).focus();
  await page.locator('.assoc').focus();
  await page.goBack();
  await page.goBack();
  await see(page, 'Drop a capture anywhere in this window');
  await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
});

test('on paper stands the whole diagram with verdict and findings, and no pane that scrolls', async ({ open }) => {
  const { page } = await open({ width: 1440, height: 500 });
  await dropSamples(page, SEVERAL[0], 'openssl-loss-final-flight-x3.keys');
  await see(page, /Flight 6\b/);
  await page.emulateMedia({ media: 'print' });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.workspace, .centre, .sequence-scroll, .left, .facts, .scroll')]
      .filter((pane) => pane.offsetParent !== null && pane.scrollHeight > pane.clientHeight + 1)
      .filter((pane) => getComputedStyle(pane).overflowY !== 'visible')
      .map((pane) => pane.className),
  );
  expect(cut).toEqual([]);
  const seen = (selector: string) => page.locator(selector).first().isVisible();
  expect(await seen('.verdict')).toBe(true);
  expect(await seen('.findings')).toBe(true);
  expect(await seen('.inspector')).toBe(false);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
  const bottom = await page.locator('.sequence-scroll').evaluate((pane) => pane.getBoundingClientRect().height);
  expect(bottom).toBeGreaterThan(500);
});

test.for([
  [390, 844],
  [720, 450],
] as const)('at %d × %d text does not scroll sideways', async ([width, height], { open }) => {
  const { page } = await open({ width, height });
  await several(page);
  const sideways = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('body, .left, .centre, .right, .scroll, .rows, .sequence-scroll')]
        .filter((pane) => pane.offsetParent !== null && /auto|scroll|visible/.test(getComputedStyle(pane).overflowX))
        .filter((pane) => pane.scrollWidth > pane.clientWidth + 1)
        .map((pane) => pane.className || pane.tagName),
    );
  expect(await sideways()).toEqual([]);
  if (width < 700) {
    for (const zone of ['List', 'Bytes', 'Diagram']) {
      await page.getByRole('button', { name: zone, exact: true }).first().click();
      expect(await sideways(), zone).toEqual([]);
    }
  }
  expect((await page.locator('.sequence-scroll').boundingBox())?.height ?? 0).toBeGreaterThan(100);
});

test('keys that come first wait for their capture; a capture added with Shift stands beside the first', async ({
  open,
}) => {
  const { page } = await open();
  await dropSamples(page, 'openssl-loss-final-flight-x3.keys');
  await see(page, /1 secret waits for a capture/);
  await dropSamples(page, SEVERAL[0]);
  await see(page, /hello from client/);
  const [name, bytes] = [SEVERAL[1], bytesOf(SEVERAL[1])];
  await page.evaluate(
    ([file, base64]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64 ?? ''), (c) => c.charCodeAt(0))], file ?? ''));
      document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true, shiftKey: true }),
      );
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  await see(page, 'and 1 more · 2 associations');
  await drop(page, [{ name, bytes }]);
  await eventually(() => readable(page)).not.toContain('and 1 more');
});

test('what an evidence leads to can be left again with the back button', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, SEVERAL[0]);
  await at(page, /^#~a1\.r14$/);
  await page.locator('.evidence button').nth(1).click();
  await eventually(() => place(page)).not.toBe('#~a1.r14');
  await page.goBack();
  await at(page, /^#~a1\.r14$/);
});
