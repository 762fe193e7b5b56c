/** The list of associations: filter, sortable columns, and one row of 22 px each. */
import type { KeyboardEvent } from 'react';
import type { Association } from '../../analysis/trace.ts';
import { associationRow, endpointText, grouped, type SortKey } from '../../present/association-row.ts';
import { page } from '../page.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { WindowedRows } from '../parts/WindowedRows.tsx';
import { failedCount, shownAssociations } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

/** As in workspace.css. */
const rowHeight = () => (matchMedia('(pointer: coarse)').matches ? 44 : 22);

const COLUMNS: readonly (readonly [SortKey, string, string])[] = [
  ['status', '', 'Status'],
  ['ports', 'ports', 'Ports'],
  ['version', '', 'Version'],
  ['handshake', 'handshake', 'Handshake'],
  ['retransmissions', '↻', 'Retransmissions'],
];

export function Associations() {
  const total = useStore((s) => s.trace.associations.length);
  const failed = useStore(failedCount);
  const rows = useStore(shownAssociations);
  return (
    <section className="associations" aria-label="Associations">
      <div className="bar">
        <h2>Associations</h2>
        <span className="count">
          {rows.length === total ? grouped(total) : `${grouped(rows.length)} of ${grouped(total)}`}
        </span>
        <span className="grow" />
        {failed > 0 && <span className="label">{grouped(failed)} failed</span>}
      </div>
      {total > 1 && <Filter />}
      <Grid rows={rows} />
    </section>
  );
}

function Filter() {
  const filter = useStore((s) => s.filter);
  const set = useStore((s) => s.setFilter);
  const leave = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (filter === '') event.currentTarget.blur();
    else set('');
  };
  return (
    <label className="filter">
      <kbd>/</kbd>
      <span className="unseen">Filter by words, status:failed, version:1.2 or port:5684</span>
      <input
        id="filter"
        type="search"
        value={filter}
        placeholder="status:failed version:1.2 …"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => set(event.currentTarget.value)}
        onKeyDown={leave}
      />
    </label>
  );
}

function Grid({ rows }: { readonly rows: readonly Association[] }) {
  const selected = useStore((s) => s.association);
  const filtered = useStore((s) => s.filter.trim() !== '');
  const at = rows.findIndex((a) => a.id === selected);
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = by === 0 ? undefined : rows[at < 0 ? 0 : at + by];
    if (!next) return;
    event.preventDefault();
    page.selectAssociation(next.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be windowed
    <div
      className="assoc"
      role="grid"
      aria-label="Associations"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onKeyDown={move}
      {...(at >= 0 ? { 'aria-activedescendant': `association-${selected}` } : {})}
    >
      <Heads />
      {rows.length === 0 ? (
        <p className="nothing">{filtered ? 'Nothing matches. Clear the filter with Esc.' : 'None in what is open.'}</p>
      ) : (
        <WindowedRows
          className="rows"
          role="rowgroup"
          count={rows.length}
          rowHeight={rowHeight()}
          reveal={at}
          row={(i) => {
            const association = rows[i];
            return association && <Row key={association.id} association={association} index={i} on={i === at} />;
          }}
        />
      )}
    </div>
  );
}

function Heads() {
  const sort = useStore((s) => s.sort);
  const by = useStore((s) => s.sortBy);
  const direction = (key: SortKey) => (sort.key !== key ? 'none' : sort.descending ? 'descending' : 'ascending');
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid itself
    <div role="row" className="row heads" aria-rowindex={1}>
      {COLUMNS.map(([key, text, name]) => (
        // biome-ignore lint/a11y: as above
        <span key={key} role="columnheader" aria-sort={direction(key)}>
          <button
            type="button"
            aria-label={`Sort by ${name.toLowerCase()}`}
            title={`Sort by ${name.toLowerCase()}`}
            onClick={() => by(key)}
          >
            {text}
            {sort.key === key ? (sort.descending ? '↓' : '↑') : text === '' && '\u00a0'}
          </button>
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  readonly association: Association;
  readonly index: number;
  readonly on: boolean;
}

function Row({ association, index, on }: RowProps) {
  const row = associationRow(association);
  const { client, server, verdict } = association;
  const title = `${endpointText(client)} → ${endpointText(server)}\n${verdict}`;
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid, which has the keys
    <div
      id={`association-${row.id}`}
      role="row"
      className="row"
      aria-rowindex={index + 2}
      aria-selected={on}
      title={title}
      onClick={() => page.selectAssociation(row.id)}
    >
      <Cell>
        <Glyph shape={row.shape} />
        <span className="unseen">{row.status}</span>
      </Cell>
      <Cell>{row.ports}</Cell>
      <Cell>{row.version}</Cell>
      <Cell>{row.handshake}</Cell>
      <Cell>{row.retransmissions > 0 && `↻${row.retransmissions}`}</Cell>
    </div>
  );
}

function Cell({ children }: { readonly children: React.ReactNode }) {
  // biome-ignore lint/a11y: a cell of an ARIA grid
  return <span role="gridcell">{children}</span>;
}
