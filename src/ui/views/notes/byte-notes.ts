/** Notes on bytes: their numbers beside the rows, and the field that is selected when one is gone to. */
import { useEffect, useMemo } from 'react';
import type { RecordDetail } from '../../../analysis/trace.ts';
import { COLUMNS } from '../../../present/byte-grid.ts';
import { fieldAt } from '../../../present/field-tree.ts';
import { bytesIn, recordOf } from '../../../present/note-places.ts';
import type { Field } from '../../../wire/fields.ts';
import { numberedNotes } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';

interface BytesOfNote {
  readonly id: string;
  readonly number: number;
  readonly buffer: string;
  readonly from: number;
  readonly to: number;
}

function useBytesOf({ record, buffers }: RecordDetail): readonly BytesOfNote[] {
  const all = useStore(numberedNotes);
  const detail = useStore((s) => s.detail);
  const start = record.offset - (buffers.find(({ id }) => id === 'packet')?.base ?? 0);
  return useMemo(
    () =>
      all.flatMap(({ note: { id, anchor }, number }) =>
        anchor.on === 'bytes' && detail && recordOf(detail, anchor.at)?.record === record.record
          ? [{ id, number, ...bytesIn(anchor, start) }]
          : [],
      ),
    [all, detail, record, start],
  );
}

/** By row of the buffer: "2", "2, 4". */
export function useBytePins(detail: RecordDetail): (buffer: string) => ReadonlyMap<number, string> {
  const notes = useBytesOf(detail);
  return (buffer) => {
    const rows = new Map<number, string>();
    for (const { buffer: its, from, number } of notes) {
      const row = Math.floor(from / COLUMNS);
      if (its === buffer) rows.set(row, rows.has(row) ? `${rows.get(row)}, ${number}` : `${number}`);
    }
    return rows;
  };
}

/** The presented note selects what it is on, once its record is there. */
export function usePresentedBytes(
  detail: RecordDetail,
  fields: readonly Field[],
  select: (path: string) => void,
): void {
  const notes = useBytesOf(detail);
  const shown = useStore((s) => s.shownNote);
  const one = notes.find(({ id }) => id === shown);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each note that is presented
  useEffect(() => {
    if (!one) return;
    const path = pathOf(fields, one);
    if (path !== null) select(path);
  }, [shown, detail]);
}

/** The field that is just these bytes, else the smallest one that holds the first. */
function pathOf(fields: readonly Field[], { buffer, from, to }: BytesOfNote): string | null {
  const exact = (siblings: readonly Field[], prefix: string): string | null => {
    for (const [i, { at, children }] of siblings.entries()) {
      if (at.buffer === buffer && at.from === from && at.to === to) return prefix + i;
      const inside = exact(children, `${prefix}${i}.`);
      if (inside !== null) return inside;
    }
    return null;
  };
  const known = fields.find(({ at }) => at.buffer === buffer)?.at.buffer ?? 'packet';
  return exact(fields, '') ?? fieldAt(fields, known, from);
}
