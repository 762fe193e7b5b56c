/**
 * The pictures of docs/images/, from the built page and the captures of samples/: `npm run build && node
 * scripts/screenshots.mjs`. Names after it make only those. The machine's fonts decide how text looks.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { needChromium } from './chromium.mjs';
import { serve } from './server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = process.env.DTLSCOPE_PAGE ?? join(root, 'dist');
const images = join(root, 'docs/images');

const DESK = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'];
const BOTH_ENDS = [...LOSS, 'openssl-loss-final-flight-x3.server.pcap'];
const VERSION_13 = [
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap',
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.keys',
];
const SEVERAL = [
  ...LOSS,
  ...VERSION_13,
  'openssl-fail-unknown-ca.pcap',
  'openssl-loss-flight4.client.pcap',
  'openssl-delay-flight4-spurious.client.pcap',
  'openssl-psk-aes128-ccm8.pcap',
  'openssl-bigchain-mtu512.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'wolfssl13-hrr-group.pcap',
];

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {{ name: string, scheme: 'light' | 'dark', view?: { width: number, height: number }, files?: readonly string[], reach?: (page: Page) => Promise<unknown> }} Picture
 */

/** @type {readonly Picture[]} */
const PICTURES = [
  { name: 'start-light', scheme: 'light' },
  { name: 'workspace-light', scheme: 'light', files: LOSS, reach: lastRepeat },
  { name: 'workspace-dark', scheme: 'dark', files: LOSS, reach: lastRepeat },
  {
    name: 'dtls13-light',
    scheme: 'light',
    files: VERSION_13,
    reach: (tab) => tab.getByRole('option', { name: /ACK 0:0/ }).click(),
  },
  { name: 'two-points-dark', scheme: 'dark', files: BOTH_ENDS, reach: lastRepeat },
  { name: 'two-points-light', scheme: 'light', files: BOTH_ENDS, reach: lastRepeat },
  {
    name: 'cause-light',
    scheme: 'light',
    files: ['openssl-fail-unknown-ca.pcap'],
    reach: (tab) => tab.locator('.evidence button').first().click(),
  },
  { name: 'table-light', scheme: 'light', files: LOSS, reach: (tab) => toView(tab, 'Table') },
  {
    name: 'data-light',
    scheme: 'light',
    files: ['firefox-webrtc-dc.pcap', 'firefox-webrtc-dc.keys'],
    reach: async (tab) => {
      await toView(tab, 'Data');
      await tab.locator('.centre [role=row]').nth(4).click();
    },
  },
  { name: 'statistics-light', scheme: 'light', files: SEVERAL, reach: (tab) => toView(tab, 'Statistics') },
  {
    name: 'narrow-dark',
    scheme: 'dark',
    view: NARROW,
    files: VERSION_13,
    reach: (tab) => tab.getByRole('option', { name: /ACK 0:0/ }).click(),
  },
];

/** The Finished that came before its ChangeCipherSpec for the third time. @param {Page} tab */
async function lastRepeat(tab) {
  await tab
    .getByRole('option', { name: /Finished, retransmission 2 of flight 6/ })
    .first()
    .click();
}

/**
 * By mouse: a ring around what has the focus is no part of a picture.
 * @param {Page} tab
 * @param {string} name
 */
async function toView(tab, name) {
  await tab.getByText(name, { exact: true }).first().click();
}

/** @param {string} name */
function sample(name) {
  const found = ['samples', 'samples/corpus'].map((folder) => join(root, folder, name)).find(existsSync);
  if (!found) throw new Error(`${name} is not in samples/`);
  return found;
}

/**
 * Waits until two looks at the page are the same.
 * @param {Page} tab
 */
async function rest(tab) {
  for (let last = '', now = 'x'; now !== last; ) {
    last = now;
    await tab.waitForTimeout(300);
    now = await tab.evaluate(() => document.documentElement.outerHTML);
  }
}

const wanted = process.argv.slice(2);
mkdirSync(images, { recursive: true });
const server = await serve(page, 0);
const browser = await chromium.launch({ executablePath: needChromium(), args: ['--no-sandbox', '--disable-gpu'] });
for (const { name, scheme, view = DESK, files = [], reach } of PICTURES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const context = await browser.newContext({ viewport: view, colorScheme: scheme, reducedMotion: 'reduce' });
  const tab = await context.newPage();
  await tab.goto(server.address);
  await tab.locator('#root > *').first().waitFor();
  if (files.length > 0) {
    await tab.locator('#files').setInputFiles(files.map(sample));
    await tab.getByRole('option').first().waitFor();
    await rest(tab);
    await reach?.(tab);
  }
  // A pointer over something would mark it.
  await tab.mouse.move(0, 0);
  await rest(tab);
  await tab.screenshot({ path: join(images, `${name}.png`) });
  await context.close();
  console.log(`docs/images/${name}.png`);
}
await browser.close();
await server.close();
