/** The list of associations: filter, as many sortable columns as fit, and one row of 22 px each. */
import { type KeyboardEvent, useMemo, useRef } from 'react';
import type { Association } from '../../analysis/trace.ts';
import { type Column, columnsWithin, type SortKey } from '../../present/association-columns.ts';
import { endpointText, grouped, shapeOf, statusText } from '../../present/association-row.ts';
import { page } from '../page.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { WindowedRows } from '../parts/WindowedRows.tsx';
import { failedCount, shownAssociations } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { FilterBox } from './FilterBox.tsx';
import { useCoarsePointer, useWidth } from './sequence/viewport.ts';

/** As in list.css. */
const ROW_PX = 22;
const COARSE_ROW_PX = 44;

export function Associations() {
  const total = useStore((s) => s.trace.associations.length);
  const failed = useStore(failedCount);
  const rows = useStore(shownAssociations);
  return (
    <section className="associations" aria-label="Associations" data-few={total < 2}>
      <div className="bar">
        <h2>Associations</h2>
        <span className="count" role="status">
          {rows.length === total ? grouped(total) : `${grouped(rows.length)} of ${grouped(total)}`}
        </span>
        <span className="grow" />
        {failed > 0 && <span className="label">{grouped(failed)} failed</span>}
      </div>
      {total > 1 && <FilterBox />}
      {total === 0 ? <p className="nothing">None in what is open.</p> : <Grid rows={rows} heads={total > 1} />}
    </section>
  );
}

interface GridProps {
  readonly rows: readonly Association[];
  readonly heads: boolean;
}

function Grid({ rows, heads }: GridProps) {
  const selected = useStore((s) => s.association);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const columns = useMemo(() => columnsWithin(width), [width]);
  const rowHeight = useCoarsePointer() ? COARSE_ROW_PX : ROW_PX;
  const at = useMemo(() => rows.findIndex((a) => a.id === selected), [rows, selected]);
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const seen = event.currentTarget.querySelector('.rows')?.clientHeight ?? 0;
    const to = target(event.key, at, rows.length, Math.max(1, Math.floor(seen / rowHeight) - 1));
    const next = to === null ? undefined : rows[to];
    if (!next) return;
    event.preventDefault();
    page.selectAssociation(next.id);
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
      {heads && <Heads columns={columns} />}
      {rows.length === 0 ? (
        <p className="nothing">Nothing matches. Clear the filter with Esc.</p>
      ) : (
        <WindowedRows
          className="rows"
          role="rowgroup"
          count={rows.length}
          rowHeight={rowHeight}
          reveal={at}
          row={(i) => {
            const association = rows[i];
            return (
              association && (
                <Row key={association.id} association={association} columns={columns} index={i} on={i === at} />
              )
            );
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

function Heads({ columns }: { readonly columns: readonly Column[] }) {
  const sort = useStore((s) => s.sort);
  const by = useStore((s) => s.sortBy);
  const direction = (key: SortKey) => (sort.key !== key ? 'none' : sort.descending ? 'descending' : 'ascending');
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid itself
    <div role="row" className="row heads" aria-rowindex={1}>
      {columns.map(({ key, head, name, look }) => (
        // biome-ignore lint/a11y: as above
        <span key={key} role="columnheader" aria-sort={direction(key)} data-look={look}>
          <button type="button" aria-label={`Sort by ${name}`} title={`Sort by ${name}`} onClick={() => by(key)}>
            {head}
            {sort.key === key ? (sort.descending ? '↓' : '↑') : head === '' && '\u00a0'}
          </button>
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  readonly association: Association;
  readonly columns: readonly Column[];
  readonly index: number;
  readonly on: boolean;
}

function Row({ association, columns, index, on }: RowProps) {
  const { id, client, server, verdict } = association;
  const title = `${endpointText(client)} → ${endpointText(server)}\n${verdict}`;
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid, which has the keys
    <div
      id={`association-${id}`}
      role="row"
      className="row"
      aria-rowindex={index + 2}
      aria-selected={on}
      title={title}
      onClick={() => page.selectAssociation(id)}
    >
      {columns.map(({ key, look, text }) => (
        // biome-ignore lint/a11y: a cell of an ARIA grid
        <span key={key} role="gridcell" data-look={look}>
          {look === 'status' ? <Status association={association} /> : text(association)}
        </span>
      ))}
    </div>
  );
}

function Status({ association }: { readonly association: Association }) {
  return (
    <>
      <Glyph shape={shapeOf(association)} />
      <span className="unseen">{statusText(association)}</span>
    </>
  );
}
