/** What one record carries, as it was read: the material of `Content` in trace.ts. */
import type { RecordNumber } from '../dtls/messages/ack.ts';
import type { MessageInstance } from './handshake-state.ts';
import type { Side } from './record-table.ts';

/** One fragment as a record carries it, and the message it became part of. */
export interface CarriedFragment {
  readonly kind: 'fragment';
  readonly type: number;
  readonly messageSeq: number;
  readonly length: number;
  readonly fragmentOffset: number;
  readonly fragmentLength: number;
  readonly message: MessageInstance | null;
}

export type Carried =
  | CarriedFragment
  | { readonly kind: 'changeCipherSpec' }
  | { readonly kind: 'alert'; readonly level: number; readonly code: number }
  | { readonly kind: 'ack'; readonly recordNumbers: readonly RecordNumber[] }
  | { readonly kind: 'applicationData'; readonly length: number }
  | { readonly kind: 'other'; readonly contentType: number; readonly length: number }
  | { readonly kind: 'malformed'; readonly why: string; readonly offset: number };

export interface AlertSeen {
  readonly record: number;
  readonly side: Side;
  readonly epoch: number;
  readonly level: number;
  readonly code: number;
}
