/** Every screen of the page: which files are dropped and what is pressed to reach it. */
import type { Page } from 'playwright-core';
import { type Command, SHORTCUTS } from '../../src/ui/keyboard.ts';
import { bytesOf, GALLERY } from '../captures.ts';
import { dropSamples, jpeg, drop as letGo, see, type View } from './page.ts';

export interface Screen {
  readonly name: string;
  readonly view?: View;
  readonly reach: (page: Page) => Promise<void>;
}

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;
const BOTH_ENDS = [...LOSS, 'openssl-loss-final-flight-x3.server.pcap'] as const;
const VERSION_13 = [
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap',
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.keys',
] as const;

/** Bytes of a pcap before its first packet. */
const FILE_HEADER = 24;

const NARROW: View = { width: 390, height: 844 };
const MIDDLE: View = { width: 900, height: 800 };
/** What a window of 1440 × 900 has room for at 200 %. */
const ZOOMED: View = { width: 720, height: 450 };

export const SCREENS: readonly Screen[] = [
  { name: 'start', reach: async () => {} },
  { name: 'start, narrow', view: NARROW, reach: async () => {} },
  { name: 'start, the commands of a terminal', reach: (page) => commands(page) },
  { name: 'start, keys that wait for their capture', reach: (page) => keysAlone(page) },
  { name: 'start, a file that is no capture', reach: (page) => picture(page) },
  { name: 'loading', reach: (page) => stalled(page) },
  { name: 'no DTLS in the capture', reach: (page) => noDtls(page) },
  { name: 'DTLS 1.2 with losses', reach: opened(...LOSS) },
  { name: 'DTLS 1.2 with losses, narrow', view: NARROW, reach: opened(...LOSS) },
  { name: 'DTLS 1.2 with losses, middle', view: MIDDLE, reach: opened(...LOSS) },
  { name: 'DTLS 1.2 with losses, 200 %', view: ZOOMED, reach: opened(...LOSS) },
  { name: 'list, narrow', view: NARROW, reach: zone('List') },
  { name: 'bytes, narrow', view: NARROW, reach: zone('Bytes') },
  { name: 'DTLS 1.3 with fragments and ACKs', reach: opened(...VERSION_13) },
  { name: 'DTLS 1.3, narrow', view: NARROW, reach: opened(...VERSION_13) },
  { name: 'two capture points', reach: opened(...BOTH_ENDS) },
  { name: 'connection IDs', reach: opened('wolfssl13-cid-rebind.server.pcap', 'wolfssl13-cid-rebind.keys') },
  { name: 'failed with an alert', reach: opened('openssl-fail-unknown-ca.pcap') },
  { name: 'the middle of a session, without keys', reach: opened('link-midstream.pcap') },
  { name: 'many associations', reach: opened(...GALLERY.flatMap(({ files }) => files)) },
  { name: 'facts', reach: facts },
  { name: 'table of records', reach: view('table') },
  { name: 'application data', reach: view('data') },
  { name: 'statistics', reach: view('statistics') },
  { name: 'keys', reach: dialog('keys') },
  { name: 'export', reach: dialog('export') },
  { name: 'export, narrow', view: NARROW, reach: dialog('export') },
  { name: 'share', reach: shareDialog },
  { name: 'share, narrow', view: NARROW, reach: shareDialog },
  { name: 'opened from a link', reach: fromLink },
  { name: 'opened from a link, narrow', view: NARROW, reach: fromLink },
  { name: 'notes', reach: (page) => notes(page) },
  { name: 'notes, narrow', view: NARROW, reach: (page) => notes(page) },
  { name: 'a note is written', reach: (page) => notes(page, 'n') },
  { name: 'a note is written, narrow', view: NARROW, reach: (page) => notes(page, 'n') },
  { name: 'go to', reach: dialog('goto') },
  { name: 'go to, narrow', view: NARROW, reach: dialog('goto') },
  { name: 'keyboard help', reach: dialog('help') },
];

/** Presses the keys of a command. */
export async function press(page: Page, command: Command): Promise<void> {
  const shortcut = SHORTCUTS.find((one) => one.command === command);
  if (!shortcut) throw new Error(`no keys lead to ${command}`);
  await page.keyboard.press(keysOf(shortcut));
}

