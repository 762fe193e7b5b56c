/** What one record carries, as it was read: the material of `Content` in trace.ts. */
import { decodeFragments } from '../dtls/fragment.ts';
import { decodeAck, type RecordNumber } from '../dtls/messages/ack.ts';
import { decodeAlert } from '../dtls/messages/alert.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
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

/** What the content of a record in the clear says by itself, as part of nothing. */
export function carriedIn(contentType: number, content: Uint8Array): Carried[] {
  const r = new ByteReader('plaintext', content);
  switch (contentType) {
    case CONTENT_TYPE.handshake:
      return decodeFragments(r).map((fragment): Carried => {
        const { msgType: type, messageSeq, length, fragmentOffset, fragmentLength } = fragment;
        return { kind: 'fragment', type, messageSeq, length, fragmentOffset, fragmentLength, message: null };
      });
    case CONTENT_TYPE.changeCipherSpec:
      return [{ kind: 'changeCipherSpec' }];
    case CONTENT_TYPE.alert: {
      const { level, description } = decodeAlert(r);
      return [{ kind: 'alert', level, code: description }];
    }
    case CONTENT_TYPE.ack:
      return [{ kind: 'ack', recordNumbers: decodeAck(r).recordNumbers }];
    default:
      return [{ kind: 'other', contentType, length: content.length }];
  }
}
