/** The captures of both ends of one run, dropped together or one after the other: the page shows the run once. */
import { expect } from 'vitest';
import { bytesOf } from '../captures.ts';
import { drop, dropSamples, readable, see, test } from './page.ts';

const PAIR = ['openssl-loss-flight4.client.pcap', 'openssl-loss-flight4.server.pcap'] as const;
const KEYS = 'openssl-loss-flight4.keys';

test('dropped together', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...PAIR, KEYS);
  await see(page, /and 1 more/);
  await see(page, /hello from client/);
  // One association, although each file has it with another port.
  expect((await readable(page)).match(/Established/g)?.length).toBeGreaterThan(0);
  expect(await readable(page)).toMatch(/Flight 4\s*2\/2/);
});

test('the second end dropped later joins the first, and its keys stay', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, PAIR[0], KEYS);
  await see(page, /hello from client/);
  await dropSamples(page, PAIR[1]);
  await see(page, /and 1 more/);
  await see(page, /hello from client/);
  expect(await readable(page)).toMatch(/Flight 4\s*2\/2/);
});

test('the same file twice says that it is left out', async ({ open }) => {
  const { page } = await open();
  await drop(page, [
    { name: 'one.pcap', bytes: bytesOf(PAIR[0]) },
    { name: 'other.pcap', bytes: bytesOf(PAIR[0]) },
  ]);
  await page.getByRole('tab', { name: /Facts/ }).click();
  await see(page, /holds the same packets as one\.pcap/);
});
