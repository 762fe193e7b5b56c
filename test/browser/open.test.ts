/** Opening files by dropping them on the window: what is good is shown, what is not is named in a sentence. */
import { expect } from 'vitest';
import { bytesOf, GALLERY } from '../captures.ts';
import { drop, dropSamples, jpeg, readable, see, test } from './page.ts';

const CLEAN = ['openssl-ecdhe-ecdsa-aes128-gcm.pcap', 'openssl-ecdhe-ecdsa-aes128-gcm.keys'] as const;

test('a capture and its key log show the flights and what was said', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...CLEAN);
  for (const flight of [1, 2, 3, 4, 5, 6]) await see(page, new RegExp(`Flight ${flight}\\b`));
  await see(page, /ClientHello/);
  await see(page, /Finished/);
  await see(page, /hello from client/);
});

test('without the key log the Finished stays closed, and the page says so', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, CLEAN[0]);
  await see(page, /Flight 6\b/);
  expect(await readable(page)).not.toContain('hello from client');
  await see(page, /[Ee]ncrypted/);
});

test('a picture is called a picture', async ({ open }) => {
  const { page } = await open();
  await drop(page, [await jpeg(page)]);
  await see(page, /(looks like|is) an? JPEG/i);
});

test('a capture cut in the middle of a packet shows what came before the cut', async ({ open }) => {
  const { page } = await open();
  const whole = bytesOf(CLEAN[0]);
  await drop(page, [{ name: 'cut.pcap', bytes: whole.subarray(0, whole.length - 20) }]);
  await see(page, /The file ends inside packet \d+/);
  await see(page, /Flight 1\b/);
  await see(page, /ClientHello/);
});

test('nothing that is open is lost when the next drop is no good', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...CLEAN);
  await see(page, /Flight 6\b/);
  await drop(page, [await jpeg(page)]);
  await see(page, /(looks like|is) an? JPEG/i);
  await see(page, /Flight 6\b/);
  await see(page, /ClientHello/);
  await see(page, /hello from client/);
});

test('a sample of the gallery opens with its keys', async ({ open }) => {
  const { page } = await open();
  await page
    .getByRole('link', { name: /Flight 4 lost/ })
    .or(page.getByRole('button', { name: /Flight 4 lost/ }))
    .first()
    .click();
  await see(page, /hello from client/);
  expect(await readable(page)).toMatch(/Flight 3\s*2\/2/);
});

test('every card of the gallery opens', { timeout: 240_000 }, async ({ open }) => {
  const { page, address } = await open();
  for (const sample of GALLERY) {
    await page.goto('about:blank');
    await page.goto(address);
    await page.getByRole('button', { name: sample.title }).first().click();
    await see(page, sample.files[0]);
    await see(page, /Flight 1\b/);
    expect(await readable(page)).toContain(sample.cipherSuite ?? 'ClientHello');
  }
});
