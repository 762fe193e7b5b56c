/** Notes stay in the browser under what they are about, and two windows of one trace lose nothing. */
import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Anchor } from '../share/notes.ts';
import { connectNotes, NOT_KEPT, type NoteKeeper } from './notes-storage.ts';
import { notesSlice } from './store/notes.ts';
import { offlineSlice } from './store/offline.ts';
import { playbackSlice } from './store/playback.ts';
import { selectionSlice } from './store/selection.ts';
import { settingsSlice } from './store/settings.ts';
import { shareSlice } from './store/share.ts';
import type { State, Store } from './store/store.ts';
import { EMPTY_TRACE, traceSlice } from './store/trace.ts';

function newStore(): Store {
  return createStore<State>()((...with_) => ({
    ...traceSlice(...with_),
    ...selectionSlice(...with_),
    ...notesSlice(...with_),
    ...playbackSlice(...with_),
    ...settingsSlice(...with_),
    ...shareSlice(...with_),
    ...offlineSlice(...with_),
  }));
}

/** One browser with several windows. */
class Browser {
  readonly stored = new Map<string, unknown>();
  readonly windows: ((key: string) => void)[] = [];
  broken = false;
  author = '';

  keeper(): NoteKeeper {
    let own: (key: string) => void = () => {};
    return {
      load: async (key) => {
        if (this.broken) throw new Error('forbidden');
        return structuredClone(this.stored.get(key));
      },
      change: async (key, to) => {
        if (this.broken) throw new Error('full');
        this.stored.set(key, structuredClone(to(this.stored.get(key))));
      },
      tell: (key) => {
        for (const told of this.windows) if (told !== own) told(key);
      },
      hear: (told) => {
        own = told;
        this.windows.push(told);
      },
      readAuthor: () => this.author,
      writeAuthor: (author) => {
        this.author = author;
      },
    };
  }

  open(): Store {
    const store = newStore();
    connectNotes(store, this.keeper(), {
      identify: async (files) => files.map(({ name }) => name).join(),
      later: (work) => work(),
    });
    return store;
  }
}

const CAPTURE = {
  format: 'pcap',
  linkTypes: [1],
  packets: 1,
  firstTime: null,
  lastTime: null,
  udpDatagrams: 1,
  dtlsDatagrams: 1,
  dtlsRecords: 1,
  ipFragmentsReassembled: 0,
  problems: [],
};

function show(store: Store, name: string, comments: { packet: number; text: string }[] = []): Promise<void> {
  store.setState({
    files: [{ name, blob: new Blob([name]) }],
    trace: { ...EMPTY_TRACE, captures: [{ ...CAPTURE, name, comments }] },
  });
  return settled();
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
const ON: Anchor = { on: 'trace' };
const texts = (store: Store) => store.getState().notes.map(({ text }) => text);

function write(store: Store, text: string): Promise<void> {
  store.getState().startNote([ON]);
  store.getState().writeNote({ text });
  store.getState().saveDraft();
  return settled();
}

test('notes come back with their trace, and with no other', async () => {
  const browser = new Browser();
  const first = browser.open();
  await show(first, 'a.pcap');
  await write(first, 'about a');
  await show(first, 'b.pcap');
  expect(texts(first)).toEqual([]);
  const later = browser.open();
  await show(later, 'a.pcap');
  expect(texts(later)).toEqual(['about a']);
});

test('what is written before the trace is known again is kept too', async () => {
  const browser = new Browser();
  const one = browser.open();
  await show(one, 'a.pcap');
  await write(one, 'old');
  const other = browser.open();
  const known = show(other, 'a.pcap');
  other.getState().startNote([ON]);
  other.getState().writeNote({ text: 'early' });
  other.getState().saveDraft();
  await known;
  expect(texts(other).toSorted()).toEqual(['early', 'old']);
  expect(texts(browser.open())).toEqual([]);
});

test('two windows see each other’s notes and lose none', async () => {
  const browser = new Browser();
  const [a, b] = [browser.open(), browser.open()];
  await Promise.all([show(a, 'x.pcap'), show(b, 'x.pcap')]);
  await Promise.all([write(a, 'from a'), write(b, 'from b')]);
  await settled();
  expect(texts(a).toSorted()).toEqual(['from a', 'from b']);
  expect(texts(b)).toEqual(texts(a));
  const [note] = a.getState().notes;
  a.getState().deleteNote(note?.id ?? '');
  await settled();
  expect(texts(b)).toEqual(texts(a));
  expect(texts(b)).toHaveLength(1);
});

test('a draft is not lost when another trace takes the page', async () => {
  const browser = new Browser();
  const one = browser.open();
  await show(one, 'a.pcap');
  one.getState().startNote([ON]);
  one.getState().writeNote({ text: 'half a sent' });
  await show(one, 'b.pcap');
  expect(one.getState().draft).toBeNull();
  await show(one, 'a.pcap');
  expect(texts(one)).toEqual(['half a sent']);
});

test('where storage is full or forbidden one sentence says so, and notes stay', async () => {
  const browser = new Browser();
  const one = browser.open();
  await show(one, 'a.pcap');
  browser.broken = true;
  await write(one, 'first');
  await write(one, 'second');
  expect(texts(one)).toEqual(['first', 'second']);
  expect(one.getState().notices.map(({ text }) => text)).toEqual([NOT_KEPT]);
});

test('what somebody else put into storage does no harm', async () => {
  const browser = new Browser();
  browser.stored.set('notes:a.pcap', { evil: true });
  const one = browser.open();
  await show(one, 'a.pcap');
  await write(one, 'fine');
  const again = browser.open();
  await show(again, 'a.pcap');
  expect(texts(again)).toEqual(['fine']);
});

test('comments of packets come in as notes of others', async () => {
  const one = new Browser().open();
  await show(one, 'a.pcapng', [{ packet: 7, text: 'odd' }]);
  expect(one.getState().notes).toEqual([]);
  expect(one.getState().foreign).toMatchObject([
    {
      from: 'packet comments of a.pcapng',
      notes: [{ text: 'odd', anchor: { on: 'record', at: { capture: 0, packet: 7, record: 1 } } }],
    },
  ]);
});