export function keysOf({ key, ctrl, shift }: { key: string; ctrl?: boolean; shift?: boolean }): string {
  return [ctrl && 'Control', shift && 'Shift', key].filter(Boolean).join('+');
}

/** Drops the files and waits until the diagram and the bytes of the first record are there. */
export function opened(...files: readonly string[]): (page: Page) => Promise<void> {
  return async (page) => {
    await dropSamples(page, ...files);
    await page.getByRole('option').first().waitFor();
    await page
      .locator('.inspector [role=treeitem], [data-zone=inspector] [role=treeitem]')
      .first()
      .waitFor({ state: 'attached' });
  };
}

function zone(name: string) {
  return async (page: Page) => {
    await opened(...LOSS)(page);
    await page.getByRole('button', { name, exact: true }).click();
  };
}

async function facts(page: Page): Promise<void> {
  await opened(...LOSS)(page);
  await page.getByRole('tab', { name: 'Facts' }).click();
}

function view(command: Command) {
  return async (page: Page) => {
    await opened(...LOSS)(page);
    await press(page, command);
  };
}

function dialog(command: Command) {
  return async (page: Page) => {
    await opened(...LOSS)(page);
    await press(page, command);
    await page.getByRole('dialog').waitFor();
  };
}

/** Two notes of the reader's own and one of somebody else, the second presented; then another key is pressed. */
async function notes(page: Page, key?: string): Promise<void> {
  await opened(...LOSS)(page);
  for (const text of ['A note with `code`, and https://example.org/.', 'Another note']) {
    await press(page, 'note');
    await page.getByRole('textbox', { name: 'Text of the note' }).fill(text);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('textbox', { name: 'Text of the note' }).waitFor({ state: 'detached' });
  }
  const at = { capture: 0, packet: 3, record: 1 };
  const theirs = { id: 'x1', anchor: { on: 'record', at }, to: null, text: 'Theirs \u202e', shape: 'star' };
  const file = { dtlscopeNotes: 1, notes: [{ ...theirs, judgement: null, author: 'Ann' }] };
  await letGo(page, [{ name: 'theirs.json', bytes: new TextEncoder().encode(JSON.stringify(file)) }]);
  await see(page, '1 note from theirs.json');
  await press(page, 'previousNote');
  await page.getByText(/^Note 3 of 3/).waitFor({ state: 'attached' });
  if (key) await page.keyboard.press(key);
}

async function commands(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Command line' }).click();
  await see(page, 'The same analysis in a terminal');
}

async function keysAlone(page: Page): Promise<void> {
  await dropSamples(page, LOSS[1]);
  await page.getByRole('button', { name: /^Keys/ }).waitFor();
}

async function picture(page: Page): Promise<void> {
  await letGo(page, [await jpeg(page)]);
  await see(page, /JPEG/);
}

/** The worker never answers. */
async function stalled(page: Page): Promise<void> {
  await page.reload();
  await page.route(/worker/, () => {});
  await page.locator('#root > *').first().waitFor();
  await dropSamples(page, ...LOSS);
  await page.getByRole('progressbar').waitFor();
}

async function noDtls(page: Page): Promise<void> {
  const bytes = bytesOf(LOSS[0]).slice(0, FILE_HEADER);
  await letGo(page, [{ name: 'empty.pcap', bytes }]);
  await see(page, 'No DTLS here');
}

/** With what asks a second time open. */
async function shareDialog(page: Page): Promise<void> {
  await opened(...LOSS)(page);
  await press(page, 'share');
  await page.getByRole('textbox', { name: 'The link', exact: true }).waitFor();
  await page.getByRole('radio', { name: /^Secrets of this association/ }).check();
  await see(page, /Confirm first/);
}

async function fromLink(page: Page): Promise<void> {
  await opened(LOSS[0])(page);
  await press(page, 'share');
  const link = await page.getByRole('textbox', { name: 'The link', exact: true }).inputValue();
  await page.goto('about:blank');
  await page.goto(link);
  await see(page, 'Shared trace');
  await see(page, /Flight 6\b/);
}
