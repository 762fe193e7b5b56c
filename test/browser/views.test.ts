/** The other views of the centre: the packet table, application data and statistics, by mouse and by keyboard. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { dropSamples, see, test } from './page.ts';

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;
const COAP = ['libcoap-gnutls-psk-get.pcap', 'libcoap-gnutls-psk-get.keys'] as const;
const SEVERAL = [...LOSS, 'openssl-fail-unknown-ca.pcap', 'wolfssl13-clean-aes128gcm.pcap'] as const;

const packets = (page: Page) => page.getByRole('grid', { name: 'Records', exact: true });
const payloads = (page: Page) => page.getByRole('grid', { name: 'Records of application data' });
const selected = (page: Page, grid = packets(page)) => grid.getByRole('row', { selected: true });
const tab = (page: Page, name: string) => page.getByRole('navigation').getByRole('button', { name, exact: true });
/** The number that the inspector shows, so that the views share one selection. */
const crumbs = (page: Page) => page.locator('.crumbs');

test('v opens the table on the selected record, arrows move it, Enter shows its bytes', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSS);
  await see(page, /Flight 1\b/);
  await page.keyboard.press('v');
  await packets(page).waitFor();
  // The record that shows the headline.
  await expect.poll(() => selected(page).getAttribute('aria-label')).toMatch(/^Record 14, server to client/);
  // 30 records, what was never captured, the silences, and the heads.
  expect(Number(await packets(page).getAttribute('aria-rowcount'))).toBeGreaterThan(34);
  await page.keyboard.press('Home');
  await expect.poll(() => selected(page).getAttribute('aria-label')).toMatch(/^Record 1, client to server/);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => selected(page).getAttribute('aria-label')).toContain('HelloVerifyRequest');
  await expect.poll(() => crumbs(page).textContent()).toContain('packet 2');
  await page.keyboard.press('End');
  await expect.poll(() => crumbs(page).textContent()).toContain('packet 25');
  await page.keyboard.press('Home');
  await expect.poll(() => crumbs(page).textContent()).toContain('packet 1');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('[data-zone]')?.getAttribute('data-zone')))
    .toBe('inspector');
});

test('a row of the table, clicked, is selected in the diagram too', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSS);
  await tab(page, 'Table').click();
  await packets(page)
    .getByRole('row', { name: /ServerKeyExchange/ })
    .click();
  await expect.poll(() => crumbs(page).textContent()).toContain('packet 4');
  await tab(page, 'Diagram').click();
  const shown = page.getByRole('listbox', { name: /^Records/ }).getByRole('option', { selected: true });
  expect(await shown.getAttribute('aria-label')).toContain('ServerKeyExchange');
});

test('what was never captured has a row; silences are passed over by the arrows', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSS);
  await tab(page, 'Table').click();
  await see(page, /1.001\.364 ms of silence/);
  await packets(page)
    .getByRole('row', { name: /^Never captured, server to client, NewSessionTicket/ })
    .click();
  await expect.poll(() => selected(page).getAttribute('aria-label')).toMatch(/^Never captured/);
  await packets(page).press('ArrowDown');
  await expect.poll(() => selected(page).getAttribute('aria-label')).toMatch(/ClientKeyExchange, retransmission/);
  await packets(page).press('ArrowUp');
  await expect.poll(() => selected(page).getAttribute('aria-label')).toMatch(/^Never captured/);
});

test('the table is filtered by words and keys, and sorted by its heads', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSS);
  await tab(page, 'Table').click();
  const box = page.getByRole('searchbox', { name: /^Filter the records/ });
  await box.fill('epoch:1 sender:client type:Finished');
  await see(page, /4 of 30 records/);
  await box.fill('nonsense');
  await see(page, 'No record matches. Clear the filter with Esc.');
  await box.press('Escape');
  await packets(page).waitFor();
  // From within the table "/" leads to its own box, from elsewhere to that of the list.
  await packets(page).press('/');
  expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
  const bytes = page.getByRole('columnheader', { name: /^bytes/ });
  await bytes.getByRole('button').click();
  expect(await bytes.getAttribute('aria-sort')).toBe('ascending');
  await bytes.getByRole('button').click();
  expect(await bytes.getAttribute('aria-sort')).toBe('descending');
  await expect.poll(() => packets(page).getByRole('row').nth(1).getAttribute('aria-label')).toContain('Certificate');
});

