/** Fields, bytes, evidence and keys, as somebody uses them who looks for the cause of a failure: by mouse and by keyboard. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { textOf } from '../captures.ts';
import { drop, dropSamples, readable, see, test } from './page.ts';

const LOST_FLIGHT = 'openssl-loss-final-flight-x3';
const LOST_FRAGMENT = 'wolfssl13-lost-middle-fragment-mtu300-moreacks';

const selectedField = (page: Page) => page.locator('[role=treeitem][aria-selected=true]');
const trail = async (page: Page) => (await page.locator('.crumbs').innerText()).replace(/\s*›\s*/g, ' › ');
const markedBytes = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.bytes .hex .selected')].map((byte) => byte.textContent).join(' '),
  );

test('from a failed handshake to its bytes in one click: the card is open, the number leads to the field', async ({
  open,
}) => {
  const { page } = await open();
  await dropSamples(page, 'openssl-fail-unknown-ca.pcap');
  await see(page, /does not know the issuer/);
  await page.locator('.evidence .link').last().click();
  await expect.poll(async () => await selectedField(page).textContent()).toMatch(/description.*48.*unknown_ca/);
  expect(await markedBytes(page)).toBe('30');
  expect(await page.locator('.evidence [data-here=true]').textContent()).toContain('unknown_ca');
  expect(await page.getByRole('option', { selected: true, name: /unknown_ca/ }).count()).toBe(1);
});

test('e goes from finding to finding, and each marks the field that shows it', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, `${LOST_FLIGHT}.client.pcap`, `${LOST_FLIGHT}.keys`);
  await see(page, 'Seen in the capture');
  await page.keyboard.press('e');
  await expect.poll(async () => await selectedField(page).textContent()).toContain('sequence_number');
  expect(await readable(page)).toContain('records 5, 6 missing before it');
  const first = await page.locator('.findings > [data-open=true] .finding-title').textContent();
  await page.getByRole('button', { name: /^next/ }).click();
  await expect
    .poll(async () => await page.locator('.findings > [data-open=true] .finding-title').textContent())
    .not.toBe(first);
});

test('with two capture points the evidence is proven, and its numbers name the capture', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, `${LOST_FLIGHT}.client.pcap`, `${LOST_FLIGHT}.server.pcap`, `${LOST_FLIGHT}.keys`);
  await see(page, 'Proven by two captures');
  await page.getByRole('button', { name: 'B 17', exact: true }).click();
  await expect.poll(() => trail(page)).toMatch(/packet 17 › UDP › record 1 › sequence_number$/);
});

test('a click on a byte selects its field, crumbs lead back up, and arrows walk over the bytes', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, `${LOST_FLIGHT}.client.pcap`, `${LOST_FLIGHT}.keys`);
  await page
    .getByRole('option', { name: /ClientHello/ })
    .first()
    .click();
  const bytes = page.getByRole('application', { name: /packet/ });
  await bytes.locator('[data-byte="42"]').first().click();
  await expect.poll(() => trail(page)).toMatch(/record 1 › type$/);
  await see(page, 'what the record carries');
  expect(await page.locator('a.rfc[href$="rfc6347#section-4.1"]').first().getAttribute('rel')).toBe('noreferrer');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => trail(page)).toMatch(/record 1 › version$/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => trail(page)).toMatch(/record 1 › epoch$/);
  await page.locator('.crumbs').getByRole('button', { name: 'UDP' }).click();
  await expect.poll(async () => await selectedField(page).textContent()).toContain('UDP');
  await page.locator('.crumbs').getByRole('button', { name: 'packet 1' }).click();
  await expect.poll(() => selectedField(page).count()).toBe(0);
});

