/** Keys other than key logs: a pre-shared key that is typed in, and a private key that is dropped. */
import { expect } from 'vitest';
import { known } from '../captures.ts';
import { dropSamples, readable, see, test } from './page.ts';

const PSK_ONLY = 'openssl-psk-aes128-ccm8-pskonly.pcap';

test('a pre-shared key opens what it protects; a wrong one is answered in a sentence', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, PSK_ONLY);
  await see(page, /Flight 6\b/);
  expect(await readable(page)).not.toContain('hello from client');
  await page.getByRole('button', { name: /^Keys/ }).click();
  await page.getByRole('button', { name: 'Pre-shared key', exact: true }).click();
  const key = page.getByLabel('Pre-shared key', { exact: true });
  await key.fill('no hex at all');
  await page.getByRole('button', { name: 'Add pre-shared key' }).click();
  await see(page, /The pre-shared key is not hexadecimal/);
  await key.fill(known(PSK_ONLY).psk ?? '');
  await page.getByRole('button', { name: 'Add pre-shared key' }).click();
  await see(page, /7 records of/);
  expect(await readable(page)).not.toContain('is not hexadecimal');
  await page.keyboard.press('Escape');
  await see(page, /hello from client/);
});

test('what is selected stays selected when a key is added', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, PSK_ONLY);
  const row = page.getByRole('option', { name: /HelloVerifyRequest/ });
  await row.click();
  expect(await row.getAttribute('aria-selected')).toBe('true');
  await page.getByRole('button', { name: /^Keys/ }).click();
  await page.getByRole('button', { name: 'Pre-shared key', exact: true }).click();
  await page.getByLabel('Pre-shared key', { exact: true }).fill(known(PSK_ONLY).psk ?? '');
  await page.keyboard.press('Enter');
  await see(page, /7 records of/);
  await page.keyboard.press('Escape');
  await see(page, /hello from client/);
  expect(await row.getAttribute('aria-selected')).toBe('true');
});

test('a private key beside its capture is taken as what it is', async ({ open }) => {
  const { page } = await open();
  const { file, privateKey } = known('openssl-rsa-aes128-ccm8.pcap');
  await dropSamples(page, file, privateKey ?? 'openssl-rsa-aes128-ccm8.key.pem');
  await see(page, /hello from client/);
  await page.getByRole('button', { name: /^Keys/ }).click();
  await see(page, 'RSA private key');
});
