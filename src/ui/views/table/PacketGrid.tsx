/** The grid: one focus, one row that the keys move, which is also the selected record of the whole page. */
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { nextSort, packetColumns } from '../../../present/packet-columns.ts';
import type { PacketLine } from '../../../present/packet-table.ts';
import { rolesOf } from '../../../present/sentences.ts';
import { page } from '../../page.ts';
import { WindowedRows } from '../../parts/WindowedRows.tsx';
import { useStore } from '../../store/store.ts';
import { showZone } from '../../zones.ts';
import { destination } from '../destination.ts';
import { useFocusOnOpen } from '../focus-on-open.ts';
import { PacketRow, SilenceRow } from './PacketRow.tsx';

interface Props {
  readonly lines: readonly PacketLine[];
  readonly detail: AssociationDetail;
  readonly twoPoints: boolean;
}

/** As in table.css. */
const rowHeight = () => (matchMedia('(pointer: coarse)').matches ? 44 : 22);
const PAGE_ROWS = 20;

export function PacketGrid({ lines, detail, twoPoints }: Props) {
  const [at, go] = useCursor(lines);
  const grid = useRef<HTMLDivElement>(null);
  useFocusOnOpen(grid);
  const { association } = detail;
  const roles = useMemo(() => rolesOf(association), [association]);
  // One and the same for all rows and for good, so that rows that stay are not drawn anew.
  const latest = useRef(go);
  latest.current = go;
  const select = useCallback((index: number) => latest.current(index, 1), []);
  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && event.target === event.currentTarget) showZone('inspector');
    else {
      const to = destination(event.key, { at, count: lines.length, pageRows: PAGE_ROWS });
      if (to === null) return;
      go(to, to < at ? -1 : 1);
    }
    event.preventDefault();
  };
  const active = lines[at];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be windowed
    <div
      ref={grid}
      className={twoPoints ? 'packet-grid two-points' : 'packet-grid'}
      role="grid"
      aria-label="Records"
      aria-rowcount={lines.length + 1}
      aria-colcount={packetColumns(twoPoints).length}
      tabIndex={0}
      onKeyDown={press}
      {...(active ? { 'aria-activedescendant': rowId(active) } : {})}
    >
      <Heads twoPoints={twoPoints} />
      <WindowedRows
        className="rows"
        role="rowgroup"
        count={lines.length}
        rowHeight={rowHeight()}
        reveal={at}
        row={(i) => {
          const line = lines[i];
          if (!line) return null;
          if (line.kind === 'silence') return <SilenceRow key={line.key} id={rowId(line)} line={line} index={i} />;
          return (
            <PacketRow
              key={line.key}
              id={rowId(line)}
              line={line}
              index={i}
              selected={i === at}
              twoPoints={twoPoints}
              roles={roles}
              originMs={association.startMs}
              onSelect={select}
            />
          );
        }}
      />
    </div>
  );
}

function rowId({ key }: PacketLine): string {
  return `packet-row-${String(key).replace(/\W/g, '-')}`;
}

/**
 * The row with the cursor: that of the selected record, or a row of a loss that leads to the same one. Moving it
 * selects; rows that select nothing are passed over.
 */
function useCursor(lines: readonly PacketLine[]): readonly [number, (to: number, way: 1 | -1) => void] {
  const record = useStore((s) => s.record);
  const [loss, setLoss] = useState<{ readonly key: number; readonly record: number | null } | null>(null);
  const places = useMemo(
    () => new Map(lines.flatMap((line, i) => (line.kind === 'silence' ? [] : [[line.key, i] as const]))),
    [lines],
  );
  const at = places.get((loss?.record === record ? loss?.key : record) ?? -1) ?? -1;
  const go = (to: number, way: 1 | -1) => {
    let next = to;
    while (lines[next]?.kind === 'silence') next += way;
    const line = lines[next];
    if (!line || line.kind === 'silence') return;
    setLoss(line.kind === 'lost' ? { key: line.key, record: line.record } : null);
    if (line.record !== null) page.selectRecord(line.record);
  };
  return [at, go];
}

function Heads({ twoPoints }: { readonly twoPoints: boolean }) {
  const sort = useStore((s) => s.packetSort);
  const by = useStore((s) => s.sortPackets);
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid itself
    <div role="row" className="row heads" aria-rowindex={1}>
      {packetColumns(twoPoints).map(({ id, head, name }) => {
        const on = sort.column === id;
        const direction = !on ? 'none' : sort.descending ? 'descending' : 'ascending';
        return (
          // biome-ignore lint/a11y: as above
          <span key={id} role="columnheader" className={`col-${id}`} aria-sort={direction}>
            <button
              type="button"
              title={`${name}: sort`}
              aria-label={`${head}: ${name}, sort`}
              onClick={() => by(nextSort(sort, id))}
            >
              {head}
              {on && (sort.descending ? ' ↓' : id === 'time' ? '' : ' ↑')}
            </button>
          </span>
        );
      })}
    </div>
  );
}
