/** One note of the list: the whole of it leads to its place; beside it what can be done with one's own. */
import { type KeyboardEvent, memo } from 'react';
import type { NumberedNote } from '../../../present/note-places.ts';
import { anchorWords } from '../../../present/note-words.ts';
import { oneLine } from '../../../share/notes-text.ts';
import { goToAnchor, goToNote } from '../../note-tour.ts';
import { noteNames } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';
import { NoteText } from './NoteText.tsx';
import { PinOf } from './Pin.tsx';

interface Props {
  readonly one: NumberedNote;
  /** There is no own note after it. */
  readonly last: boolean;
}

export const NoteItem = memo(function NoteItem({ one, last }: Props) {
  const { note, number, foreign } = one;
  const { editNote, deleteNote, moveNote, showZone } = useStore.getState();
  const here = useStore((s) => s.shownNote === note.id);
  const names = useStore(noteNames);
  const where = anchorWords(note.anchor, names);
  const edit = () => {
    showZone('diagram');
    editNote(note);
  };
  const move = (by: 1 | -1, then: string) => {
    moveNote(note.id, by);
    // What moves in the list loses the focus.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-note="${note.id}"] ${then}`)?.focus());
  };
  const pressed = (event: KeyboardEvent) => {
    if (foreign) return;
    if (event.altKey && event.key === 'ArrowUp') move(-1, '.note-go');
    else if (event.altKey && event.key === 'ArrowDown') move(1, '.note-go');
    else if (event.key === 'Delete') deleteNote(note.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li className="note-item" data-note={note.id} data-here={here || undefined} onKeyDown={pressed}>
      <button type="button" className="note-go" onClick={() => goToNote(note)}>
        <PinOf of={one} />
        <span className="unseen">Note {number}, </span>
        <span>{where}</span>
      </button>
      <div className="note-item-body">
        {(note.judgement || note.author !== '') && (
          <p className="muted">
            {note.judgement && <b className="note-judgement">{note.judgement}</b>}
            {note.author !== '' && (
              <>
                by <bdi>{oneLine(note.author)}</bdi>
              </>
            )}
          </p>
        )}
        <NoteText text={note.text} />
        {note.to && (
          <button type="button" className="link" onClick={() => note.to && void goToAnchor(note.to)}>
            → {anchorWords(note.to, names)}
          </button>
        )}
        {!foreign && (
          <p className="note-tools">
            <button type="button" className="link" aria-label={`Edit note ${number}`} onClick={edit}>
              Edit
            </button>
            <button
              type="button"
              className="link"
              aria-label={`Delete note ${number}`}
              onClick={() => deleteNote(note.id)}
            >
              Delete
            </button>
            <span className="grow" />
            <button
              type="button"
              className="link note-up"
              title="Up, or Alt ↑ in the list"
              aria-label={`Move note ${number} up`}
              disabled={number === 1}
              onClick={() => move(-1, '.note-up')}
            >
              ↑
            </button>
            <button
              type="button"
              className="link note-down"
              title="Down, or Alt ↓ in the list"
              aria-label={`Move note ${number} down`}
              disabled={last}
              onClick={() => move(1, '.note-down')}
            >
              ↓
            </button>
          </p>
        )}
      </div>
    </li>
  );
});
