/** Notes of others: apart from the reader's own until they are kept, and never in place of one of them. */
import type { Note } from '../../share/notes.ts';
import { type NoteBook, same } from '../../share/notes-book.ts';
import { newId } from './note-draft.ts';

/** Notes that somebody else wrote: apart from the reader's until they are kept. */
export interface ForeignNotes {
  /** "the link", "a.json", "comments of a.pcapng". */
  readonly from: string;
  readonly notes: readonly Note[];
}

/** With those of `one` that are not among the reader's already; a name that is taken gives way to another. */
export function withForeign(
  foreign: readonly ForeignNotes[],
  { from, notes: theirs }: ForeignNotes,
  notes: readonly Note[],
): { readonly all: readonly ForeignNotes[]; readonly added: number } {
  const own = byId(notes);
  const others = foreign.filter((one) => one.from !== from);
  const used = new Set([...own.keys(), ...others.flatMap((one) => one.notes.map(({ id }) => id))]);
  const shown = theirs
    .filter((note) => !isThere(own.get(note.id), note))
    .map((note) => {
      const id = used.has(note.id) ? newId() : note.id;
      used.add(id);
      return id === note.id ? note : { ...note, id };
    });
  return { all: shown.length === 0 ? others : [...others, { from, notes: shown }], added: shown.length };
}

/** As the reader's own: those that are there already are left out. */
export function asOwn(theirs: readonly Note[], notes: readonly Note[], book: NoteBook): readonly Note[] {
  const own = byId(notes);
  return theirs
    .filter((note) => !isThere(own.get(note.id), note))
    .map((note) => (book.has(note.id) ? { ...note, id: newId() } : note));
}

/** What was kept before is the reader's own. */
export function withoutKept(foreign: readonly ForeignNotes[], own: readonly Note[]): readonly ForeignNotes[] {
  const ids = new Set(own.map(({ id }) => id));
  return foreign.flatMap(({ from, notes }) => {
    const left = notes.filter(({ id }) => !ids.has(id));
    return left.length === 0 ? [] : [{ from, notes: left }];
  });
}

export function isThere(own: Note | undefined, note: Note): boolean {
  return own !== undefined && same(own, note);
}

function byId(notes: readonly Note[]): ReadonlyMap<string, Note> {
  return new Map(notes.map((note) => [note.id, note]));
}
