/** The list of application data: one line for each record, and the keys of a list. */
import { type KeyboardEvent, useRef } from 'react';
import { byteCount } from '../../../present/association-row.ts';
import type { DataRow } from '../../../present/data-list.ts';
import { page } from '../../page.ts';
import { WindowedRows } from '../../parts/WindowedRows.tsx';
import { useStore } from '../../store/store.ts';
import { destination } from '../destination.ts';
import { useFocusOnOpen } from '../focus-on-open.ts';

interface Props {
  readonly rows: readonly DataRow[];
  readonly roles: { readonly client: string; readonly server: string };
}

/** As in data.css. */
const rowHeight = () => (matchMedia('(pointer: coarse)').matches ? 44 : 22);
const PAGE_ROWS = 10;
const HEADS = ['packet', 'ms', 'from', 'protocol', 'what it says', 'bytes'] as const;

export function DataGrid({ rows, roles }: Props) {
  const record = useStore((s) => s.record);
  const grid = useRef<HTMLDivElement>(null);
  useFocusOnOpen(grid);
  const at = rows.findIndex((row) => row.record === record);
  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') document.querySelector<HTMLElement>('.payload')?.focus();
    else {
      const to = destination(event.key, { at, count: rows.length, pageRows: PAGE_ROWS });
      const next = to === null ? undefined : rows[to];
      if (!next) return;
      page.selectRecord(next.record);
    }
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be windowed
    <div
      ref={grid}
      className="data-grid"
      role="grid"
      aria-label="Records of application data"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onKeyDown={press}
      {...(at >= 0 ? { 'aria-activedescendant': `data-row-${record}` } : {})}
    >
      {/* biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid itself */}
      <div role="row" className="row heads" aria-rowindex={1}>
        {HEADS.map((head) => (
          // biome-ignore lint/a11y: as above
          <span key={head} role="columnheader" className="label">
            {head}
          </span>
        ))}
      </div>
      <WindowedRows
        className="rows"
        role="rowgroup"
        count={rows.length}
        rowHeight={rowHeight()}
        reveal={at}
        row={(i) => {
          const row = rows[i];
          return row && <Row key={row.record} row={row} index={i} on={i === at} roles={roles} />;
        }}
      />
    </div>
  );
}

interface RowProps {
  readonly row: DataRow;
  readonly index: number;
  readonly on: boolean;
  readonly roles: Props['roles'];
}

function Row({ row, index, on, roles }: RowProps) {
  const { item, record, chip, summary, mark, sentence } = row;
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid, which has the keys
    <div
      id={`data-row-${record}`}
      role="row"
      className="row"
      aria-rowindex={index + 2}
      aria-selected={on}
      aria-label={sentence}
      title={item.found ?? summary}
      onClick={() => page.selectRecord(record)}
    >
      <Cell>{row.packet}</Cell>
      <Cell>{row.time}</Cell>
      <Cell>
        <svg
          className={`mark-sign ${item.sender === 'client' ? 'c' : 's'}`}
          width="9"
          height="9"
          viewBox="0 0 9 9"
          aria-hidden="true"
        >
          {item.sender === 'client' ? (
            <circle className="fill" cx="4.5" cy="4.5" r="4" />
          ) : (
            <rect className="fill" x=".5" y=".5" width="8" height="8" />
          )}
        </svg>
        {roles[item.sender]}
      </Cell>
      <Cell>
        {chip === null ? <span className="muted">{item.protocol}</span> : <span className="chip">{chip}</span>}
      </Cell>
      <Cell>
        <span className={item.protocol === 'bytes' ? 'mono' : ''}>{summary}</span>
        {item.found !== null && <span className="muted"> {item.found}</span>}
        {mark !== '' && <span className="muted"> {mark}</span>}
      </Cell>
      <Cell>
        <span title={byteCount(item.length)}>{item.length}</span>
      </Cell>
    </div>
  );
}

function Cell({ children }: { readonly children: React.ReactNode }) {
  // biome-ignore lint/a11y: a cell of an ARIA grid
  return <span role="gridcell">{children}</span>;
}
