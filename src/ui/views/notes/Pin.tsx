/** The numbered sign of a note: filled for the reader's own, hollow for somebody else's. */
import type { NumberedNote } from '../../../present/note-places.ts';
import type { NoteShape } from '../../../share/notes.ts';

export const PIN_PX = 20;

const SHAPES: Readonly<Record<NoteShape, string>> = {
  square: 'M2 2h16v16H2z',
  circle: 'M10 1a9 9 0 1 1 0 18a9 9 0 1 1 0-18z',
  triangle: 'M10 .8 19.6 18.5H.4z',
  star: 'M10 .2l2.9 4.1 4.9-1.1-1.1 4.9 3.1 3-4.2 2.6.1 5-4.5-2.1-4.9 1.9.5-5L.5 10.9l4.1-2.8-.9-4.9 4.8 1.1z',
};

interface Props {
  readonly shape: NoteShape;
  /** Empty where it has none yet. */
  readonly number: number | null;
  readonly foreign?: boolean;
  readonly size?: number;
}

export function Pin({ shape, number, foreign = false, size = PIN_PX }: Props) {
  return (
    <svg
      className="note-pin"
      data-foreign={foreign || undefined}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
    >
      <path d={SHAPES[shape]} />
      {/* Under the number, in each of the shapes. */}
      <rect x="7" y="8" width="6" height="8" />
      {number !== null && (
        <text x="10" y={shape === 'triangle' ? 16 : 14} textAnchor="middle" data-long={number > 99 || undefined}>
          {number}
        </text>
      )}
    </svg>
  );
}

export function PinOf({ of: { note, number, foreign } }: { readonly of: NumberedNote }) {
  return <Pin shape={note.shape} number={number} foreign={foreign} />;
}
