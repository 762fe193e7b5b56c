/** Notes over the lanes: stretches of time with their numbers, a tick for every other one, and what is being chosen. */
import { type NumberedNote, recordOfAnchor } from '../../../present/note-places.ts';
import { anchorWords } from '../../../present/note-words.ts';
import { duration } from '../../../present/time-scale.ts';
import type { Anchor } from '../../../share/notes.ts';
import { startNote } from '../../commands/notes.ts';
import { goToNote } from '../../note-tour.ts';
import { noteNames, numberedNotes } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';
import { AXIS_PX, LEFT_PX, type Scene } from '../time/scene.ts';
import { PIN_PX, PinOf } from './Pin.tsx';

type OnTime = NumberedNote & { readonly anchor: Extract<Anchor, { readonly on: 'time' }> };

function useOnTime({ detail }: Scene): readonly OnTime[] {
  const all = useStore(numberedNotes);
  return all.flatMap((one) => {
    const { anchor } = one.note;
    return anchor.on === 'time' && recordOfAnchor(detail, anchor) ? [{ ...one, anchor }] : [];
  });
}

/** Of somebody else's note nobody knows what times it names. */
function within({ association }: Scene['detail'], ms: number): number {
  return Math.min(Math.max(ms, association.startMs), association.endMs);
}

/** Under the playhead, in the drawing. */
export function LaneNoteMarks({ scene }: { readonly scene: Scene }) {
  const { drawn, height, detail } = scene;
  const all = useStore(numberedNotes);
  const onTime = useOnTime(scene);
  const range = useStore((s) => s.timeRange);
  const stretch = (key: string, fromMs: number, toMs: number, chosen: boolean) => {
    const x = drawn.xOf(within(detail, fromMs));
    const width = Math.max(2, drawn.xOf(within(detail, toMs)) - x);
    return (
      <g key={key} className="lane-note" data-chosen={chosen || undefined}>
        <rect x={x} y={AXIS_PX + 1} width={width} height={height} />
        <path
          className="lane-note-line"
          d={`M${x} ${AXIS_PX - 4}V${height}M${x + width} ${AXIS_PX - 4}V${height}M${x} ${AXIS_PX - 2}H${x + width}`}
        />
      </g>
    );
  };
  return (
    <>
      {onTime.map(({ note, anchor }) => stretch(note.id, anchor.fromMs, anchor.toMs, false))}
      {all.map(({ note }) => {
        const record = note.anchor.on === 'time' ? null : recordOfAnchor(detail, note.anchor);
        return (
          record && (
            <path key={note.id} className="lane-note-tick" d={`M${drawn.xOf(record.timeMs)} ${AXIS_PX - 5}v5`} />
          )
        );
      })}
      {range && stretch('chosen', range.fromMs, range.toMs, true)}
    </>
  );
}

/** Over the drawing: what can be pressed. */
export function LaneNoteButtons({ scene }: { readonly scene: Scene }) {
  const { drawn, width } = scene;
  const onTime = useOnTime(scene);
  const names = useStore(noteNames);
  const range = useStore((s) => s.timeRange);
  const draft = useStore((s) => s.draft);
  const inside = (x: number, room: number) => Math.min(Math.max(LEFT_PX, x), Math.max(LEFT_PX, width - room));
  return (
    <>
      {onTime.map(({ anchor, ...one }) => (
        <button
          key={one.note.id}
          type="button"
          className="note-pin-button lane-pin"
          style={{ left: inside(drawn.xOf(within(scene.detail, anchor.fromMs)) - PIN_PX / 2 - 2, PIN_PX + 4) }}
          title={`${one.number}: ${anchorWords(anchor, names)}`}
          aria-label={`Note ${one.number}, ${anchorWords(anchor, names)}`}
          onClick={() => goToNote(one.note)}
        >
          <PinOf of={one} />
        </button>
      ))}
      {range && !draft && (
        <button
          type="button"
          className="tool lane-note-new"
          style={{ left: inside(drawn.xOf(range.fromMs), 150) }}
          onClick={() => startNote('time')}
        >
          Note on {duration(range.toMs - range.fromMs)} <kbd>n</kbd>
        </button>
      )}
    </>
  );
}
