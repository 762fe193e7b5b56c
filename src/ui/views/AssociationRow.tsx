/** One row of the list of associations, and the heads over all of them. */
import { memo } from 'react';
import type { EarlyAssociation } from '../../analysis/early-association.ts';
import type { ListedAssociation } from '../../analysis/listed-association.ts';
import type { Column, SortKey } from '../../present/association-columns.ts';
import { endpointText, shapeOf, statusText } from '../../present/association-row.ts';
import { choose } from '../commands/choose-association.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { useStore } from '../store/store.ts';

export type ListRow = ListedAssociation | EarlyAssociation;

const isWhole = (row: ListRow): row is ListedAssociation => 'verdict' in row;

interface HeadsProps {
  readonly columns: readonly Column[];
  /** Rows come in the order of the capture, as long as it is read. */
  readonly fixed: boolean;
}

export function Heads({ columns, fixed }: HeadsProps) {
  const sort = useStore((s) => s.sort);
  const by = useStore((s) => s.sortBy);
  const direction = (key: SortKey) => (sort.key !== key ? 'none' : sort.descending ? 'descending' : 'ascending');
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid itself
    <div role="row" className="row heads" aria-rowindex={1}>
      {columns.map(({ key, head, name, look }) => (
        // biome-ignore lint/a11y: as above
        <span key={key} role="columnheader" aria-sort={fixed ? 'none' : direction(key)} data-look={look}>
          <button
            type="button"
            disabled={fixed}
            aria-label={`Sort by ${name}`}
            title={`Sort by ${name}`}
            onClick={() => by(key)}
          >
            {head}
            {sort.key === key && !fixed ? (sort.descending ? '↓' : '↑') : head === '' && '\u00a0'}
          </button>
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  readonly row: ListRow;
  readonly columns: readonly Column[];
  readonly index: number;
  readonly on: boolean;
}

/** Drawn anew only where something of it is another: others grow all the time while a capture is read. */
export const Row = memo(function Row({ row, columns, index, on }: RowProps) {
  const { id, client, server } = row;
  const ends = `${endpointText(client)} → ${endpointText(server)}`;
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid, which has the keys
    <div
      id={`association-${id}`}
      role="row"
      className="row"
      aria-rowindex={index + 2}
      aria-selected={on}
      title={isWhole(row) ? `${ends}\n${row.verdict}` : ends}
      onClick={() => choose(id)}
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y: a cell of an ARIA grid
        <span key={column.key} role="gridcell" data-look={column.look}>
          {isWhole(row) ? (
            <Known association={row} column={column} />
          ) : (
            (column.soFar?.(row) ?? <Waiting of={column} />)
          )}
        </span>
      ))}
    </div>
  );
});

function Known({
  association,
  column: { look, text },
}: {
  readonly association: ListedAssociation;
  readonly column: Column;
}) {
  if (look !== 'status') return text(association);
  return (
    <>
      <Glyph shape={shapeOf(association)} />
      <span className="unseen">{statusText(association)}</span>
    </>
  );
}

/** What only the analysis tells. */
function Waiting({ of }: { readonly of: Column }) {
  if (!of.narrow) return <span className="muted">reading</span>;
  return (
    <>
      <span className="muted" aria-hidden="true">
        …
      </span>
      <span className="unseen">reading</span>
    </>
  );
}
