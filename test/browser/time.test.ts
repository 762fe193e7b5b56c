/** Through time: by buttons, by keys, by dragging, and by letting it run. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { dropSamples, see, test } from './page.ts';

const LOST_ENDS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;

const where = (page: Page) => page.locator('.transport-record').textContent();
const slider = (page: Page) => page.getByRole('slider', { name: 'Playhead' });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** The page opens at the record that shows the headline; these tests begin at the first one. */
async function begin(page: Page): Promise<void> {
  await see(page, 'packet 9 · record 14 of 30');
  await page.keyboard.press('Home');
  await see(page, 'packet 1 · record 1 of 30');
}

/** The place of a moment in the lanes, by the part of their width. */
async function placeInLanes(page: Page, part: number, y = 30) {
  const box = await slider(page).boundingBox();
  if (!box) throw new Error('the lanes are not to be seen');
  const left = 116;
  return { x: box.x + left + (box.width - left - 14) * part, y: box.y + y };
}

test('the buttons lead to both ends and from record to record', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOST_ENDS);
  await begin(page);
  await press(page, 'Next record');
  await see(page, 'packet 2 · record 2 of 30');
  await press(page, 'Last record');
  await see(page, 'packet 25 · record 30 of 30');
  await press(page, 'Previous record');
  await see(page, 'packet 24 · record 29 of 30');
  await press(page, 'First record');
  await see(page, 'packet 1 · record 1 of 30');
});

test('the keys lead to flights, repeats, closed records, and into the lanes and the machines', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, LOST_ENDS[0]);
  await begin(page);
  const steps: readonly (readonly [string, number])[] = [
    ['End', 30],
    ['Home', 1],
    ['Shift+ArrowRight', 2],
    ['Shift+ArrowRight', 3],
    ['Shift+ArrowLeft', 2],
    ['r', 11],
    ['r', 16],
    ['Shift+R', 11],
    ['u', 13],
  ];
  for (const [key, record] of steps) {
    await page.keyboard.press(key);
    await expect.poll(() => where(page), { message: key }).toContain(`record ${record} of 30`);
  }
  await page.keyboard.press('2');
  await expect.poll(() => slider(page).evaluate((element) => element === document.activeElement)).toBe(true);
  // What is missing is told to those who do not hover.
  await see(page, /Client reads epoch .*missing 0:5–6/);
  await page.keyboard.press('PageUp');
  await expect.poll(() => where(page)).toContain('record 14 of 30');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => where(page)).toContain('record 13 of 30');
  await page.keyboard.press('3');
  const machines = page.getByRole('button', { name: /^State machines/ });
  await expect.poll(() => machines.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('time runs to the last record and stops there; Space starts and stops it', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOST_ENDS);
  await begin(page);
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.getByLabel('Speed').selectOption({ label: '×100' });
  await press(page, 'Play');
  await expect.poll(() => where(page)).toContain('record 30 of 30');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
});

test('another association stops time', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, LOST_ENDS[0], 'openssl-fail-server-silent.pcap');
  await see(page, /· record/);
  await press(page, 'First record');
  await press(page, 'Play');
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  const records = async () => (await where(page))?.replace(/.* of /, '');
  const before = await records();
  await page.keyboard.press('k');
  await expect.poll(records).not.toBe(before);
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
});

test('dragging takes the playhead along, and lets it rest on the record that had passed', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOST_ENDS);
  await begin(page);
  await page.getByRole('group', { name: 'Time axis' }).getByRole('button', { name: 'to scale' }).click();
  const [from, to] = [await placeInLanes(page, 0.2), await placeInLanes(page, 0.6)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  // 0.6 of 7 620 ms is in the middle of the wait that began with packet 15.
  await expect.poll(() => where(page)).toContain('packet 15 ');
  await expect.poll(() => page.locator('.transport-time').textContent()).toMatch(/^4\u202f\d{3}\./);
  await see(page, /^\s*2\u202f\d{3} ms left/);
  await page.mouse.up();
  await expect.poll(() => page.locator('.transport-time').textContent()).toBe('3\u202f013.379 ms');
  expect(await slider(page).getAttribute('aria-valuetext')).toBe(
    '3\u202f013.379 ms; packet 15, record 20 of 30; Client waits, timer 4\u202f000 ms, 3\u202f999 ms left; Server is done, no timer',
  );
});

test('a cross says what did not come, and leads to what shows it', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOST_ENDS);
  const cross = page.locator('.lane-missing').first();
  await cross.waitFor();
  const box = await cross.boundingBox();
  if (!box) throw new Error('no cross');
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(at.x, at.y);
  await see(page, 'Record 0:5–6 (NewSessionTicket, ChangeCipherSpec) did not come.');
  await page.mouse.click(at.x, at.y);
  await expect.poll(() => where(page)).toContain('record 14 of 30');
  await page.mouse.move(at.x, at.y - 40);
  await see(page, /^Server (WAITING|PREPARING|FINISHED|SENDING)/);
});

test('the machines tell the timer, what has come, and what is known so far', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOST_ENDS);
  await begin(page);
  for (const key of ['r', 'r', 'r', 'ArrowRight']) await page.keyboard.press(key);
  const machines = page.getByRole('region', { name: 'State machines' });
  await see(page, 'packet 15 · record 20 of 30');
  const text = await machines.innerText();
  for (const said of ['at 3\u202f013.379 ms', 'Client waits, timer 4\u202f000 ms', 'Flight 5, attempt 3 of 4', 'CCS ✕'])
    expect(text).toContain(said);
  await machines.getByRole('button', { name: 'Known so far' }).click();
  await expect.poll(() => machines.innerText()).toMatch(/Transcript\s+\d+ messages/);
  await machines.getByRole('button', { name: /^Flight 5 came again/ }).click();
  await see(page, 'packet 14 · record 19 of 30');
});

test('the replay windows are outlined on demand', async ({ open }) => {
  const { page } = await open();
  await dropSamples(page, ...LOST_ENDS);
  await begin(page);
  expect(await page.locator('.replay-window').count()).toBe(0);
  await page.getByRole('button', { name: 'outline of the replay windows' }).click();
  await page.keyboard.press('End');
  await expect.poll(() => page.locator('.replay-window').count()).toBe(2);
});
