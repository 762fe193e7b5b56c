/** Remarks of people on parts of a trace. Their texts are text wherever they are shown, never markup. */

/** A record by its place in a file, which stays what it is when more files are opened or a part is shared. */
export interface RecordPlace {
  /** Index of the capture. */
  readonly capture: number;
  readonly packet: number;
  /** 1-based place in its packet. */
  readonly record: number;
}

export type Anchor =
  | { readonly on: 'record'; readonly at: RecordPlace }
  /**
   * Bytes from (inclusive) to (exclusive). `buffer`: "record" counts from the first byte of the record's header, which
   * stays right where headers below it are left out; "packet", "plaintext" and "message" as the inspector has them.
   */
  | {
      readonly on: 'bytes';
      readonly at: RecordPlace;
      readonly buffer: string;
      readonly from: number;
      readonly to: number;
    }
  /** A transmission of a flight, by its first record. */
  | { readonly on: 'flight'; readonly at: RecordPlace; readonly flight: number; readonly transmission: number }
  | { readonly on: 'message'; readonly at: RecordPlace; readonly name: string }
  /** Milliseconds since the first packet of the first capture, in an association that this record belongs to. */
  | { readonly on: 'time'; readonly at: RecordPlace; readonly fromMs: number; readonly toMs: number }
  | { readonly on: 'finding'; readonly at: RecordPlace | null; readonly rule: string }
  | { readonly on: 'trace' };

export type NoteShape = 'square' | 'circle' | 'triangle' | 'star';

/** What the reader thinks of a finding. */
export type Judgement = 'confirmed' | 'rejected';

export interface Note {
  /** Unique among the notes of a trace: letters and digits. */
  readonly id: string;
  readonly anchor: Anchor;
  /** A second place, to which an arrow leads; null mostly. */
  readonly to: Anchor | null;
  /** At most `MAX_NOTE_LENGTH` characters; `code` in backticks and addresses of the web are shown as such. */
  readonly text: string;
  readonly shape: NoteShape;
  /** Null for plain notes; on findings what the reader thinks of them, `text` then says why. */
  readonly judgement: Judgement | null;
  /** Who wrote it, as they call themselves; "" mostly. */
  readonly author: string;
}

export const MAX_NOTE_LENGTH = 2000;
export const MAX_NOTES = 500;
export const MAX_AUTHOR_LENGTH = 80;
