/** The records that an ACK names, one click away. */
import { useMemo } from 'react';
import type { RecordDetail } from '../../../analysis/trace.ts';
import { acknowledgedRecords, entriesOf } from '../../../present/acknowledged.ts';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';

const ENTRIES_LISTED = 12;

export function Acknowledges({ detail: { record } }: { readonly detail: RecordDetail }) {
  const records = useStore((s) => s.detail?.records);
  const named = useMemo(
    () => (entriesOf(record).length === 0 ? [] : acknowledgedRecords(record, records ?? [])),
    [record, records],
  );
  const point = useStore((s) => s.point);
  if (named.length === 0) return null;
  return (
    <p className="remark acknowledges">
      <span className="muted">Acknowledges</span>
      {named.slice(0, ENTRIES_LISTED).map(({ record: target, number, what }) => (
        <button
          key={target}
          type="button"
          className="link"
          title={`Record ${target}: ${what}`}
          onClick={() => page.jump(target)}
          onPointerEnter={() => point([target])}
          onPointerLeave={() => point([])}
          onFocus={() => point([target])}
          onBlur={() => point([])}
        >
          {number}
        </button>
      ))}
      {named.length > ENTRIES_LISTED && <span className="muted">and {named.length - ENTRIES_LISTED} more</span>}
    </p>
  );
}
