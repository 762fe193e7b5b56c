/** One note of the list: the whole of it leads to its place; beside it what can be done with one's own. */
import { memo } from 'react';
import { anchorWords, type NumberedNote } from '../../../present/note-places.ts';
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
  return (
    <li className="note-item" data-here={here || undefined}>
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
              className="link"
              aria-label={`Move note ${number} up`}
              disabled={number === 1}
              onClick={() => moveNote(note.id, -1)}
            >
              ↑
            </button>
            <button
              type="button"
              className="link"
              aria-label={`Move note ${number} down`}
              disabled={last}
              onClick={() => moveNote(note.id, 1)}
            >
              ↓
            </button>
          </p>
        )}
      </div>
    </li>
  );
});
