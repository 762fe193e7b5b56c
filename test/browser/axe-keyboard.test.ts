/** The page without a mouse: every stop of Tab has a name and a ring, nothing traps the focus, and every shortcut works. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { type Command, SHORTCUTS } from '../../src/ui/keyboard.ts';
import { focus, describe as inWords, type Stop, walk } from './axe-focus.ts';
import { jpeg, drop as letGo, see, test, type View } from './page.ts';
import { keysOf, opened, press } from './screens.ts';

const SEVERAL = [
  'openssl-loss-final-flight-x3.client.pcap',
  'openssl-loss-final-flight-x3.keys',
  'openssl-fail-unknown-ca.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'wolfssl13-clean-aes128gcm.keys',
] as const;
const several = opened(...SEVERAL);

const LOW: View = { width: 1440, height: 620 };
const MIDDLE: View = { width: 900, height: 800 };
const NARROW: View = { width: 390, height: 844 };

describe.concurrent('Tab', () => {
  const walks: readonly (readonly [string, View | undefined, (page: Page) => Promise<void>])[] = [
    ['start', undefined, async () => {}],
    ['workspace', undefined, several],
    ['workspace, low window', LOW, several],
    ['workspace, middle', MIDDLE, several],
    ['workspace, narrow', NARROW, several],
    ['table', undefined, shown('table')],
    ['application data', undefined, shown('data')],
    ['statistics', undefined, shown('statistics')],
    ['keys', undefined, shown('keys')],
    ['help', undefined, shown('help')],
  ];

  // Some hundred stops, there and back, each asked after: long where several run on a busy machine.
  test.for(walks)('%s', { timeout: 240_000 }, async ([, view, reach], { open }) => {
    const { page } = await open(view);
    await reach(page);
    await settled(page);
    const forth = await walk(page, 'Tab');
    expect(forth.length).toBeGreaterThan(1);
    expect(forth.filter(({ name }) => name.trim() === '').map(inWords), 'without a name').toEqual([]);
    expect(forth.filter(({ visible }) => !visible).map(inWords), 'not to be seen').toEqual([]);
    expect(twice(forth), 'reached twice').toEqual([]);
    const back = await walk(page, 'Shift+Tab');
    expect(turned(back, forth[0]), 'backwards').toEqual(forth.map(inWords));
  });
});

describe.concurrent('F6', () => {
  const ZONES = ['list', 'diagram', 'strip', 'inspector', 'list'];

  test.for([undefined, MIDDLE, NARROW])('goes round in a window of %o', async (view, { open }) => {
    const { page } = await open(view);
    await several(page);
    await page.keyboard.press('F6');
    for (const zone of ZONES) {
      await inZone(page, zone);
      expect((await focus(page))?.visible, zone).toBe(true);
      await page.keyboard.press('F6');
    }
    await inZone(page, 'diagram');
    await page.keyboard.press('Shift+F6');
    await inZone(page, 'list');
    await page.keyboard.press('Shift+F6');
    await inZone(page, 'inspector');
  });
});

describe.concurrent('arrows', () => {
  const WIDGETS: readonly (readonly [string, string])[] = [
    ['[role=grid][aria-label=Associations]', 'ArrowDown'],
    ['.side-tabs [role=tab][tabindex="0"]', 'ArrowRight'],
    ['[role=option][tabindex="0"]', 'ArrowUp'],
    ['[role=tree]', 'ArrowDown'],
    ['.buffers [role=tab][tabindex="0"]', 'ArrowRight'],
    ['[role=application]', 'ArrowRight'],
  ];

  test.for(WIDGETS)('%s', async ([selector, key], { open }) => {
    const { page } = await open();
    await several(page);
    await page.locator(selector).first().focus();
    const before = await look(page);
    await page.keyboard.press(key);
    await until('the arrow does something', async () => (await look(page)) !== before);
    // What was asked of the worker has come, and the focus is where it was or on what it moved to.
    const stop = await focus(page);
    expect(stop?.visible, stop ? inWords(stop) : 'the focus is lost').toBe(true);
  });
});

describe.concurrent('dialogs', () => {
  const DIALOGS: readonly Command[] = ['keys', 'help'];

  test.for(DIALOGS)('%s gives the focus back', async (command, { open }) => {
    const { page } = await open();
    await several(page);
    for (const close of ['Escape', 'Enter on Close']) {
      await page.locator('[role=option][tabindex="0"]').focus();
      const before = await focus(page);
      await press(page, command);
      await page.getByRole('dialog').waitFor();
      await until('the dialog has the focus', async () => (await focus(page))?.inDialog === true);
      if (close === 'Escape') await page.keyboard.press('Escape');
      else {
        await page.getByRole('button', { name: 'Close', exact: true }).focus();
        await page.keyboard.press('Enter');
      }
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect((await focus(page))?.where, close).toBe(before?.where);
    }
  });
});

describe.concurrent('shortcuts', () => {
  /** Where a command needs more than an association in the middle of the list, and a record in its middle. */
  const FIRST: Partial<Record<Command, (page: Page) => Promise<void>>> = {
    enter: (page) => page.locator('[role=grid][aria-label=Associations]').focus(),
    sequence: (page) => press(page, 'table'),
    nextRetransmission: withRepeats,
    previousRetransmission: async (page) => {
      await withRepeats(page);
      await settled(page);
      await press(page, 'nextRetransmission');
      await press(page, 'nextRetransmission');
    },
    nextUndecryptable: async (page) => {
      await withRepeats(page);
      await settled(page);
      await press(page, 'forgetKeys');
    },
    zoomOut: (page) => press(page, 'zoomIn'),
    zoomReset: (page) => press(page, 'zoomIn'),
    // On a row the space bar is the row's.
    play: (page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur()),
    nextNote: writeNote,
    previousNote: writeNote,
    undoNotes: writeNote,
    redoNotes: async (page) => {
      await writeNote(page);
      await press(page, 'undoNotes');
    },
    escape: async (page) => {
      await letGo(page, [await jpeg(page)]);
      await see(page, /JPEG/);
    },
  };

  test.for(SHORTCUTS)('$key does what $command is for', async (shortcut, { open }) => {
    const { page } = await open();
    // The browser is told to hand file dialogs over, which takes it a moment: long before one opens.
    let dialogs = 0;
    page.on('filechooser', () => dialogs++);
    await several(page);
    const second = page.locator('[role=grid] [role=row][aria-rowindex="3"]');
    await second.click();
    await until('it is selected', async () => (await second.getAttribute('aria-selected')) === 'true');
    await settled(page);
    await page.getByRole('option').nth(2).click();
    await FIRST[shortcut.command]?.(page);
    if (shortcut.command === 'open') {
      await page.keyboard.press(keysOf(shortcut));
      await until('a file dialog opens', async () => dialogs === 1);
      return;
    }
    await settled(page);
    const before = await look(page);
    await page.keyboard.press(keysOf(shortcut));
    await until(shortcut.does || shortcut.command, async () => (await look(page)) !== before);
  });
});

