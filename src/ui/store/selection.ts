/** Where the reader is: one association, one record, one field. */
import type { StateCreator } from 'zustand';
import type { BufferId } from '../../wire/reader.ts';

export interface SelectionSlice {
  readonly association: string | null;
  readonly record: number | null;
  /** Path of a field in the record's tree, see present/field-tree.ts. */
  readonly field: string | null;
  readonly buffer: BufferId;
  selectField(field: string | null, buffer?: BufferId): void;
  showBuffer(buffer: BufferId): void;
}

export const selectionSlice: StateCreator<SelectionSlice> = (set) => ({
  association: null,
  record: null,
  field: null,
  buffer: 'packet',
  selectField: (field, buffer) => set(buffer ? { field, buffer } : { field }),
  showBuffer: (buffer) => set({ buffer }),
});
