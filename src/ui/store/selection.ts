/** Where the reader is: one association, one record, one field. */
import type { StateCreator } from 'zustand';
import type { ViewAddress } from '../../present/view-address.ts';
import type { BufferId } from '../../wire/reader.ts';

export interface SelectionSlice {
  readonly association: string | null;
  readonly record: number | null;
  /** Path of a field in the record's tree, see present/field-tree.ts. */
  readonly field: string | null;
  /** The page chose the record when it opened the association; the reader has not moved yet. */
  readonly untouched: boolean;
  readonly buffer: BufferId;
  /** Records that the inspector points at in the diagram: what an entry of an ACK names. */
  readonly pointed: readonly number[];
  /** The place that the address names, while its capture is not open yet. */
  readonly wanted: ViewAddress | null;
  /** Counts the leaps that browser history remembers: steps from record to record are not among them. */
  readonly jumps: number;
  /** A field to select once the record's fields are there: names to try in this order, see present/evidence-fields.ts. */
  readonly sought: { readonly record: number; readonly names: readonly string[] } | null;
  selectField(field: string | null, buffer?: BufferId): void;
  showBuffer(buffer: BufferId): void;
  point(records: readonly number[]): void;
  seek(record: number, names: readonly string[]): void;
  found(): void;
}

export const selectionSlice: StateCreator<SelectionSlice> = (set) => ({
  association: null,
  record: null,
  untouched: false,
  field: null,
  buffer: 'packet',
  pointed: [],
  sought: null,
  wanted: null,
  jumps: 0,
  selectField: (field, buffer) => set(buffer ? { field, buffer } : { field }),
  seek: (record, names) => set({ sought: { record, names } }),
  found: () => set({ sought: null }),
  showBuffer: (buffer) => set({ buffer }),
  // An empty list is one and the same, so that nothing is drawn anew when the pointer wanders.
  point: (records) => set((s) => (s.pointed.length === 0 && records.length === 0 ? s : { pointed: records })),
});
