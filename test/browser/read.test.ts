/** What the page can read besides plain captures of DTLS 1.2: text, DTLS 1.3, and ports that somebody vouches for. */
import { expect } from 'vitest';
import { bytesOf, textOf } from '../captures.ts';
import { drop, dropSamples, readable, see, test } from './page.ts';

test('pasted hex shows the handshake that is in it', async ({ open }) => {
  const { page } = await open();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, textOf('text-xxd-datagrams.txt'));
  for (const flight of [1, 4, 6]) await see(page, new RegExp(`Flight ${flight}\\b`));
  await see(page, 'pasted text');
});

const LOST_FRAGMENT = 'wolfssl13-lost-middle-fragment-mtu300-moreacks';

test('DTLS 1.3: the ACK names records, and its entries lead to them', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, `${LOST_FRAGMENT}.client.pcap`, `${LOST_FRAGMENT}.keys`);
  await see(page, /TLS_AES_128_GCM_SHA256/);
  await see(page, /hello/);
  const ack = page.getByRole('option', { name: /ACK 0:0, 2:0, 2:1, 2:2, 2:4/ });
  await ack.click();
  await see(page, /2:4 Certificate \[798, 1064\)/);
  // ServerHello, EncryptedExtensions, and three pieces of the Certificate.
  await expect.poll(() => page.locator('.sequence-pointed').count()).toBe(5);
  await page.getByRole('treeitem', { name: /2:1 Certificate/ }).click();
  await expect.poll(() => page.locator('.sequence-pointed').count()).toBe(1);
  await page.getByTitle(/: ServerHello$/).click();
  expect(await page.getByRole('option', { selected: true, name: /ServerHello/ }).count()).toBe(1);
});

test('a forced port shows records whose first bytes are damaged', async ({ open }) => {
  const { page } = await open();
  await drop(page, [{ name: 'damaged.pcap', bytes: withoutVersions('openssl-ecdhe-ecdsa-aes128-gcm.pcap') }]);
  await see(page, 'No DTLS here');
  const port = page.getByRole('main').getByLabel('Treat UDP port');
  await port.fill('23000');
  await page.getByRole('main').getByRole('button', { name: 'as DTLS' }).click();
  await see(page, /Flight 1\b/);
  await see(page, /ClientHello/);
  await page.getByRole('button', { name: 'Ports 23000' }).click();
  await page.getByRole('button', { name: 'No longer treat port 23000 as DTLS' }).click();
  await see(page, 'No DTLS here');
  expect(await readable(page)).not.toContain('ClientHello');
});

/** The capture with the version of the first record of every datagram overwritten: no datagram looks like DTLS. */
function withoutVersions(file: string): Uint8Array {
  const bytes = bytesOf(file);
  const view = new DataView(bytes.buffer);
  const [fileHeader, packetHeader] = [24, 16];
  for (let at = fileHeader; at < bytes.length; ) {
    const end = at + packetHeader + view.getUint32(at + 8, true);
    for (let i = at + packetHeader; i + 1 < end; i++) {
      const type = bytes[i] ?? 0;
      if (type < 20 || type > 23 || bytes[i + 1] !== 0xfe) continue;
      bytes[i + 1] = 0;
      break;
    }
    at = end;
  }
  return bytes;
}
