/**
 * Keeps the reader's notes in the browser, under an identity of the captures that they are about. Each write merges
 * with what is there in one transaction, and tells other windows: so that two that have the same trace open lose nothing.
 */
import { get, update } from 'idb-keyval';
import { MAX_AUTHOR_LENGTH } from '../share/notes.ts';
import { EMPTY_BOOK, merged, type NoteBook, readBook, same, writtenBook } from '../share/notes-book.ts';
import type { InputFile } from '../worker/protocol.ts';
import { sameCaptures } from './same.ts';
import { hasCapture } from './store/selectors.ts';
import type { State, Store } from './store/store.ts';

/** What is used of the browser, so that tests can stand in for it. */
export interface NoteKeeper {
  load(key: string): Promise<unknown>;
  /** In one transaction. */
  change(key: string, to: (stored: unknown) => unknown): Promise<void>;
  /** Tells other windows, and hears them. */
  tell(key: string): void;
  hear(told: (key: string) => void): void;
  readAuthor(): string;
  writeAuthor(author: string): void;
}

export interface NoteSources {
  /** Null where it cannot be told. */
  readonly identify: (captures: readonly InputFile[]) => Promise<string | null>;
  readonly later: (work: () => void, ms: number) => void;
}

export const NOT_KEPT =
  'The browser keeps no notes here: its storage is full or forbidden. They stay until this tab is closed; export them under Notes.';
/** Late enough not to delay the first look at a trace. */
const LOOK_AFTER_MS = 400;

export function connectNotes(store: Store, keeper: NoteKeeper, { identify, later }: NoteSources): void {
  /** Of what is open, once it is known. */
  let key: string | null = null;
  /** Counts traces, so that answers about an earlier one are not taken for this one's. */
  let opened = 0;
  let complained = false;
  /** What storage is known to have, so that it is not written back. */
  let stored: NoteBook = EMPTY_BOOK;

  store.setState({ author: keeper.readAuthor().slice(0, MAX_AUTHOR_LENGTH) });
  store.subscribe((state, before) => {
    if (state.trace !== before.trace && !isSameTrace(before, state)) begin();
    else if (state.book !== before.book) save();
    if (state.author !== before.author) keeper.writeAuthor(state.author);
  });
  keeper.hear((told) => {
    if (told === key) void load(told, opened);
  });

  function begin(): void {
    keepDraft();
    key = null;
    stored = EMPTY_BOOK;
    const turn = ++opened;
    store.getState().clearNotes();
    const { shared, trace } = store.getState();
    if (shared && shared.notes.length > 0)
      store.getState().addForeign({ from: shared.from === 'file' ? shared.file : 'the link', notes: shared.notes });
    for (const comments of commentsOf(trace)) store.getState().addForeign(comments);
    if (!hasCapture(store.getState())) return;
    later(() => void find(turn), LOOK_AFTER_MS);
  }

  /** What is being written about a trace that is about to leave the page. */
  function keepDraft(): void {
    if (store.getState().draft) store.getState().saveDraft();
  }

  async function find(turn: number): Promise<void> {
    const { shared, files, trace } = store.getState();
    const captures = trace.captures.flatMap(({ name }) => files.find((file) => file.name === name) ?? []);
    const identity = shared ? shared.id : captures.length < trace.captures.length ? null : await identify(captures);
    if (turn !== opened || identity === null) return;
    key = `notes:${identity}`;
    await load(key, turn);
    save();
  }

  async function load(from: string, turn: number): Promise<void> {
    try {
      const book = bookOf(await keeper.load(from));
      if (turn !== opened) return;
      stored = merged(stored, book);
      store.getState().mergeBook(book);
    } catch {
      complain();
    }
  }

  function save(): void {
    const { book } = store.getState();
    if (key === null || book === stored || isCovered(book, stored)) return;
    const to = key;
    stored = book;
    keeper.change(to, (old) => writtenBook(merged(bookOf(old), book))).then(() => keeper.tell(to), complain);
  }

  function complain(): void {
    if (!complained) store.getState().notify(NOT_KEPT);
    complained = true;
  }
}

function isSameTrace(before: State, after: State): boolean {
  return (before.shared?.id ?? null) === (after.shared?.id ?? null) && sameCaptures(before.trace, after.trace);
}

function isCovered(book: NoteBook, stored: NoteBook): boolean {
  return [...book].every(([id, kept]) => {
    const has = stored.get(id);
    if (!has || has === kept) return has === kept;
    return (
      has.revision === kept.revision && has.place === kept.place && has.gone === kept.gone && same(has.note, kept.note)
    );
  });
}

/** Nothing where another version, or somebody, wrote what makes no sense. */
function bookOf(value: unknown): NoteBook {
  try {
    return value === undefined ? EMPTY_BOOK : readBook(value);
  } catch {
    return EMPTY_BOOK;
  }
}

function commentsOf({ captures }: State['trace']): State['foreign'] {
  return captures.flatMap(({ name, comments }, capture) =>
    comments && comments.length > 0
      ? [
          {
            from: `packet comments of ${name}`,
            notes: comments.map(({ packet, text }, i) => ({
              id: `c${capture}-${packet}-${i}`,
              anchor: { on: 'record' as const, at: { capture, packet, record: 1 } },
              to: null,
              text,
              shape: 'square' as const,
              judgement: null,
              author: '',
            })),
          },
        ]
      : [],
  );
}

const AUTHOR = 'dtlscope.author';
const CHANNEL = 'dtlscope.notes';

/** IndexedDB, and a channel between the windows of this browser. */
export function browserKeeper(): NoteKeeper {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);
  return {
    // Where storage is forbidden, asking for it throws at once.
    load: async (key) => await get(key),
    change: async (key, to) => await update(key, to),
    tell: (key) => channel?.postMessage(key),
    hear(told) {
      channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (typeof data === 'string') told(data);
      });
    },
    readAuthor() {
      try {
        return localStorage.getItem(AUTHOR) ?? '';
      } catch {
        return '';
      }
    },
    writeAuthor(author) {
      try {
        localStorage.setItem(AUTHOR, author);
      } catch {
        // Storage may be forbidden; it then lasts as long as the page.
      }
    },
  };
}
