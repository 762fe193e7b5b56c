/** Where a note is written. Nothing typed is lost unasked: also when another record is looked at meanwhile. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { placeOf } from '../../../present/note-places.ts';
import { anchorKind, anchorWords } from '../../../present/note-words.ts';
import { MAX_AUTHOR_LENGTH, MAX_NOTE_LENGTH, type NoteShape } from '../../../share/notes.ts';
import { noteNames } from '../../store/note-selectors.ts';
import type { Draft } from '../../store/notes.ts';
import { selectedRecord } from '../../store/playhead.ts';
import { useStore } from '../../store/store.ts';
import { Pin } from './Pin.tsx';
import { RangeFields } from './RangeFields.tsx';

const SHAPES: readonly NoteShape[] = ['square', 'circle', 'triangle', 'star'];
/** From here on the counter says how many characters are left. */
const NEARLY_FULL = 200;

export default function NoteEditor({ draft }: { readonly draft: Draft }) {
  const { writeNote, leaveDraft, dropDraft, saveDraft } = useStore.getState();
  const names = useStore(noteNames);
  const [wrong, setWrong] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const { text, anchor, anchors, judgement, was } = draft;
  useEffect(() => area.current?.focus(), []);

  const save = () => {
    const problem = saveDraft();
    setWrong(problem);
    if (problem === null) focusDiagram();
    else area.current?.focus();
  };
  const leave = () => {
    leaveDraft();
    if (useStore.getState().draft) return;
    focusDiagram();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const left = MAX_NOTE_LENGTH - text.length;
  return (
    <section className="note-editor" aria-label={was ? 'Change the note' : 'New note'} onKeyDown={pressed}>
      <div className="note-editor-head">
        <h3>{judgement === 'rejected' ? 'Why is this finding wrong?' : was ? 'Change the note' : 'New note'}</h3>
        {anchors.length > 1 ? (
          <label>
            on{' '}
            <select
              value={chosenAt(draft)}
              onChange={(e) => {
                const chosen = anchors[Number(e.currentTarget.value)];
                if (chosen) writeNote({ anchor: chosen });
              }}
            >
              {anchors.map((one, i) => (
                <option key={anchorKind(one, names)} value={i}>
                  {anchorKind(one, names)}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <span className="muted ellipsis">on {anchorWords(anchor, names)}</span>
        )}
        {(anchor.on === 'time' || anchor.on === 'bytes') && <RangeFields anchor={anchor} />}
        <span className="grow" />
        <fieldset className="note-shapes" aria-label="Sign">
          {SHAPES.map((shape) => (
            <label key={shape} title={shape}>
              <input
                type="radio"
                name={id}
                checked={draft.shape === shape}
                aria-label={shape}
                onChange={() => writeNote({ shape })}
              />
              <Pin shape={shape} number={null} size={14} />
            </label>
          ))}
        </fieldset>
      </div>
      <textarea
        ref={area}
        rows={3}
        dir="auto"
        value={text}
        maxLength={MAX_NOTE_LENGTH}
        aria-label="Text of the note"
        aria-describedby={`${id}-count`}
        placeholder="Text, `code` and addresses of the web"
        onChange={(e) => {
          setWrong(null);
          writeNote({ text: e.currentTarget.value });
        }}
      />
      <div className="note-editor-foot">
        <Arrow draft={draft} />
        <Author />
        <span className="grow" />
        <span className="muted" id={`${id}-count`}>
          {left <= NEARLY_FULL ? `${left} characters left` : `${text.length} / ${MAX_NOTE_LENGTH}`}
        </span>
        {draft.asking ? (
          <span className="note-asking" role="alert">
            Throw away what you wrote?
            <button
              type="button"
              className="tool"
              onClick={() => {
                writeNote({});
                area.current?.focus();
              }}
            >
              Keep writing
            </button>
            <button
              type="button"
              className="tool"
              onClick={() => {
                dropDraft();
                focusDiagram();
              }}
            >
              Throw away
            </button>
          </span>
        ) : (
          <>
            <button type="button" className="tool" onClick={leave}>
              Cancel
            </button>
            <button type="button" className="tool primary" onClick={save}>
              Save <kbd>Ctrl Enter</kbd>
            </button>
          </>
        )}
      </div>
      {(wrong !== null || left === 0) && (
        <p className="note-wrong" role="alert">
          {wrong ?? `A note has at most ${MAX_NOTE_LENGTH} characters. Go on in a second one.`}
        </p>
      )}
    </section>
  );
}

/** Of one whose range was changed by hand, the choice that it came from. */
function chosenAt({ anchor, anchors }: Draft): number {
  const at = anchors.indexOf(anchor);
  return at >= 0
    ? at
    : Math.max(
        0,
        anchors.findIndex(({ on }) => on === anchor.on),
      );
}

/** A second place, to which an arrow leads from the first. */
function Arrow({ draft: { to, anchor } }: { readonly draft: Draft }) {
  const write = useStore((s) => s.writeNote);
  const names = useStore(noteNames);
  const record = useStore(selectedRecord);
  if (to)
    return (
      <span className="note-arrow">
        <span className="ellipsis">→ {anchorWords(to, names)}</span>
        <button type="button" className="link" onClick={() => write({ to: null })}>
          remove
        </button>
      </span>
    );
  const at = record && placeOf(record);
  const from = anchor.on === 'trace' ? null : anchor.at;
  const same = !at || (from?.packet === at.packet && from.record === at.record && from.capture === at.capture);
  return (
    <button
      type="button"
      className="link note-arrow"
      disabled={same}
      title={same ? 'Select another record while this is open, then press here' : undefined}
      onClick={() => at && write({ to: { on: 'record', at } })}
    >
      {same ? 'Arrow to another record' : `Arrow to packet ${at.packet}`}
    </button>
  );
}

function Author() {
  const author = useStore((s) => s.author);
  const set = useStore((s) => s.setAuthor);
  return (
    <label className="note-author">
      by{' '}
      <input
        value={author}
        maxLength={MAX_AUTHOR_LENGTH}
        placeholder="nobody"
        aria-label="Author, as you call yourself"
        onChange={(e) => set(e.currentTarget.value)}
      />
    </label>
  );
}

/** Back to where the arrow keys go through the records. */
function focusDiagram(): void {
  document
    .querySelector<HTMLElement | SVGElement>('[data-zone=diagram] [tabindex="0"]')
    ?.focus({ preventScroll: true });
}
