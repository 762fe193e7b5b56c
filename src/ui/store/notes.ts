/** Notes: the reader's own, those of others, the one being written, and the way back. */
import type { StateCreator } from 'zustand';
import { type Anchor, type Judgement, MAX_NOTES, type Note, type NoteShape } from '../../share/notes.ts';
import { EMPTY_BOOK, merged, type NoteBook, notesIn, revised, same, stepped } from '../../share/notes-book.ts';

/** Notes that somebody else wrote: apart from the reader's until they are kept. */
export interface ForeignNotes {
  /** "the link", "a.json", "comments of a.pcapng". */
  readonly from: string;
  readonly notes: readonly Note[];
}

/** The note that is being written. */
export interface Draft {
  /** What is changed; null for a new note. */
  readonly was: Note | null;
  readonly anchor: Anchor;
  /** What else the note could be on. */
  readonly anchors: readonly Anchor[];
  readonly to: Anchor | null;
  readonly text: string;
  readonly shape: NoteShape;
  readonly judgement: Judgement | null;
  /** The reader pressed Esc although something is written. */
  readonly asking: boolean;
}

interface Step {
  readonly from: readonly Note[];
  readonly to: readonly Note[];
}

export interface NotesSlice {
  /** The reader's own, in order. What `book` shows. */
  readonly notes: readonly Note[];
  readonly book: NoteBook;
  readonly foreign: readonly ForeignNotes[];
  readonly draft: Draft | null;
  readonly author: string;
  /** Id of the note that is presented. */
  readonly shownNote: string | null;
  /** Part of the time, chosen in the lanes: ms since the first packet of the first capture. */
  readonly timeRange: { readonly fromMs: number; readonly toMs: number } | null;
  readonly noteSteps: { readonly past: readonly Step[]; readonly future: readonly Step[] };
  setAuthor(author: string): void;
  chooseTime(range: NotesSlice['timeRange']): void;
  /** The first anchor is what the note is on unless the reader chooses another. */
  startNote(anchors: readonly Anchor[], judgement?: Judgement | null): void;
  editNote(note: Note): void;
  writeNote(change: Partial<Pick<Draft, 'anchor' | 'to' | 'text' | 'shape' | 'judgement' | 'asking'>>): void;
  /** Asks first where something would be lost. */
  leaveDraft(): void;
  dropDraft(): void;
  /** Null where it was saved, else a sentence. */
  saveDraft(): string | null;
  /** Makes `notes` what it becomes, as a step that can be undone. */
  changeNotes(change: (notes: readonly Note[]) => readonly Note[]): void;
  deleteNote(id: string): void;
  moveNote(id: string, by: 1 | -1): void;
  /** Null takes the judgement back; a note that says more than that stays. Null, or a sentence why not. */
  judge(anchor: Anchor, judgement: Judgement | null): string | null;
  undoNotes(): boolean;
  redoNotes(): boolean;
  presentNote(id: string | null): void;
  /** Without those that are among the reader's already. How many are left. */
  addForeign(foreign: ForeignNotes): number;
  dropForeign(from: string): void;
  /** They become the reader's own. Null, or a sentence about those for which there is no room. */
  keepForeign(from: string): string | null;
  /** What storage or another window has. */
  mergeBook(book: NoteBook): void;
  /** Another trace. */
  clearNotes(): void;
}

const MOST_STEPS = 100;
export const FULL = `There are ${MAX_NOTES} notes, which is as many as a trace can have. Delete some first.`;
const NOTHING_WRITTEN = 'There is no text yet. Write what you want to say, or press Esc.';

const NONE: Pick<NotesSlice, 'notes' | 'book' | 'foreign' | 'draft' | 'shownNote' | 'timeRange' | 'noteSteps'> = {
  notes: [],
  book: EMPTY_BOOK,
  foreign: [],
  draft: null,
  shownNote: null,
  timeRange: null,
  noteSteps: { past: [], future: [] },
};

