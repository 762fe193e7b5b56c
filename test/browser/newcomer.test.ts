/**
 * Somebody who has never read a document about this page drops the capture of a handshake that failed: the cause can be
 * read at once, and one click on its first evidence shows the bytes. On a telephone it is three.
 */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { dropSamples, test } from './page.ts';

interface Failed {
  readonly files: readonly [string, ...string[]];
  /** What the headline has to say. */
  readonly cause: RegExp;
  /** The packet that shows it first, and the record in it. */
  readonly packet: number;
  readonly record: RegExp;
}

const FAILED: readonly Failed[] = [
  {
    files: ['bc-fail-psk-mismatch.pcap'],
    cause: /the pre-shared keys for the identity "corpus" differ/,
    packet: 7,
    record: /psk_identity/,
  },
  {
    files: ['californium-fail-no-cipher.pcap'],
    cause: /No cipher suite in common/,
    packet: 3,
    record: /ClientHello/,
  },
  {
    files: ['californium-fail-server-silent.client.pcap'],
    cause: /No answer from 127\.0\.0\.2:28636: the ClientHello was sent 4 times/,
    packet: 1,
    record: /ClientHello/,
  },
  {
    files: ['gnutls-fail-version.pcap'],
    cause: /No common DTLS version: the server chose DTLS 1\.0/,
    packet: 3,
    record: /ClientHello/,
  },
  {
    files: ['mbedtls-fail-expired.pcap'],
    cause: /certificate, which expired on 2021-01-01/,
    packet: 4,
    record: /Certificate/,
  },
  {
    files: ['mbedtls-fail-client-cert-required.pcap', 'mbedtls-fail-client-cert-required.keys'],
    cause: /does not know the issuer of the client's certificate/,
    packet: 5,
    record: /Certificate/,
  },
  {
    files: ['openssl-fail-cookie-mismatch-listen.client.pcap'],
    cause: /asks for another cookie 4 times/,
    packet: 2,
    record: /HelloVerifyRequest/,
  },
  {
    files: ['openssl-fail-curve-mismatch.pcap'],
    cause: /No group in common: the client offers only secp384r1/,
    packet: 3,
    record: /ClientHello/,
  },
  {
    files: ['wolfssl13-fail-unknown-ca.pcap', 'wolfssl13-fail-unknown-ca.keys'],
    cause: /does not know the issuer of the server's certificate: "DTLS Corpus Root CA"/,
    packet: 4,
    record: /Certificate/,
  },
  {
    files: ['wolfssl13-fail-no-shared-group.pcap'],
    cause: /asks for secp256r1, which the client does not offer/,
    packet: 1,
    record: /ClientHello/,
  },
  {
    files: ['wolfssl13-fail-wrong-server-key.pcap', 'wolfssl13-fail-wrong-server-key.keys'],
    cause: /the server's signature in CertificateVerify wrong, and it is/,
    packet: 5,
    record: /CertificateVerify/,
  },
];

describe.concurrent('from the drop to the cause and its bytes', () => {
  test.for(FAILED)('$files.0', async (failed, { open }) => {
    const { page } = await open();
    await dropSamples(page, ...failed.files);
    // No click so far.
    await headline(page, failed.cause);
    await firstEvidence(page).click();
    await bytesShown(page, failed);
  });

  test.for(FAILED.slice(0, 3))('on a telephone: $files.0', async (failed, { open }) => {
    const { page } = await open({ width: 390, height: 844 });
    await dropSamples(page, ...failed.files);
    await page.getByRole('button', { name: /^(List|Findings)/ }).click();
    await headline(page, failed.cause);
    await firstEvidence(page).click();
    await page.getByRole('button', { name: 'Bytes', exact: true }).click();
    await bytesShown(page, failed);
  });
});

/** It is open, and inside the window. */
async function headline(page: Page, cause: RegExp): Promise<void> {
  const head = page.locator('.findings [aria-expanded=true]');
  await head.waitFor();
  expect(await head.count()).toBe(1);
  expect(await head.innerText()).toMatch(cause);
  expect(await inWindow(page, '.findings [aria-expanded=true]')).toBe(true);
  expect(await inWindow(page, '.evidence button')).toBe(true);
}

function firstEvidence(page: Page) {
  return page.locator('.evidence button').first();
}

async function bytesShown(page: Page, { packet, record }: Failed): Promise<void> {
  const inspector = page.locator('[data-zone=inspector]');
  await inspector.locator('.crumbs', { hasText: new RegExp(`packet ${packet}\\b`) }).waitFor();
  await inspector.getByText(record).first().waitFor();
  // The field that the evidence names, else all of the record.
  const marked = '.bytes .selected, .bytes .record';
  await page.locator(marked).first().waitFor();
  expect(await inWindow(page, marked), 'the bytes are in the window').toBe(true);
}

async function inWindow(page: Page, selector: string): Promise<boolean> {
  return page.evaluate((what) => {
    const shown = (element: Element) => {
      const box = element.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 10)];
      // Also not scrolled out of a pane, nor under something else.
      const top = document.elementFromPoint(x, y);
      return top !== null && (element.contains(top) || top.contains(element));
    };
    return [...document.querySelectorAll(what)].some(shown);
  }, selector);
}
