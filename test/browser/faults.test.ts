/** What goes wrong around the page: files that change or vanish, a worker that dies, storage that is forbidden, two tabs. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { bytesOf } from '../captures.ts';
import { dropSamples, readable, see, test } from './page.ts';

const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const LOSSY = 'openssl-psk-aes128-ccm8.pcap';

/** A file that the browser keeps on the disk: it can change and vanish behind the File that names it. */
async function keep(page: Page, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    async (list) => {
      const folder = await navigator.storage.getDirectory();
      const handle = await folder.getFileHandle('live.pcap', { create: true });
      const out = await handle.createWritable();
      await out.write(Uint8Array.from(list));
      await out.close();
    },
    [...bytes],
  );
}

async function remove(page: Page): Promise<void> {
  await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('live.pcap'));
}

/** The reader's hand holds the file as it is now. */
async function take(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    Object.assign(window, { held: await (await folder.getFileHandle('live.pcap')).getFile() });
  });
}

async function dropHeld(page: Page): Promise<void> {
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add((window as unknown as { held: File }).held);
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  });
}

const GONE = /live\.pcap could not be read: it was changed, moved or deleted/;

test('a file that vanished is told, what is open stays, and trying again works', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, LOSSY);
  await see(page, LOSSY);
  await keep(page, bytesOf(CLEAN));
  await take(page);
  await remove(page);
  await dropHeld(page);
  await see(page, GONE);
  await see(page, LOSSY);
  await keep(page, bytesOf(CLEAN));
  await take(page);
  await dropHeld(page);
  await see(page, /live\.pcap.*packets/);
  expect(await readable(page)).not.toContain('mistake in DTLScope');
});

test('a file that changed after it was opened: what is shown stays, and what reads it once more says why it cannot', async ({
  open,
}) => {
  const { page } = await open();
  await keep(page, bytesOf(CLEAN));
  await take(page);
  await dropHeld(page);
  await see(page, /Flight 6\b/);
  await keep(page, new Uint8Array(100));
  await dropHeld(page);
  await see(page, GONE);
  await see(page, /Flight 6\b/);
  await dropSamples(page, LOSSY);
  await see(page, LOSSY);
});

test('a worker that dies leaves what is shown, and reloading the analysis brings everything back', async ({ open }) => {
  const { page } = await open();
  await page.evaluate(() => {
    const Real = Worker;
    const all: Worker[] = [];
    Object.assign(window, {
      workers: all,
      Worker: class extends Real {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args);
          all.push(this);
        }
      },
    });
  });
  await dropSamples(page, CLEAN);
  await see(page, /Flight 6\b/);
  const died = await page.evaluate(() => {
    const { workers } = window as unknown as { workers: Worker[] };
    const last = workers.at(-1);
    last?.terminate();
    last?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
    return workers.length;
  });
  expect(died).toBeGreaterThan(0);
  await see(page, /What is shown stays; reload the analysis/);
  await see(page, /Flight 6\b/);
  await page.getByRole('button', { name: 'Reload analysis' }).click();
  await page.keyboard.press('ArrowDown');
  await see(page, /Flight 6\b/);
});

test('without any storage the page works, and says once that notes are not kept', async ({ open }) => {
  const { page, address } = await open();
  await page.addInitScript(() => {
    const forbidden = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    Object.defineProperty(window, 'localStorage', { get: forbidden });
    Object.defineProperty(window, 'indexedDB', { get: forbidden });
  });
  await page.goto('about:blank');
  await page.goto(address);
  await dropSamples(page, CLEAN);
  await see(page, /Flight 6\b/);
  await see(page, /The browser keeps no notes here/);
  expect(await readable(page)).not.toContain('mistake in DTLScope');
});

test('storage that is full keeps nothing from working', async ({ open }) => {
  const { page, address } = await open();
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await page.goto('about:blank');
  await page.goto(address);
  await dropSamples(page, CLEAN);
  await see(page, /Flight 6\b/);
  await see(page, /Flight 6\b/);
  expect(await readable(page)).not.toContain('mistake in DTLScope');
});

test('two tabs of one browser do not get into each other’s way', async ({ open }) => {
  const { page, address } = await open();
  const other = await page.context().newPage();
  await other.goto(address);
  await other.locator('#root > *').first().waitFor();
  await Promise.all([dropSamples(page, CLEAN), dropSamples(other, LOSSY)]);
  await see(page, CLEAN);
  await see(other, LOSSY);
  await other.close();
  await see(page, /Flight 6\b/);
});
