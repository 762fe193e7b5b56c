/** What one degree of certainty holds. The number is the link; the sentence says what to see there. */
import { useId, useState } from 'react';
import { type EvidenceGroup, type EvidenceRow, surenessWord } from '../../../present/evidence-rows.ts';
import { page } from '../../page.ts';
import { Sign } from '../../parts/Sign.tsx';
import { useStore } from '../../store/store.ts';

/** More rows than this are folded away until somebody asks. */
const FOLDED_AFTER = 8;

export function EvidenceList({ group: { sureness, rows } }: { readonly group: EvidenceGroup }) {
  const heading = useId();
  const [all, setAll] = useState(false);
  // One row more takes no more room than the button that would unfold it.
  const shown = all || rows.length <= FOLDED_AFTER + 1 ? rows : rows.slice(0, FOLDED_AFTER);
  return (
    <>
      <p className="certainty" id={heading}>
        <Sign certainty={sureness} /> {surenessWord(sureness)}
      </p>
      {rows.length > 0 && (
        <ul className="evidence" aria-labelledby={heading}>
          {shown.map((row) => (
            <Row key={`${row.record} ${row.place} ${row.says}`} row={row} />
          ))}
        </ul>
      )}
      {shown.length < rows.length && (
        <button type="button" className="link more-evidence" onClick={() => setAll(true)}>
          {rows.length - shown.length} more
        </button>
      )}
    </>
  );
}

function Row({ row: { place, record, fields, says } }: { readonly row: EvidenceRow }) {
  const here = useStore((s) => record !== null && s.record === record);
  return (
    <li data-here={here}>
      {record === null ? (
        <span className="mono muted">{place}</span>
      ) : (
        <button
          type="button"
          className="link mono"
          title={`Record ${record} of the trace`}
          onClick={() => showEvidence(record, fields)}
        >
          {place}
        </button>
      )}
      <span>{says}</span>
    </li>
  );
}

/** Moves playhead and selection to the record, and marks the bytes that show it. */
export function showEvidence(record: number, fields: readonly string[]): void {
  page.jump(record);
  useStore.getState().seek(record, fields);
}