test('the tree obeys arrows, Home and End, and letters', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, `${LOST_FLIGHT}.client.pcap`, `${LOST_FLIGHT}.keys`);
  await page
    .getByRole('option', { name: /ClientHello/ })
    .first()
    .click();
  const tree = page.getByRole('tree', { name: 'Fields' });
  await page.keyboard.press('b');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('[data-zone]')?.getAttribute('data-zone')))
    .toBe('inspector');
  for (let i = 0; i < 20 && !(await tree.evaluate((e) => e === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  await expect.poll(async () => await selectedField(page).textContent()).toContain('UDP');
  await page.keyboard.press('c');
  await page.keyboard.press('o');
  await page.keyboard.press('o');
  await expect.poll(async () => await selectedField(page).textContent()).toContain('cookie');
  await page.keyboard.press('End');
  const last = await selectedField(page).getAttribute('data-path');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => await selectedField(page).getAttribute('data-path')).toBe(last?.replace(/\.\d+$/, ''));
});

test('a selection lives in all buffers: a fragment, its plaintext, and the message with all its pieces', async ({
  open,
}) => {
  const { page } = await open();
  await dropSamples(page, `${LOST_FRAGMENT}.client.pcap`, `${LOST_FRAGMENT}.keys`);
  await see(page, /TLS_AES_128_GCM_SHA256/);
  await page
    .getByRole('option', { name: /Certificate/ })
    .first()
    .click();
  await page
    .getByRole('treeitem', { name: /^\W*cert_data / })
    .first()
    .click();
  expect(await page.getByRole('tab', { name: 'Message' }).getAttribute('aria-selected')).toBe('true');
  const pieces = page.locator('.pieces');
  await see(page, 'Travelled in packets');
  expect(await pieces.textContent()).toContain('[266, 532)');
  await page.getByRole('tab', { name: 'Record plaintext' }).click();
  await expect.poll(() => page.locator('.bytes .related').count()).toBeGreaterThan(0);
  const before = await trail(page);
  await pieces.locator('.link').first().click();
  await expect.poll(() => trail(page)).not.toBe(before);
});

test('bytes are copied as hex, C array, escaped string and JSON: the field, or all of the packet', async ({ open }) => {
  const { page } = await open();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dropSamples(page, 'openssl-fail-unknown-ca.pcap');
  await page.locator('.evidence .link').last().click();
  await expect.poll(() => markedBytes(page)).toBe('30');
  const copied = async (form: string) => {
    await page.locator('.copy').getByRole('button', { name: form, exact: true }).click();
    return await page.evaluate(() => navigator.clipboard.readText());
  };
  expect(await copied('Hex')).toBe('30');
  expect(await copied('C array')).toContain('description[1] = {\n  0x30,');
  expect(await copied('Escaped')).toBe('"0"');
  expect(JSON.parse(await copied('JSON'))).toMatchObject({ name: 'description', value: 48 });
  await page.mouse.move(5, 5);
  await page.getByLabel('What to copy').selectOption('whole');
  expect((await copied('Hex')).length).toBeGreaterThan(100);
});

test('where nothing is wrong the card says what was checked', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, 'openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  await see(page, 'Nothing wrong found');
  await see(page, /\d+ rules were checked/);
  await see(page, 'What was looked for');
});

test('keys: a secret of another session comes first and says why, a bad line is named, all can be forgotten', async ({
  open,
}) => {
  const { page } = await open();
  const log = `${textOf(`${LOST_FLIGHT}.keys`)}\nno key line at all\n${textOf('openssl-ecdhe-ecdsa-aes128-gcm.keys')}`;
  await drop(page, [{ name: 'mixed.keys', bytes: new TextEncoder().encode(log) }]);
  await page.keyboard.press('5');
  await see(page, /Waits for a capture/);
  await page.keyboard.press('Escape');
  await dropSamples(page, `${LOST_FLIGHT}.client.pcap`);
  await see(page, /hello from client/);
  await page.keyboard.press('5');
  const rows = page.getByRole('table', { name: 'Secrets' }).getByRole('row');
  await expect.poll(async () => await rows.nth(1).textContent()).toContain('No ClientHello with this random');
  await see(page, /records of/);
  await see(page, 'Lines that could not be read');
  await page.keyboard.press('Control+Shift+K');
  await see(page, 'none yet');
});
