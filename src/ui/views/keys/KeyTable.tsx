/** All secrets, a row each; only the rows in view are in the document, since a key log may hold a hundred thousand. */
// biome-ignore-all lint/a11y: a table element cannot leave out the rows that are not in view
import type { KeyRow } from '../../../present/key-rows.ts';
import { page } from '../../page.ts';
import { Glyph } from '../../parts/Glyph.tsx';
import { WindowedRows } from '../../parts/WindowedRows.tsx';
import { useMediaQuery } from '../sequence/viewport.ts';
import './keys.css';

/** As in keys.css. */
const [ROW, NARROW_ROW] = [38, 76];
const HEADS = ['label', 'client_random', 'from', 'opened'];

export function KeyTable({ rows }: { readonly rows: readonly KeyRow[] }) {
  const narrow = useMediaQuery('(max-width: 699.9px)');
  const rowHeight = narrow ? NARROW_ROW : ROW;
  return (
    <div className="key-table" role="table" aria-label="Secrets" aria-rowcount={rows.length + 1}>
      <div className="key-row heads" role="row">
        {HEADS.map((head) => (
          <span key={head} role="columnheader">
            {head}
          </span>
        ))}
      </div>
      {/* As high as its rows, up to what the dialog has room for. */}
      <div className="key-rows" role="presentation" style={{ flexBasis: rows.length * rowHeight }}>
        <WindowedRows
          className="rows"
          role="rowgroup"
          tabIndex={0}
          label="Secrets"
          count={rows.length}
          rowHeight={rowHeight}
          row={(i) => {
            const row = rows[i];
            return row && <Row key={i} row={row} index={i} />;
          }}
        />
      </div>
    </div>
  );
}

function Row({ row: { secret, random, state, says, associations }, index }: { row: KeyRow; index: number }) {
  return (
    <div className="key-row" role="row" aria-rowindex={index + 2}>
      <span role="cell" className="mono ellipsis" title={secret.label}>
        {secret.label}
      </span>
      <span role="cell" className="mono" title={secret.clientRandom}>
        {random}
      </span>
      <span role="cell" className="from" title={secret.source}>
        <Source source={secret.source} />
      </span>
      <span role="cell" className="opened">
        <Glyph shape={state === 'opened' ? 'ok' : state === 'matched' ? 'warning' : 'note'} />
        <span className="says" title={says}>
          {says} <Links ids={associations} />
        </span>
      </span>
    </div>
  );
}

/** Of a long name the line number stays in view. */
function Source({ source }: { readonly source: string }) {
  const [, name = source, line = ''] = /^(.*)(:\d+)$/.exec(source) ?? [];
  return (
    <>
      <span className="ellipsis">{name}</span>
      <span className="line-number">{line}</span>
    </>
  );
}

const LISTED = 6;

function Links({ ids }: { readonly ids: readonly string[] }) {
  return (
    <>
      {ids.slice(0, LISTED).map((id, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <button type="button" className="link" onClick={() => page.selectAssociation(id)}>
            {id}
          </button>
        </span>
      ))}
      {ids.length > LISTED && ` and ${ids.length - LISTED} more`}
    </>
  );
}