export const notesSlice: StateCreator<NotesSlice> = (set, get) => {
  const become = (notes: readonly Note[]) =>
    set((s) => {
      const book = revised(s.book, notes);
      return { book, notes: notesIn(book) };
    });
  const take = (way: 'past' | 'future'): boolean => {
    const { noteSteps, notes } = get();
    const step = noteSteps[way].at(-1);
    if (!step) return false;
    const [from, to] = way === 'past' ? [step.to, step.from] : [step.from, step.to];
    become(stepped(notes, from, to));
    const rest = noteSteps[way].slice(0, -1);
    set(
      way === 'past'
        ? { noteSteps: { past: rest, future: [...noteSteps.future, step] } }
        : { noteSteps: { past: [...noteSteps.past, step], future: rest } },
    );
    return true;
  };
  /** Whoever begins another note loses nothing of this one. */
  const keepDraft = () => {
    const { draft, saveDraft } = get();
    if (draft && isChanged(draft)) saveDraft();
  };
  return {
    ...NONE,
    author: '',
    setAuthor: (author) => set({ author }),
    chooseTime: (timeRange) => set({ timeRange }),
    startNote(anchors, judgement = null) {
      const [anchor] = anchors;
      if (!anchor) return;
      keepDraft();
      set({
        draft: { was: null, anchor, anchors, to: null, text: '', shape: 'square', judgement, asking: false },
      });
    },
    editNote(note) {
      keepDraft();
      set({
        draft: {
          was: note,
          anchor: note.anchor,
          anchors: [note.anchor],
          to: note.to,
          text: note.text,
          shape: note.shape,
          judgement: note.judgement,
          asking: false,
        },
      });
    },
    writeNote: (change) => set(({ draft }) => ({ draft: draft && { ...draft, asking: false, ...change } })),
    leaveDraft: () =>
      set(({ draft }) => ({ draft: draft && isChanged(draft) && !draft.asking ? { ...draft, asking: true } : null })),
    dropDraft: () => set({ draft: null }),
    saveDraft() {
      const { draft, author, notes, changeNotes } = get();
      if (!draft) return null;
      if (draft.text.trim() === '' && draft.judgement !== 'confirmed') return NOTHING_WRITTEN;
      if (!draft.was && notes.length >= MAX_NOTES) return FULL;
      const { was, anchor, to, text, shape, judgement } = draft;
      const note: Note = {
        id: was?.id ?? newId(),
        anchor,
        to,
        text: text.replace(/\r\n?/g, '\n').trimEnd(),
        shape,
        judgement,
        author: was?.author || author.trim(),
      };
      changeNotes((all) =>
        all.some(({ id }) => id === note.id) ? all.map((one) => (one.id === note.id ? note : one)) : [...all, note],
      );
      set({ draft: null, timeRange: null });
      return null;
    },
    changeNotes(change) {
      const from = get().notes;
      const to = change(from);
      if (to.length === from.length && to.every((note, i) => note === from[i])) return;
      become(to);
      set(({ noteSteps: { past } }) => ({
        noteSteps: { past: [...past, { from, to }].slice(-MOST_STEPS), future: [] },
      }));
    },
    deleteNote(id) {
      get().changeNotes((notes) => notes.filter((note) => note.id !== id));
      set(({ shownNote, draft }) => ({
        shownNote: shownNote === id ? null : shownNote,
        draft: draft?.was?.id === id ? null : draft,
      }));
    },
    moveNote(id, by) {
      get().changeNotes((notes) => {
        const at = notes.findIndex((note) => note.id === id);
        const [note, other] = [notes[at], notes[at + by]];
        if (!note || !other) return notes;
        return notes.map((one, i) => (i === at ? other : i === at + by ? note : one));
      });
    },
    judge(anchor, judgement) {
      const before = get().notes.find((note) => note.judgement !== null && isSameAnchor(note.anchor, anchor));
      if (!before && judgement !== null && get().notes.length >= MAX_NOTES) return FULL;
      get().changeNotes((notes) => {
        if (judgement === null && before?.text === '') return notes.filter((note) => note !== before);
        if (before) return notes.map((note) => (note === before ? { ...note, judgement } : note));
        if (judgement === null) return notes;
        const author = get().author.trim();
        return [...notes, { id: newId(), anchor, to: null, text: '', shape: 'square', judgement, author }];
      });
      return null;
    },
    undoNotes: () => take('past'),
    redoNotes: () => take('future'),
    presentNote: (shownNote) => set({ shownNote }),
    addForeign({ from, notes: theirs }) {
      const { notes, foreign } = get();
      const own = new Map(notes.map((note) => [note.id, note]));
      const others = foreign.filter((one) => one.from !== from);
      const used = new Set([...own.keys(), ...others.flatMap((one) => one.notes.map(({ id }) => id))]);
      const shown = theirs
        .filter((note) => !isThere(own.get(note.id), note))
        .map((note) => (used.has(note.id) ? { ...note, id: newId() } : note));
      set({ foreign: shown.length === 0 ? others : [...others, { from, notes: shown }] });
      return shown.length;
    },
    dropForeign: (name) => set(({ foreign }) => ({ foreign: foreign.filter(({ from }) => from !== name) })),
    keepForeign(name) {
      const { foreign, notes, changeNotes, dropForeign } = get();
      const theirs = foreign.find(({ from }) => from === name)?.notes ?? [];
      const own = new Map(notes.map((note) => [note.id, note]));
      const used = get().book;
      const fresh = theirs
        .filter((note) => !isThere(own.get(note.id), note))
        .map((note) => (used.has(note.id) ? { ...note, id: newId() } : note));
      const room = MAX_NOTES - notes.length;
      if (fresh.length > room)
        return `A trace can have ${MAX_NOTES} notes, and there is room for ${room} more, not for ${fresh.length}. Delete some first.`;
      changeNotes((all) => [...all, ...fresh]);
      dropForeign(name);
      return null;
    },
    mergeBook: (other) =>
      set((s) => {
        const book = merged(s.book, other);
        const notes = notesIn(book);
        const same = notes.length === s.notes.length && notes.every((note, i) => isThere(s.notes[i], note));
        return same ? { book } : { book, notes, foreign: withoutKept(s.foreign, notes) };
      }),
    clearNotes: () => set(NONE),
  };
};