/** All that can be seen of the page, in short. */
async function look(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    const focused = at ? `${at.localName} ${at.id} ${at.className} ${at.getAttribute('aria-label')}` : '';
    let sum = 0;
    for (const letter of document.documentElement.outerHTML) sum = (sum * 31 + letter.charCodeAt(0)) | 0;
    return [sum, location.hash, focused, document.title].join(' ');
  });
}

/** As `expect.poll`, which tests that run beside each other cannot use from a function. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 80; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`It never came true: ${what}`);
}

function inZone(page: Page, zone: string): Promise<void> {
  return until(`the focus is in ${zone}`, async () => (await focus(page))?.zone === zone);
}

/** Waits until nothing changes any more. */
async function settled(page: Page): Promise<void> {
  let last = '';
  await until('the page comes to rest', async () => {
    const now = await look(page);
    const same = now === last;
    last = now;
    return same;
  });
}

async function writeNote(page: Page): Promise<void> {
  await press(page, 'note');
  await page.getByRole('textbox', { name: 'Text of the note' }).fill('seen');
  await page.keyboard.press('Control+Enter');
  await page.locator('.note-margin .note-pin-button').waitFor();
}

async function withRepeats(page: Page): Promise<void> {
  await page.getByRole('row', { name: /7 018/ }).click();
}

function shown(command: Command): (page: Page) => Promise<void> {
  return async (page) => {
    await several(page);
    await press(page, command);
  };
}

/** The same round the other way, from the same place. */
function turned(stops: readonly Stop[], first: Stop | undefined): readonly string[] {
  const round = [...stops].reverse();
  const at = round.findIndex(({ where }) => where === first?.where);
  return [...round.slice(at), ...round.slice(0, at)].map(inWords);
}

function twice(stops: readonly Stop[]): readonly string[] {
  return stops.filter(({ where }, i) => stops.findIndex((other) => other.where === where) < i).map(inWords);
}
