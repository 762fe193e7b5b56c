/** The records in which the selected bytes of a message travelled, one click away. */
import { useMemo } from 'react';
import type { RecordDetail } from '../../../analysis/trace.ts';
import { wirePieces } from '../../../present/wire-pieces.ts';
import type { Span } from '../../../wire/reader.ts';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';

const LISTED = 8;

interface Props {
  readonly detail: RecordDetail;
  /** The selection in each buffer that has it. */
  readonly spans: readonly Span[];
}

export function Pieces({ detail, spans }: Props) {
  const records = useStore((s) => s.detail?.records);
  const span = spans.find(({ buffer }) => buffer.startsWith('message'));
  const pieces = useMemo(() => (span ? wirePieces(detail, span) : []), [detail, span]);
  const numbers = new Set(pieces.slice(0, LISTED).map(({ record }) => record));
  const packets = new Map(
    pieces.length === 0 ? [] : records?.filter(({ record }) => numbers.has(record)).map((r) => [r.record, r.packet]),
  );
  if (pieces.length === 0) return null;
  return (
    <p className="pieces">
      <span className="muted">Travelled in packets</span>
      {pieces.slice(0, LISTED).map(({ record, range, here }) => (
        <span key={`${record} ${range}`} className="piece">
          {here ? (
            <b title="This record">{packets.get(record) ?? record}</b>
          ) : (
            <button type="button" className="link" title={`Record ${record}`} onClick={() => page.jump(record)}>
              {packets.get(record) ?? record}
            </button>
          )}{' '}
          <span className="mono muted">{range}</span>
        </span>
      ))}
      {pieces.length > LISTED && <span className="muted">and {pieces.length - LISTED} more</span>}
    </p>
  );
}
