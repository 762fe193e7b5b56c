/**
 * The list of associations: filter, as many sortable columns as fit, and one row of 22 px each. While a capture is read
 * its rows are there already, without what only the analysis tells.
 */
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { columnsWithin } from '../../present/association-columns.ts';
import { grouped } from '../../present/association-row.ts';
import { choose } from '../commands/choose-association.ts';
import { WindowedRows } from '../parts/WindowedRows.tsx';
import { chosenRow, failedCount, isListing, listedRows } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { Heads, type ListRow, Row } from './AssociationRow.tsx';
import { FilterBox } from './FilterBox.tsx';
import { useCoarsePointer, useWidth } from './sequence/viewport.ts';

/** As in list.css. */
const ROW_PX = 22;
const COARSE_ROW_PX = 44;

export function Associations() {
  const listing = useStore(isListing);
  const total = useStore((s) => (isListing(s) ? s.early.length : s.trace.associations.length));
  const rows = useStore(listedRows);
  return (
    <section className="associations" aria-label="Associations" data-few={total < 2} aria-busy={listing}>
      <div className="bar">
        <h2>Associations</h2>
        {listing ? <SoFar listed={total} /> : <Count rows={rows.length} total={total} />}
      </div>
      {listing ? <Later /> : total > 1 && <FilterBox />}
      {total === 0 ? <p className="nothing">None in what is open.</p> : <Grid rows={rows} heads={total > 1} />}
    </section>
  );
}

function Count({ rows, total }: { readonly rows: number; readonly total: number }) {
  const failed = useStore(failedCount);
  return (
    <>
      <span className="count" role="status">
        {rows === total ? grouped(total) : `${grouped(rows)} of ${grouped(total)}`}
      </span>
      <span className="grow" />
      {failed > 0 && <span className="label">{grouped(failed)} failed</span>}
    </>
  );
}

/** Announcer.tsx says it, less often. */
function SoFar({ listed }: { readonly listed: number }) {
  const found = useStore((s) => s.loading?.associations ?? 0);
  const beside = useStore((s) => (s.trace.captures.length > 0 ? s.loading?.file : null));
  return (
    <>
      <span className="count ellipsis">
        {grouped(Math.max(found, listed))} so far{beside ? ` in ${beside}` : ''}
      </span>
      <span className="grow" />
      {found > listed && <span className="label">first {grouped(listed)} listed</span>}
    </>
  );
}

/** In the place of the filter, and as high. */
function Later() {
  const awaited = useStore((s) => s.awaited);
  return (
    <p className="filter later muted small" role="status">
      {awaited ? `Number ${awaited.id.slice(1)} opens once all are analysed.` : 'They open once all are analysed.'}
    </p>
  );
}

interface GridProps {
  readonly rows: readonly ListRow[];
  readonly heads: boolean;
}

function Grid({ rows, heads }: GridProps) {
  const listing = useStore(isListing);
  const selected = useStore(chosenRow);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const columns = useMemo(() => columnsWithin(width), [width]);
  const rowHeight = useCoarsePointer() ? COARSE_ROW_PX : ROW_PX;
  const at = useMemo(() => rows.findIndex((a) => a.id === selected), [rows, selected]);
  const wasListing = useRef(listing);
  useEffect(() => {
    wasListing.current = listing;
  }, [listing]);
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const seen = event.currentTarget.querySelector('.rows')?.clientHeight ?? 0;
    const to = target(event.key, at, rows.length, Math.max(1, Math.floor(seen / rowHeight) - 1));
    const next = to === null ? undefined : rows[to];
    if (!next) return;
    event.preventDefault();
    choose(next.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be windowed
    <div
      ref={box}
      className="assoc"
      role="grid"
      aria-label="Associations"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      style={{ '--columns': columns.map((column) => column.width).join(' ') }}
      onKeyDown={move}
      {...(at >= 0 ? { 'aria-activedescendant': `association-${selected}` } : {})}
    >
      {heads && <Heads columns={columns} fixed={listing} />}
      {rows.length === 0 ? (
        <p className="nothing">Nothing matches. Clear the filter with Esc.</p>
      ) : (
        <WindowedRows
          className="rows"
          role="rowgroup"
          count={rows.length}
          rowHeight={rowHeight}
          reveal={at}
          // Whoever has scrolled in what was found so far stays there when the rest comes.
          steady={wasListing.current && !listing}
          row={(i) => {
            const row = rows[i];
            return row && <Row key={row.id} row={row} columns={columns} index={i} on={i === at} />;
          }}
        />
      )}
    </div>
  );
}

/** Where a key leads from row `at`; null for other keys. Without a selection everything but End leads to the first. */
function target(key: string, at: number, count: number, screen: number): number | null {
  const within = (to: number) => Math.min(count - 1, Math.max(0, at < 0 ? 0 : to));
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at - 1);
    case 'PageDown':
      return within(at + screen);
    case 'PageUp':
      return within(at - screen);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