test('application data is listed with its protocol, and its payload unfolds', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...COAP);
  await see(page, /Flight 1\b/);
  await page.keyboard.press('a');
  await payloads(page).waitFor();
  await payloads(page)
    .getByRole('row', { name: /CoAP: .*GET/ })
    .first()
    .click();
  const pane = page.getByRole('region', { name: /^Payload of record \d+$/ });
  await pane.getByText('0.01 GET').waitFor();
  await pane.getByRole('button', { name: 'Bytes', exact: true }).click();
  await pane.getByText(/^0000 {2}/).waitFor();
  const saved = page.waitForEvent('download');
  await pane.getByRole('button', { name: 'Save' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^record-\d+-client\.bin$/);
});

test('application data is searched in text and in bytes, and filtered by sender', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSS);
  await tab(page, 'Data').click();
  await see(page, '2 records, 39 bytes');
  const box = page.getByRole('searchbox', { name: /^Search in text/ });
  await box.fill('echo');
  await see(page, '1 of 2 records');
  await box.fill('68 65 6c 6c 6f');
  await see(page, '2 records, 39 bytes');
  await page.getByRole('combobox', { name: 'Sender' }).selectOption('server');
  await see(page, '1 of 2 records');
  await payloads(page).press('Home');
  await expect
    .poll(() => selected(page, payloads(page)).getAttribute('aria-label'))
    .toContain('echo:hello from client');
  await box.fill('goodbye');
  await see(page, /^Nothing matches/);
});

test('without keys it says how much stays closed and why; with them it opens', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, COAP[0]);
  await tab(page, 'Data').click();
  await see(page, /records of application data stayed closed: no key for them is open/);
  await dropSamples(page, COAP[1]);
  await payloads(page).waitFor();
  await see(page, /GET/);
});

test('statistics are over what the list shows, and a bar filters it', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...SEVERAL);
  await see(page, /Flight 1\b/);
  await page.keyboard.press('s');
  await see(page, 'Over all 3 associations.');
  await page.getByRole('img', { name: /^Outcomes, of 3 associations: established 2, failed 1/ }).waitFor();
  await page.getByRole('img', { name: /^Handshake times: 2 handshakes/ }).waitFor();
  await page.getByRole('button', { name: /^failed 1 33 %/ }).click();
  await see(page, 'Over 1 of 3 associations: those that the filter of the list shows.');
  expect(await page.locator('#filter').inputValue()).toBe('status:failed');
  await see(page, 'No handshake was established.');
  // The same bar takes it back, by keyboard.
  const pressed = page.getByRole('button', { name: /^failed 1 100 %/, pressed: true });
  await pressed.focus();
  await page.keyboard.press('Enter');
  await see(page, 'Over all 3 associations.');
  const table = page.getByRole('figure', { name: 'Versions' });
  await table.getByText('Table').click();
  await table.getByRole('row', { name: 'DTLS 1.2 2 67 %' }).waitFor();
});

test('on a narrow window the views are reached over the centre', async ({ open }) => {
  const { page } = await open({ width: 390, height: 844 });
  await dropSamples(page, ...LOSS);
  await tab(page, 'Table').click();
  await packets(page).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await tab(page, 'Statistics').click();
  await see(page, 'Over the one association.');
  await tab(page, 'Data').click();
  await payloads(page).waitFor();
  await tab(page, 'Diagram').click();
  await see(page, /ClientHello/);
});
