/** Beside the diagram: a pin at the row of each note, and where there is room its text, joined to it by a hairline. */
import { memo, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { bottomOf, standing } from '../../../present/note-margin.ts';
import { anchorInShort, anchorWords } from '../../../present/note-words.ts';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';
import { goToNote } from '../../note-tour.ts';
import { noteNames } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';
import { NoteText } from './NoteText.tsx';
import { PIN_PX, PinOf } from './Pin.tsx';
import { type NoteMargin, useNotesAtRows } from './placed.ts';
import './margin.css';

interface Props {
  readonly detail: AssociationDetail;
  readonly margin: NoteMargin;
  readonly byRecord: ReadonlyMap<number, PlacedRow>;
  readonly height: number;
}

/** With its edge, so that targets are 24 px apart. */
const PIN_GAP_PX = 4;
const EDGE_PX = 2;
const TEXT = { gap: 10, lead: 8, x: 44 };
const PIN_X = 5;

export const Margin = memo(function Margin({ detail, margin, byRecord, height }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const shown = useStore((s) => s.shownNote);
  const names = useStore(noteNames);
  const placed = useNotesAtRows(detail, margin.notes, byRecord);
  const heights = useHeights(host, margin.texts ? placed.length : 0);
  const pins = standing(
    placed.map(({ y }) => ({ anchorY: y, height: PIN_PX })),
    { gap: PIN_GAP_PX, lead: PIN_PX / 2 },
  );
  const wanted = placed.map((_, i) => ({ anchorY: (pins[i]?.y ?? 0) + PIN_PX / 2, height: heights[i] ?? 0 }));
  const texts = standing(wanted, TEXT);
  const bottom = margin.texts ? bottomOf(wanted, texts) : 0;
  return (
    <div
      ref={host}
      className="note-margin"
      data-texts={margin.texts || undefined}
      data-over={margin.width === 0 || undefined}
      style={{ width: margin.width || undefined, height: Math.max(height, bottom) }}
    >
      <svg className="note-lines" width="100%" height={Math.max(height, bottom)} aria-hidden="true">
        {placed.map(({ one, y, toY }, i) => {
          const pinY = (pins[i]?.y ?? 0) + PIN_PX / 2;
          const textY = (texts[i]?.y ?? 0) + TEXT.lead;
          return (
            <g key={one.note.id} data-here={one.note.id === shown || undefined}>
              {pins[i]?.pushed && <path className="note-hairline" d={`M0 ${y}L${PIN_X} ${pinY}`} />}
              {margin.texts && (
                <path className="note-hairline" d={`M${PIN_X + PIN_PX} ${pinY}L${TEXT.x - 8} ${textY}`} />
              )}
              {toY !== null && <Arrow from={pinY} to={toY} bulge={margin.texts ? 12 : 5} />}
            </g>
          );
        })}
      </svg>
      <ul aria-label="Notes on records">
        {placed.map(({ one }, i) => (
          <li key={one.note.id} data-here={one.note.id === shown || undefined}>
            <button
              type="button"
              className="note-pin-button"
              style={{ top: (pins[i]?.y ?? 0) - EDGE_PX }}
              title={`${one.number}: ${anchorWords(one.note.anchor, names)}`}
              aria-label={`Note ${one.number}, ${anchorWords(one.note.anchor, names)}`}
              onClick={() => goToNote(one.note)}
            >
              <PinOf of={one} />
            </button>
            {margin.texts && (
              <div
                className="note-margin-text"
                style={{ top: texts[i]?.y ?? 0 }}
                data-foreign={one.foreign || undefined}
                data-measured=""
              >
                <p className="note-where">
                  <b>{one.number}</b> {anchorInShort(one.note.anchor, names)}
                  {one.note.judgement && <span className="note-judgement">{one.note.judgement}</span>}
                </p>
                <NoteText text={one.note.text} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
});

/** From the pin around to the row of the second place. */
function Arrow({ from, to, bulge }: { readonly from: number; readonly to: number; readonly bulge: number }) {
  const x = PIN_X + PIN_PX;
  return (
    <>
      <path className="note-arrow-line" d={`M${x} ${from}C${x + bulge} ${from} ${x + bulge} ${to} 6 ${to}`} />
      <path className="note-arrow-head" d={`M1 ${to}l7 -3.5v7z`} />
    </>
  );
}

/** Of the texts as the browser set them; anew when the width or the texts change. */
function useHeights(host: RefObject<HTMLElement | null>, count: number): readonly number[] {
  const [heights, setHeights] = useState<readonly number[]>([]);
  useLayoutEffect(() => {
    if (!host.current || count === 0) return;
    const texts = [...host.current.querySelectorAll<HTMLElement>('[data-measured]')];
    const measure = () => {
      const now = texts.map((text) => text.offsetHeight);
      setHeights((old) => (old.length === now.length && old.every((px, i) => px === now[i]) ? old : now));
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const text of texts) observer.observe(text);
    return () => observer.disconnect();
  });
  return heights;
}
