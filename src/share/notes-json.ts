/** Notes as a JSON file, for those who have the capture. */
import { readNotes } from './note-shape.ts';
import type { Note } from './notes.ts';
import { Damaged } from './varint.ts';

/** The name of the field that tells such a file apart, and the version of its form. */
const MARK = 'dtlscopeNotes';
const VERSION = 1;
/** No file of notes is longer: 500 notes of 2 000 characters, written with escapes. */
export const LONGEST_NOTES_FILE = 16 << 20;

/** `captures`: names of what the notes are about, for the eyes of people. */
export function notesJson(notes: readonly Note[], captures: readonly string[], generator: string): string {
  return `${JSON.stringify({ [MARK]: VERSION, generator, captures, notes }, null, 2)}\n`;
}

/** Throws `Damaged`: a sentence that follows "The file". */
export function readNotesJson(file: string): readonly Note[] {
  const parsed = parse(file);
  const version = parsed.get(MARK);
  if (version !== VERSION)
    throw new Damaged(
      typeof version === 'number' && version > VERSION
        ? `has notes of version ${version}, and this page knows version ${VERSION}`
        : 'has no notes of DTLScope',
    );
  return named(readNotes(parsed.get('notes')));
}

/** Of its first characters. */
export function looksLikeNotesJson(head: string): boolean {
  return /^\s*\{\s*"dtlscopeNotes"\s*:/.test(head);
}

/** Two notes of one name are one note: the first. */
export function named(notes: readonly Note[]): readonly Note[] {
  const names = new Set<string>();
  return notes.filter(({ id }) => !names.has(id) && names.add(id));
}

function parse(file: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(file);
    if (typeof value === 'object' && value !== null) return new Map(Object.entries(value));
  } catch {
    // Said below.
  }
  throw new Damaged('is no JSON');
}
