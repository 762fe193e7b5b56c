/** What a browser test needs: a fresh page of DTLScope that fails the test when anything goes wrong inside it. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { test as base, expect, inject } from 'vitest';
import { bytesOf } from '../captures.ts';

export interface View {
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
}

export interface Tab {
  readonly page: Page;
  /** The page's own address. */
  readonly address: string;
  /** What the page asked of anybody but its own server. Must stay empty. */
  readonly strangers: readonly string[];
}

interface Fixtures {
  /** Opens a tab with its own profile. Errors in its console or of its scripts fail the test at its end. */
  readonly open: (view?: View) => Promise<Tab>;
}

const DESK: View = { width: 1440, height: 900 };
let browser: Promise<Browser> | undefined;

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  open: async ({}, use) => {
    browser ??= chromium.connect(inject('browser'));
    const contexts: BrowserContext[] = [];
    const errors: string[] = [];
    const strangers: string[] = [];
    const address = inject('address');
    await use(async (view = DESK) => {
      const context = await ((await browser) as Browser).newContext({
        viewport: { width: view.width, height: view.height },
        colorScheme: view.colorScheme ?? 'light',
        reducedMotion: 'reduce',
        // What it does is tested in anywhere.test.ts; here it would fetch the whole page again for each tab.
        serviceWorkers: 'block',
      });
      contexts.push(context);
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      page.on('console', (line) => {
        if (line.type() === 'error') errors.push(`console: ${line.text()}`);
      });
      page.on('pageerror', (error) => errors.push(`script: ${error.message}`));
      page.on('requestfailed', (request) => {
        const why = request.failure()?.errorText;
        // Aborted: the test left the page meanwhile.
        if (why !== 'net::ERR_ABORTED') errors.push(`request: ${request.url()} ${why}`);
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(address) && !/^(data|blob):/.test(url)) strangers.push(url);
      });
      await page.goto(address);
      // Listeners are set with the first markup of the page.
      await page.locator('#root > *').first().waitFor();
      return { page, address, strangers };
    });
    // What is cut off by closing is no error.
    const wrong = [...errors];
    for (const context of contexts) await context.close();
    expect(wrong, 'errors in the page').toEqual([]);
    expect(strangers, 'requests that left the machine').toEqual([]);
  },
});

export interface Dropped {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Drags files over the window and lets go, as a hand would. */
export async function drop(page: Page, files: readonly Dropped[]): Promise<void> {
  const encoded = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  await page.evaluate((list) => {
    const data = new DataTransfer();
    for (const { name, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
    for (const type of ['dragenter', 'dragover', 'drop']) {
      target.dispatchEvent(
        new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true, composed: true }),
      );
    }
  }, encoded);
}

/** Files of samples/, by name. */
export async function dropSamples(page: Page, ...names: readonly string[]): Promise<void> {
  await drop(
    page,
    names.map((name) => ({ name, bytes: bytesOf(name) })),
  );
}

/** A real JPEG, made by the browser itself. */
export async function jpeg(page: Page): Promise<Dropped> {
  const url = await page.evaluate(() => document.createElement('canvas').toDataURL('image/jpeg'));
  return { name: 'holiday.jpg', bytes: Buffer.from(url.slice(url.indexOf(',') + 1), 'base64') };
}

/** Waits until this text can be read somewhere on the page. */
export async function see(page: Page, text: string | RegExp): Promise<void> {
  try {
    await page.getByText(text).filter({ visible: true }).first().waitFor({ state: 'visible' });
  } catch {
    throw new Error(`${text} is not to be seen. The page says: ${(await readable(page)).slice(0, 1500)}`);
  }
}

/** All text of the page, in one line. */
export async function readable(page: Page): Promise<string> {
  return page.evaluate(() => (document.body.textContent ?? '').replace(/\s+/g, ' '));
}
