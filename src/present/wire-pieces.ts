/** The records in which the bytes of a message travelled: a field of a reassembled message may lie in several. */
import type { RecordDetail } from '../analysis/trace.ts';
import type { Span } from '../wire/reader.ts';

export interface WirePiece {
  readonly record: number;
  /** Bytes of the message body, as fragments count them: "[532, 798)". */
  readonly range: string;
  /** It lies in the record that is shown. */
  readonly here: boolean;
}

/** Of the bytes in `span`, in their order; empty where the whole of it lies in the record that is shown. */
export function wirePieces({ buffers, record }: RecordDetail, span: Span): readonly WirePiece[] {
  const pieces = buffers.find(({ id }) => id === span.buffer)?.pieces ?? [];
  const header = Math.min(...pieces.map(({ from }) => from));
  const found = pieces.flatMap((piece) => {
    const from = Math.max(span.from, piece.from);
    const to = Math.min(span.to, piece.from + piece.length);
    if (from >= to) return [];
    return [
      { record: piece.record, range: `[${from - header}, ${to - header})`, here: piece.record === record.record },
    ];
  });
  return found.every(({ here }) => here) ? [] : found;
}
