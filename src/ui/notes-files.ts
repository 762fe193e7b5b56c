/** Notes that come and go as files: told apart by content, whatever their name. */
import { version } from '../../package.json';
import { counted } from '../present/association-row.ts';
import { anchorWords } from '../present/note-words.ts';
import type { Note } from '../share/notes.ts';
import { LONGEST_NOTES_FILE, looksLikeNotesJson, notesJson, readNotesJson } from '../share/notes-json.ts';
import { looksLikeNotesMarkdown, notesMarkdown, readNotesMarkdown } from '../share/notes-markdown.ts';
import { Damaged } from '../share/varint.ts';
import type { InputFile } from '../worker/protocol.ts';
import { bytesOf, headOf } from '../worker/unreadable.ts';
import { noteNames } from './store/note-selectors.ts';
import { hasCapture } from './store/selectors.ts';
import { useStore } from './store/store.ts';
import { saveFile } from './views/export/save.ts';

const HEAD_BYTES = 4096;

/** Takes the files of notes out, and hands on the others. */
export async function withoutNotes(files: readonly InputFile[]): Promise<readonly InputFile[]> {
  const kinds = await Promise.all(files.map(kindOf));
  const captures = files.filter((_, i) => kinds[i] === null);
  for (const [i, file] of files.entries()) {
    const kind = kinds[i];
    if (kind) await take(file, kind, captures.length > 0);
  }
  return captures;
}

type Kind = 'json' | 'markdown';

async function kindOf({ blob }: InputFile): Promise<Kind | null> {
  if (blob.size > LONGEST_NOTES_FILE) return null;
  const start = await headOf(blob, HEAD_BYTES);
  if (start === null) return null;
  const head = new TextDecoder().decode(start);
  if (looksLikeNotesJson(head)) return 'json';
  return looksLikeNotesMarkdown(head) ? 'markdown' : null;
}

async function take({ name, blob }: InputFile, kind: Kind, opening: boolean): Promise<void> {
  const state = useStore.getState();
  if (opening || !hasCapture(state)) {
    state.notify(`${name} has notes. Open the capture that they are about first, then this file.`);
    return;
  }
  try {
    const bytes = await bytesOf(blob).catch((error: Error) => error.message);
    if (typeof bytes === 'string') return state.notify(`${name} could not be read: ${bytes}.`);
    const text = new TextDecoder().decode(bytes);
    const notes = kind === 'json' ? readNotesJson(text) : readNotesMarkdown(text);
    if (notes.length === 0) state.notify(`${name} has no notes in it.`);
    else if (state.addForeign({ from: name, notes }) === 0)
      state.notify(`All notes of ${name} are among yours already.`);
    state.showSide('notes');
    state.showZone('list');
  } catch (failure) {
    if (!(failure instanceof Damaged)) throw failure;
    state.notify(`${name} could not be read: it ${failure.message}.`);
  }
}

/** One sentence on what came of it. */
export function exportNotes(kind: Kind): string {
  const state = useStore.getState();
  const { notes, trace } = state;
  const captures = trace.captures.map(({ name }) => name);
  const stem = `${(captures[0] ?? 'trace').replace(/\.[^.]*$/, '')}.notes`;
  const [name, type, text] =
    kind === 'json'
      ? [`${stem}.json`, 'application/json', notesJson(notes, captures, `dtlscope ${version}`)]
      : [`${stem}.md`, 'text/markdown', markdown(notes)];
  saveFile(name, new Blob([text], { type }));
  return `Saved ${name}, ${counted(notes.length, 'note')}.`;
}

function markdown(notes: readonly Note[]): string {
  const state = useStore.getState();
  const names = noteNames(state);
  const on = state.trace.captures.map(({ name }) => name).join(' and ');
  return notesMarkdown(notes, `Notes on ${on}`, ({ anchor, to }) => {
    const here = anchorWords(anchor, names);
    return to ? `${here} → ${anchorWords(to, names)}` : here;
  });
}
