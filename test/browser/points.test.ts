/** The captures of both ends of one run, dropped together or one after the other: the page shows the run once. */
import { expect } from 'vitest';
import { bytesOf } from '../captures.ts';
import { drop, dropSamples, readable, see, test } from './page.ts';

const PAIR = ['openssl-loss-flight4.client.pcap', 'openssl-loss-flight4.server.pcap'] as const;
const KEYS = 'openssl-loss-flight4.keys';

test('dropped together', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...PAIR, KEYS);
  await see(page, /B server\.pcap · one association/);
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
  await see(page, /B server\.pcap · one association/);
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

const LOSSES = [
  'openssl-loss-final-flight-x3.client.pcap',
  'openssl-loss-final-flight-x3.server.pcap',
  'openssl-loss-final-flight-x3.keys',
] as const;

test('both points are named, the loss between them is proven, and delays are measured', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSSES);
  const section = page.getByRole('region', { name: 'Capture points' });
  await section.waitFor();
  expect(await section.innerText()).toMatch(/A\s+at the client\s+25 packets, 30 records/);
  expect(await section.innerText()).toMatch(/B\s+at the server\s+28 packets, 35 records/);
  expect(await section.innerText()).toMatch(/B − A\s+0\.\d{3} ± 0\.\d{3} ms/);
  for (const side of ['client', 'server'])
    await page.getByTitle(new RegExp(`^Capture point [AB], near the ${side}`)).waitFor();
  // The first record took less than a millisecond, and its line falls.
  const hello = page.getByRole('option', { name: /^Record 1, .*arrived at B after 0\.\d{3} ms/ });
  expect(await hello.locator('text').allTextContents()).toContain('A1');
  const lost = page.getByRole('option', { name: /lost between the capture points, captured at B, never at A/ });
  expect(await lost.count()).toBeGreaterThanOrEqual(3);
  expect(await lost.first().locator('text').allTextContents()).toContain('lost');
});

test('the count of lost datagrams leads to them, and the inspector says what became of each', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSSES);
  await page.getByRole('button', { name: /^3 datagrams/ }).click();
  await see(page, /Lost between the two capture points\./);
  expect(
    await page
      .getByRole('listbox', { name: 'Records in order of capture' })
      .getByRole('option', { selected: true })
      .getAttribute('aria-label'),
  ).toContain('never at A');
  await page.getByRole('option', { name: /^Record 1,/ }).click();
  await see(page, /Arrived at B after 0\.\d{3} ms, in packet 1/);
});

test('delays are two strips, and a click on a tick selects its record', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSSES);
  const strips = page.getByRole('img', { name: /^16 records of the client, A to B: median 0\.\d{3} ms; 14 records/ });
  await strips.waitFor();
  // However many records there are, a strip is one path of ticks.
  expect(await strips.locator('*').count()).toBeLessThan(60);
  const tick = await strips.evaluate((svg: SVGSVGElement) => {
    const path = svg.querySelectorAll('.delay-ticks')[1]?.getAttribute('d') ?? '';
    const [, x = '0', y = '0'] = path.match(/M([\d.]+) ([\d.]+)V/) ?? [];
    const point = new DOMPoint(Number(x), Number(y) + 6).matrixTransform(svg.getScreenCTM() ?? undefined);
    return { x: point.x, y: point.y };
  });
  await page.mouse.click(tick.x, tick.y);
  await strips.locator('.delay-here').waitFor();
  expect(
    await page
      .getByRole('listbox', { name: 'Records in order of capture' })
      .getByRole('option', { selected: true })
      .getAttribute('aria-label'),
  ).toContain('server to client');
  const fold = page.getByRole('button', { name: /^One-way delay/ });
  await fold.focus();
  await page.keyboard.press('Enter');
  expect(await strips.count()).toBe(0);
});

test('what two points settle: what A alone tells, what both prove, and the record that shows it', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOSSES);
  const table = page.getByRole('region', { name: 'What two points settle' });
  const sent = table.getByRole('row', { name: /^Were records 5, 6, 1:0, 8, 10 sent\?/ });
  await sent.getByText('yes, by gaps').waitFor();
  expect(await sent.innerText()).toMatch(/near-certain:\s*yes, by gaps\s+seen:\s*yes, B.6, B.11, B.17/);
  const done = table.getByRole('row', { name: /^Server FINISHED when\?/ });
  expect(await done.innerText()).toMatch(/before\s1.006\.016.ms\s+proven:\s*3\.922.ms/);
  await sent.getByRole('button').click();
  await see(page, /Lost between the two capture points\./);
  await page.getByRole('button', { name: /^What two points settle/ }).click();
  expect(await table.getByRole('table').count()).toBe(0);
});

test('with one point there is neither', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, LOSSES[0], LOSSES[2]);
  await see(page, 'captured here');
  expect(await page.getByRole('button', { name: /^(One-way delay|What two points)/ }).count()).toBe(0);
});

test('one point has a flag, lanes of epochs, and facts on time and timers', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, LOSSES[0], LOSSES[2]);
  await see(page, 'captured here');
  expect(await page.getByRole('region', { name: 'Capture points' }).count()).toBe(0);
  for (const lane of ['Client writes', 'Client reads', 'Server writes', 'Server reads']) await see(page, lane);
  const epochs = page.getByRole('button', { name: 'Epochs' });
  await epochs.focus();
  await page.keyboard.press('Enter');
  expect(await page.getByText('Client writes').count()).toBe(0);
  await page.getByRole('tab', { name: 'Facts' }).click();
  await see(page, '1, 2, 4 s: OpenSSL, LibreSSL');
  await see(page, 'at the client');
});

test('another association is one click away', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, 'openssl-loss-resume-client-final.client.pcap');
  await page.getByRole('tab', { name: 'Facts' }).click();
  await see(page, /resumes its session by its session ID/);
  await page.getByRole('button', { name: 'a2', exact: true }).first().click();
  await see(page, /It resumes the session of/);
});

test.for([1440, 1024, 800, 390])('nothing scrolls sideways at %d px', async (width, { open }) => {
  const { page } = await open({ width, height: 800, colorScheme: 'dark' });
  await dropSamples(page, ...LOSSES);
  await see(page, /Flight 6\b/);
  const wide = await page.evaluate(() => {
    const scroller = document.querySelector('.sequence-scroll');
    const page = document.scrollingElement;
    return [page, scroller].map((one) => (one?.scrollWidth ?? 0) - (one?.clientWidth ?? 0));
  });
  expect(wide).toEqual([0, 0]);
  // The diagram keeps room beside the drawer.
  expect(await page.evaluate(() => document.querySelector('.sequence-scroll')?.clientHeight ?? 0)).toBeGreaterThan(120);
});
