/** One note of the tour: "Note 2 of 5", what it is on, its text, and the way to its neighbours. */
import { anchorWords } from '../../../present/note-words.ts';
import { oneLine } from '../../../share/notes-text.ts';
import { goToAnchor, stepTour } from '../../note-tour.ts';
import { CloseMark } from '../../parts/icons.tsx';
import { noteNames, numberedNotes } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';
import { NoteText } from './NoteText.tsx';
import { PinOf } from './Pin.tsx';

export function Presented() {
  const shown = useStore((s) => s.shownNote);
  const notes = useStore(numberedNotes);
  const names = useStore(noteNames);
  const present = useStore((s) => s.presentNote);
  const one = notes.find(({ note }) => note.id === shown);
  if (!one) return null;
  const { note, number } = one;
  return (
    <section className="note-presented" aria-label="Note">
      <PinOf of={one} />
      <div className="note-presented-body" aria-live="polite">
        <p className="note-where">
          <b>
            Note {number} of {notes.length}
          </b>
          <button type="button" className="link" onClick={() => void goToAnchor(note.anchor)}>
            {anchorWords(note.anchor, names)}
          </button>
          {note.to && (
            <button type="button" className="link" onClick={() => note.to && void goToAnchor(note.to)}>
              → {anchorWords(note.to, names)}
            </button>
          )}
          {note.author !== '' && (
            <span>
              by <bdi>{oneLine(note.author)}</bdi>
            </span>
          )}
          {note.judgement && <span className="note-judgement">{note.judgement}</span>}
        </p>
        <NoteText text={note.text} />
      </div>
      <span className="note-presented-buttons">
        <button
          type="button"
          className="tool"
          aria-label="Previous note"
          title="Previous note ["
          disabled={number === 1}
          onClick={() => stepTour(-1)}
        >
          ‹
        </button>
        <button
          type="button"
          className="tool"
          aria-label="Next note"
          title="Next note ]"
          disabled={number === notes.length}
          onClick={() => stepTour(1)}
        >
          ›
        </button>
        <button type="button" className="tool plain" aria-label="Close the note" onClick={() => present(null)}>
          <CloseMark />
        </button>
      </span>
    </section>
  );
}
