/** The tab of notes: the reader's own in the order of the tour, then those of others until they are kept. */
import { useState } from 'react';
import { counted } from '../../../present/association-row.ts';
import { oneLine } from '../../../share/notes-text.ts';
import { run } from '../../commands/commands.ts';
import { exportNotes } from '../../notes-files.ts';
import { numberedNotes } from '../../store/note-selectors.ts';
import type { ForeignNotes } from '../../store/notes.ts';
import { useStore } from '../../store/store.ts';
import { NoteItem } from './NoteItem.tsx';
import './notes.css';

export function Notes() {
  const own = useStore((s) => s.notes.length);
  const foreign = useStore((s) => s.foreign);
  const all = useStore(numberedNotes);
  const steps = useStore((s) => s.noteSteps);
  const [said, setSaid] = useState('');
  return (
    <div className="notes">
      <div className="notes-tools">
        <button type="button" className="tool" onClick={() => run('note')}>
          New note <kbd>n</kbd>
        </button>
        {all.length > 0 && (
          <button type="button" className="tool" onClick={() => run('nextNote')}>
            Tour <kbd>]</kbd>
          </button>
        )}
        <span className="grow" />
        <span className="notes-undo">
          <button type="button" className="link" disabled={steps.past.length === 0} onClick={() => run('undoNotes')}>
            Undo
          </button>
          <button type="button" className="link" disabled={steps.future.length === 0} onClick={() => run('redoNotes')}>
            Redo
          </button>
        </span>
      </div>
      {all.length === 0 && (
        <p className="notes-none">
          No notes yet. Select a record, bytes, or with Shift and the mouse a stretch of time under the diagram, then
          press <kbd>n</kbd>. Notes stay in this browser.
        </p>
      )}
      <ol aria-label="Your notes">
        {all
          .filter((one) => !one.foreign)
          .map((one) => (
            <NoteItem key={one.note.id} one={one} last={one.number === own} />
          ))}
      </ol>
      {foreign.map((theirs) => (
        <Foreign key={theirs.from} theirs={theirs} />
      ))}
      {own > 0 && (
        <p className="notes-export">
          Save {counted(own, 'note')} as
          <button type="button" className="link" onClick={() => setSaid(exportNotes('json'))}>
            JSON
          </button>
          <button type="button" className="link" onClick={() => setSaid(exportNotes('markdown'))}>
            Markdown
          </button>
          <span role="status">{said}</span>
        </p>
      )}
    </div>
  );
}

function Foreign({ theirs: { from, notes } }: { readonly theirs: ForeignNotes }) {
  const { keepForeign, dropForeign, notify } = useStore.getState();
  const all = useStore(numberedNotes);
  const shown = all.filter(({ note, foreign }) => foreign && notes.includes(note));
  const keep = () => {
    const problem = keepForeign(from);
    if (problem !== null) notify(problem);
  };
  return (
    <section aria-label={`Notes from ${from}`} className="notes-foreign">
      <div className="notes-foreign-head">
        <h3>
          {counted(notes.length, 'note')} from <bdi>{oneLine(from)}</bdi>
        </h3>
        <button type="button" className="link" onClick={keep}>
          Keep these notes
        </button>
        <button type="button" className="link" onClick={() => dropForeign(from)}>
          Hide
        </button>
      </div>
      <ol>
        {shown.map((one) => (
          <NoteItem key={one.note.id} one={one} last />
        ))}
      </ol>
    </section>
  );
}
