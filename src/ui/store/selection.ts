/** Where the reader is: one association, one record, one field. */
import type { StateCreator } from 'zustand';
import type { BufferId } from '../../wire/reader.ts';

export interface SelectionSlice {
  readonly association: string | null;
  readonly record: number | null;
  /** Path of a field in the record's tree, see present/field-tree.ts. */
  readonly field: string | null;
  readonly buffer: BufferId;
  /** Records that the inspector points at in the diagram: what an entry of an ACK names. */
  readonly pointed: readonly number[];
  selectField(field: string | null, buffer?: BufferId): void;
  showBuffer(buffer: BufferId): void;
  point(records: readonly number[]): void;
}

export const selectionSlice: StateCreator<SelectionSlice> = (set) => ({
  association: null,
  record: null,
  field: null,
  buffer: 'packet',
  pointed: [],
  selectField: (field, buffer) => set(buffer ? { field, buffer } : { field }),
  showBuffer: (buffer) => set({ buffer }),
  // An empty list is one and the same, so that nothing is drawn anew when the pointer wanders.
  point: (records) => set((s) => (s.pointed.length === 0 && records.length === 0 ? s : { pointed: records })),
});
