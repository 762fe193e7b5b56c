/** Notes: the reader's own, those of others, the one being written, and the way back. */
import type { StateCreator } from 'zustand';
import { type Anchor, type Judgement, MAX_NOTES, type Note } from '../../share/notes.ts';
import { EMPTY_BOOK, merged, type NoteBook, notesIn, revised, stepped } from '../../share/notes-book.ts';
import { asOwn, type ForeignNotes, isThere, withForeign, withoutKept } from './foreign-notes.ts';
import { type Draft, isChanged, isSameAnchor, newId } from './note-draft.ts';

export type { Draft, ForeignNotes };

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
    addForeign(one) {
      const { notes, foreign } = get();
      const { all, added } = withForeign(foreign, one, notes);
      set({ foreign: all });
      return added;
    },
    dropForeign: (name) => set(({ foreign }) => ({ foreign: foreign.filter(({ from }) => from !== name) })),
    keepForeign(name) {
      const { foreign, notes, changeNotes, dropForeign } = get();
      const theirs = foreign.find(({ from }) => from === name)?.notes ?? [];
      const fresh = asOwn(theirs, notes, get().book);
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

/** Bytes before a record do not leave with it. */
function shared(anchor: Anchor): Anchor {
  return anchor.on === 'bytes' && anchor.buffer === 'packet' ? { on: 'record', at: anchor.at } : anchor;
}
