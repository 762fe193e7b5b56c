/**
 * The notes of one trace as they are kept: each with a revision, so that two windows, or a file and a window, can be
 * merged without losing anything. What was deleted stays as an empty place, else another window would bring it back.
 */
import { readNote } from './note-shape.ts';
import type { Note } from './notes.ts';
import { list, record, truth, whole } from './shape.ts';

export interface KeptNote {
  readonly note: Note;
  /** Rises with every change. */
  readonly revision: number;
  /** Notes are shown in ascending order of this. */
  readonly place: number;
  readonly gone: boolean;
}

/** By id. */
export type NoteBook = ReadonlyMap<string, KeptNote>;

export const EMPTY_BOOK: NoteBook = new Map();

export function notesIn(book: NoteBook): readonly Note[] {
  return [...book.values()]
    .filter(({ gone }) => !gone)
    .toSorted(inOrder)
    .map(({ note }) => note);
}

/** The book after `wanted` took the place of what it showed: revisions rise only where something changed. */
export function revised(book: NoteBook, wanted: readonly Note[]): NoteBook {
  const next = new Map(book);
  const places = placesFor(book, wanted);
  for (const [i, note] of wanted.entries()) {
    const before = book.get(note.id);
    const place = places[i] ?? i;
    if (before && !before.gone && before.place === place && same(before.note, note)) continue;
    next.set(note.id, { note, place, gone: false, revision: (before?.revision ?? 0) + 1 });
  }
  const kept = new Set(wanted.map(({ id }) => id));
  for (const [id, before] of book)
    if (!kept.has(id) && !before.gone)
      next.set(id, { ...before, note: { ...before.note, text: '' }, gone: true, revision: before.revision + 1 });
  return next;
}

/** Of each note the newer state. The same whichever way around. */
export function merged(a: NoteBook, b: NoteBook): NoteBook {
  const all = new Map(a);
  for (const [id, other] of b) {
    const own = all.get(id);
    if (!own || isNewer(other, own)) all.set(id, other);
  }
  return all;
}

/**
 * What `current` becomes when the step from `from` to `to` is taken: notes that came from elsewhere meanwhile stay, what
 * elsewhere was deleted stays deleted.
 */
export function stepped(current: readonly Note[], from: readonly Note[], to: readonly Note[]): readonly Note[] {
  const [now, before, after] = [byId(current), byId(from), byId(to)];
  const result = to.flatMap((note) => {
    const old = before.get(note.id);
    if (!old) return [note];
    const own = now.get(note.id);
    if (!own) return [];
    return [same(old, note) ? own : note];
  });
  const strangers = current.filter(({ id }) => !before.has(id) && !after.has(id));
  return [...result, ...strangers];
}

/** Throws `Damaged`. */
export function readBook(stored: unknown): NoteBook {
  return new Map(readKept(stored).map((kept) => [kept.note.id, kept]));
}

export function writtenBook(book: NoteBook): readonly KeptNote[] {
  return [...book.values()];
}

const PLACE = whole(0, Number.MAX_SAFE_INTEGER);
const readKept = list(
  record<KeptNote>({ note: readNote, revision: PLACE, place: PLACE, gone: truth }),
  // Empty places count too.
  20_000,
);

export function same(a: Note, b: Note): boolean {
  return a === b || JSON.stringify(a, FIELDS) === JSON.stringify(b, FIELDS);
}

/** In a fixed order, whatever order the fields of either have. */
const FIELDS = [
  ...['id', 'anchor', 'to', 'text', 'shape', 'judgement', 'author'],
  ...['on', 'at', 'capture', 'packet', 'record', 'buffer', 'from', 'flight', 'transmission'],
  ...['name', 'fromMs', 'toMs', 'rule'],
];

function byId(notes: readonly Note[]): ReadonlyMap<string, Note> {
  return new Map(notes.map((note) => [note.id, note]));
}

/** Places that ascend: those the notes have where they do, else the same places dealt out anew. */
function placesFor(book: NoteBook, wanted: readonly Note[]): readonly number[] {
  let next = Math.max(0, ...[...book.values()].map(({ place }) => place + 1));
  const places = wanted.map(({ id }) => {
    const before = book.get(id);
    return before ? before.place : next++;
  });
  const ascends = places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0));
  if (ascends) return places;
  const sorted = places.toSorted((a, b) => a - b);
  const distinct = sorted.every((place, i) => i === 0 || place > (sorted[i - 1] ?? 0));
  return distinct ? sorted : wanted.map((_, i) => next + i);
}

function inOrder(a: KeptNote, b: KeptNote): number {
  return a.place - b.place || (a.note.id < b.note.id ? -1 : 1);
}

/** Of two states of one revision the one that says more survives, so that both windows choose the same. */
function isNewer(a: KeptNote, b: KeptNote): boolean {
  if (a.revision !== b.revision) return a.revision > b.revision;
  if (a.gone !== b.gone) return b.gone;
  const [x, y] = [a, b].map(({ note, place }) => `${JSON.stringify(note, FIELDS)} ${place}`);
  return (x ?? '') > (y ?? '');
}
