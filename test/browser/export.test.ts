/** What can be taken away: each file is saved by the browser, and holds what its line in the dialog promises. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { Session } from '../../src/analysis/session.ts';
import { sourceOfBytes } from '../captures.ts';
import { drop, dropSamples, see, test } from './page.ts';

const NAME = 'openssl-loss-final-flight-x3.client';
const FILES = [`${NAME}.pcap`, 'openssl-loss-final-flight-x3.keys'] as const;
const VERDICT =
  'Established after 7\u202f018 ms: the server’s last flight was lost 3 times, and the client had to repeat flight 5.';

async function openDialog(page: Page, ...files: readonly string[]): Promise<void> {
  await dropSamples(page, ...files);
  await see(page, /Flight 6\b/);
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog', { name: 'Export' }).waitFor();
}

async function saved(page: Page, name: string): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Save ${name}`, exact: true }).click(),
  ]);
  const parts: Uint8Array[] = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return { name: download.suggestedFilename(), bytes: Uint8Array.from(Buffer.concat(parts)) };
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function readBack(bytes: Uint8Array): Promise<Session> {
  const session = new Session();
  const { failures } = await session.open([sourceOfBytes('saved', bytes)], { add: true });
  expect(failures).toEqual([]);
  return session;
}

describe('reports', () => {
  test('HTML: one file that shows the verdict and the diagram, and runs nothing', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    const file = await saved(page, 'Report, HTML');
    expect(file.name).toBe(`${NAME}.html`);
    const { page: other } = await open();
    await other.goto('about:blank');
    await other.setContent(textOf(file.bytes));
    expect(await other.locator('.verdict').textContent()).toBe(VERDICT);
    expect(await other.locator('svg text').count()).toBeGreaterThan(50);
    expect(await other.locator('script').count()).toBe(0);
    const lifeline = other.locator('svg rect[stroke="var(--client)"]').first();
    expect(await lifeline.evaluate((rect) => getComputedStyle(rect).stroke)).toBe('rgb(58, 124, 214)');
  });

  test('JSON: what the command line writes; decrypted application data only where it was asked for', async ({
    open,
  }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    const without = JSON.parse(textOf((await saved(page, 'Report, JSON')).bytes));
    expect(without).toMatchObject({ format: 'dtlscope-report', associations: [{ verdict: VERDICT }] });
    expect(without.associations[0].applicationData.content).toEqual([]);
    await page.getByRole('checkbox', { name: 'with decrypted application data' }).check();
    const whole = JSON.parse(textOf((await saved(page, 'Report, JSON')).bytes));
    expect(whole.associations[0].applicationData.content).toHaveLength(2);
  });

  test('Markdown: saved, and copied by the keyboard alone', async ({ open }) => {
    const { page } = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openDialog(page, ...FILES);
    const file = await saved(page, 'Report, Markdown');
    expect(textOf(file.bytes)).toContain('# DTLS in');
    await page.getByRole('button', { name: 'Copy Report, Markdown' }).focus();
    await page.keyboard.press('Enter');
    await see(page, 'Report, Markdown: copied.');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(textOf(file.bytes));
  });
});

describe('the diagram', () => {
  test('SVG: light or dark as chosen', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    expect(textOf((await saved(page, 'Diagram, SVG')).bytes)).toContain('fill="#ffffff"');
    await page.getByRole('button', { name: 'dark', exact: true }).click();
    const { name, bytes } = await saved(page, 'Diagram, SVG');
    expect(name).toBe(`${NAME}.svg`);
    expect(textOf(bytes)).toContain('fill="#14181c"');
    // The page's own policy would refuse the styles of the document that is parsed.
    await page.goto('about:blank');
    const malformed = await page.evaluate(
      (svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')?.textContent ?? null,
      textOf(bytes),
    );
    expect(malformed).toBeNull();
  });

  test('PNG: twice the size of the SVG', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    const svg = textOf((await saved(page, 'Diagram, SVG')).bytes);
    const png = (await saved(page, 'Diagram, PNG')).bytes;
    const view = new DataView(png.buffer);
    expect([...png.subarray(1, 4)]).toEqual([...new TextEncoder().encode('PNG')]);
    const size = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(svg)?.[1]);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([2 * size('width'), 2 * size('height')]);
  });
});

describe('captures', () => {
  test('trimmed: the packets without a key; with keys: they open again by themselves', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    const plain = await saved(page, 'Trimmed capture, pcapng');
    expect(plain.name).toBe(`${NAME}-trimmed.pcapng`);
    expect((await readBack(plain.bytes)).trace().associations[0]?.records).toMatchObject({ total: 30, decrypted: 0 });
    const keyed = await saved(page, 'Trimmed capture with keys, pcapng');
    const [association] = (await readBack(keyed.bytes)).trace().associations;
    expect(association).toMatchObject({ verdict: VERDICT, records: { total: 30, decrypted: 11 } });
    await see(page, /^Saved openssl-loss-final-flight-x3\.client-with-keys\.pcapng, /);
  });

  test('what was saved can be dropped into the page again', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    const { name, bytes } = await saved(page, 'Trimmed capture with keys, pcapng');
    const { page: other } = await open();
    await drop(other, [{ name, bytes }]);
    await see(other, VERDICT);
  });

  test('the key log, and the plaintext', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, ...FILES);
    expect(textOf((await saved(page, 'Keys, key log')).bytes)).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
    const plaintext = await saved(page, 'Decrypted traffic, pcapng');
    expect(new TextDecoder('latin1').decode(plaintext.bytes)).toContain('hello from client');
  });

  test('each file that gives secrets away says so; without keys none of them can be had', async ({ open }) => {
    const { page } = await open();
    await openDialog(page, FILES[0]);
    const keyed = page.getByRole('button', { name: 'Save Trimmed capture with keys, pcapng' });
    expect(await keyed.getAttribute('aria-disabled')).toBe('true');
    expect(await page.getByText('Anyone with this file').count()).toBe(0);
    await page.keyboard.press('Escape');
    await dropSamples(page, FILES[1]);
    await see(page, VERDICT);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await see(page, 'Anyone with this file can read everything that was sent in this session.');
    expect(await keyed.getAttribute('aria-disabled')).toBe('false');
  });
});

test('of several associations one or all of them', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, 'openssl-assoc-reboot-cookie.pcap', 'openssl-assoc-reboot-cookie.keys');
  await see(page, /Flight 6\b/);
  await page.keyboard.press('Control+s');
  const one = await saved(page, 'Trimmed capture, pcapng');
  await page.getByRole('button', { name: 'all 2 associations' }).click();
  const all = await saved(page, 'Trimmed capture, pcapng');
  expect([one.name, all.name]).toEqual([
    'openssl-assoc-reboot-cookie-a1-trimmed.pcapng',
    'openssl-assoc-reboot-cookie-trimmed.pcapng',
  ]);
  expect((await readBack(one.bytes)).trace().associations).toHaveLength(1);
  expect((await readBack(all.bytes)).trace().associations).toHaveLength(2);
});