/** What a share may carry: the reader's own, with places that mean the same where headers are left out. */
export function notesToShare({ notes }: Pick<NotesSlice, 'notes'>): readonly Note[] {
  return notes.map((note) => ({ ...note, anchor: shared(note.anchor), to: note.to && shared(note.to) }));
}

/** All that are shown, in the order of the tour: others' notes after the reader's. */
export function allNotes({ notes, foreign }: Pick<NotesSlice, 'notes' | 'foreign'>): readonly Note[] {
  return foreign.length === 0 ? notes : [...notes, ...foreign.flatMap((one) => one.notes)];
}

export function isSameAnchor(a: Anchor, b: Anchor): boolean {
  return JSON.stringify(a, ANCHOR_FIELDS) === JSON.stringify(b, ANCHOR_FIELDS);
}

const ANCHOR_FIELDS = [
  ...['on', 'at', 'capture', 'packet', 'record', 'buffer', 'from', 'to', 'flight', 'transmission'],
  ...['name', 'fromMs', 'toMs', 'rule'],
];

/** Bytes before a record do not leave with it. */
function shared(anchor: Anchor): Anchor {
  return anchor.on === 'bytes' && anchor.buffer === 'packet' ? { on: 'record', at: anchor.at } : anchor;
}

function isChanged({ was, text, shape, to, anchor }: Draft): boolean {
  if (!was) return text.trim() !== '';
  return text !== was.text || shape !== was.shape || to !== was.to || anchor !== was.anchor;
}

function isThere(own: Note | undefined, note: Note): boolean {
  return own !== undefined && same(own, note);
}

/** What was kept before is the reader's own. */
function withoutKept(foreign: readonly ForeignNotes[], own: readonly Note[]): readonly ForeignNotes[] {
  const ids = new Set(own.map(({ id }) => id));
  return foreign.flatMap(({ from, notes }) => {
    const left = notes.filter(({ id }) => !ids.has(id));
    return left.length === 0 ? [] : [{ from, notes: left }];
  });
}

/** Letters and digits that nobody else has. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(14)), (byte) => (byte % 36).toString(36)).join('');
}
