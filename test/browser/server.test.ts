/** `dtlscope open` and `dtlscope serve` as their users meet them: a process, and a browser at the address it prints. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { pathOf } from '../captures.ts';
import { see } from './page.ts';

const FILES = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'];

const view = (page: Page, name: string) => page.getByRole('navigation').getByRole('button', { name, exact: true });

/** Its address. */
async function start(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['dist/cli.js', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (piece) => {
      said += String(piece);
      const address = /http:\/\/\S+/.exec(said)?.[0];
      if (address) resolve(address);
    });
    child.once('exit', (status) => reject(new Error(`ended with ${status}: ${said}`)));
  });
}

/** A browser profile of its own; what its console complains about, and what it asks of others, fails the test. */
async function profile(address: string): Promise<{ readonly page: Page; readonly wrong: readonly string[] }> {
  const browser = await chromium.connect(inject('browser'));
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const wrong: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error') wrong.push(line.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL('/', address).href) && !/^(data|blob):/.test(request.url()))
      wrong.push(request.url());
  });
  return { page, wrong };
}

test('the files are open in the first browser that comes, also after a reload, and in no other', async () => {
  const address = await start('open', '--no-browser', ...FILES.map((name) => pathOf(name)));
  const { page, wrong } = await profile(address);
  await page.goto(address);
  await see(page, FILES[0] ?? '');
  await view(page, 'Table').click();
  await page.waitForURL(/vt/);
  await page.reload();
  await see(page, FILES[0] ?? '');
  expect(await view(page, 'Table').getAttribute('aria-pressed')).toBe('true');
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  expect(wrong).toEqual([]);
  const stranger = await profile(address);
  expect((await stranger.page.goto(address))?.status()).toBe(403);
  await see(stranger.page, 'These files are open in another browser.');
});

test('the page that serve hosts works under its headers, from a folder', async () => {
  const store = mkdtempSync(join(tmpdir(), 'dtlscope-store-'));
  onTestFinished(() => rmSync(store, { recursive: true, force: true }));
  const address = await start('serve', '--port', '0', '--base', '/tools/', '--store', store);
  const { page, wrong } = await profile(address);
  await page.goto(address);
  await page.locator('#files').setInputFiles(FILES.map((name) => pathOf(name)));
  await see(page, FILES[0] ?? '');
  await view(page, 'Statistics').click();
  await page.locator('.statistics').first().waitFor();
  expect(wrong).toEqual([]);
});

test('a trace that is stored on the server opens by its link alone, until its token deletes it', async () => {
  const store = mkdtempSync(join(tmpdir(), 'dtlscope-store-'));
  onTestFinished(() => rmSync(store, { recursive: true, force: true }));
  const address = await start('serve', '--port', '0', '--store', store);
  const { page, wrong } = await profile(address);
  await page.goto(address);
  await page.locator('#files').setInputFiles(pathOf(FILES[0] ?? ''));
  const verdict = (tab: Page) => tab.locator('.verdict h2').textContent();
  const seen = await verdict(page);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('button', { name: 'Store on this server' }).click();
  const link = await page.getByRole('textbox', { name: 'The link to the stored trace' }).inputValue();
  expect(link).toMatch(/#1s\.[\w-]{22}\.[\w-]{43}/);
  const [, id = '', key = ''] = /#1s\.([\w-]+)\.([\w-]+)/.exec(link) ?? [];
  const token = (await page.locator('.share-token code').textContent()) ?? '';

  const kept = readFileSync(join(store, id));
  for (const secret of [key, token, Buffer.from(key, 'base64url')]) expect(kept.includes(secret)).toBe(false);

  const other = await profile(address);
  await other.page.goto(link);
  expect(await verdict(other.page)).toBe(seen);
  expect([...wrong, ...other.wrong]).toEqual([]);

  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${address}api/traces/${id}`, { method: 'DELETE', headers })).status).toBe(204);
  const late = await profile(address);
  await late.page.goto(link);
  await see(late.page, 'There is no such trace here; it may have been deleted, or have expired long ago.');
});
