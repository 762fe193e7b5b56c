/** Which notes stand beside the diagram of an association, and at which of its rows. */
import { useMemo } from 'react';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { type NumberedNote, recordOfAnchor } from '../../../present/note-places.ts';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';
import { numberedNotes } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';

/** For the pins alone, and for pins and texts. */
export const PINS_PX = 30;
const TEXTS_PX = 270;
/** A diagram that is narrower has no room to give away for texts. */
const ROOM_FOR_TEXTS_PX = 960;
const NARROW_PX = 700;

export interface NoteMargin {
  readonly notes: readonly NumberedNote[];
  /** What the diagram leaves to the notes; in the narrow layout they stand over its edge. */
  readonly width: number;
  readonly texts: boolean;
}

export function useNoteMargin(detail: AssociationDetail, width: number): NoteMargin {
  const all = useStore(numberedNotes);
  const notes = useMemo(() => all.filter(({ note }) => recordOfAnchor(detail, note.anchor) !== null), [all, detail]);
  const texts = notes.length > 0 && width >= ROOM_FOR_TEXTS_PX;
  const none = notes.length === 0 || width < NARROW_PX;
  return { notes, texts, width: none ? 0 : texts ? TEXTS_PX : PINS_PX };
}

export interface NoteAtRow {
  readonly one: NumberedNote;
  /** The middle of its row. */
  readonly y: number;
  /** Of the row that its arrow leads to; null for none here. */
  readonly toY: number | null;
}

export function useNotesAtRows(
  detail: AssociationDetail,
  notes: readonly NumberedNote[],
  byRecord: ReadonlyMap<number, PlacedRow>,
): readonly NoteAtRow[] {
  return useMemo(() => {
    const middle = (record: number | undefined) => {
      const row = byRecord.get(record ?? -1);
      return row ? row.y + row.height / 2 : null;
    };
    return notes.flatMap((one) => {
      const { anchor, to } = one.note;
      const y = middle(recordOfAnchor(detail, anchor)?.record);
      return y === null ? [] : [{ one, y, toY: to && middle(recordOfAnchor(detail, to)?.record) }];
    });
  }, [detail, notes, byRecord]);
}
