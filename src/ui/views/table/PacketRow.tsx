/** One row of the packet table: a record, a loss, or a silence across all columns. */
import { memo } from 'react';
import { packetColumns } from '../../../present/packet-columns.ts';
import { type RecordLine, type SilenceLine, STATE_WORDS } from '../../../present/packet-table.ts';
import { type Roles, rowSentence } from '../../../present/sentences.ts';
import { MarkSign } from './MarkSign.tsx';

interface Props {
  readonly id: string;
  readonly line: RecordLine;
  readonly index: number;
  readonly selected: boolean;
  readonly twoPoints: boolean;
  readonly roles: Roles;
  readonly originMs: number;
  readonly onSelect: (index: number) => void;
}

export const PacketRow = memo(({ id, line, index, selected, twoPoints, roles, originMs, onSelect }: Props) => {
  const sentence = rowSentence(line.row, { roles, originMs, silentMs: null });
  const lost = line.kind === 'lost';
  return (
    // biome-ignore lint/a11y: rows of an ARIA grid; the focus stays on the grid, which has the keys
    <div
      id={id}
      role="row"
      className={lost ? 'row lost' : 'row'}
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-label={sentence}
      title={sentence}
      onClick={() => onSelect(index)}
    >
      <Cell of="packet">{line.packet}</Cell>
      <Cell of="time">{line.time}</Cell>
      <Cell of="delta">{line.delta}</Cell>
      {twoPoints && <Cell of="elsewhere">{line.elsewhere}</Cell>}
      <Cell of="sender">
        <Direction line={line} roles={roles} />
      </Cell>
      <Cell of="what">
        <span className="message">{line.what}</span>
        {line.note !== '' && <span className="muted"> {line.note}</span>}
      </Cell>
      <Cell of="number">{line.number}</Cell>
      <Cell of="flight">{line.attempt}</Cell>
      <Cell of="mark">
        {line.marks.map((mark) => (
          <MarkSign key={mark} mark={mark} />
        ))}
        {line.mark}
      </Cell>
      <Cell of="state">{line.state === null ? '' : STATE_WORDS[line.state]}</Cell>
      <Cell of="bytes">{lost ? '' : line.bytes}</Cell>
    </div>
  );
});

export function SilenceRow({
  id,
  line,
  index,
}: {
  readonly id: string;
  readonly line: SilenceLine;
  readonly index: number;
}) {
  return (
    // biome-ignore lint/a11y: as above
    <div id={id} role="row" className="row silence" aria-rowindex={index + 2}>
      {/* biome-ignore lint/a11y: a cell of an ARIA grid */}
      <span role="gridcell" aria-colindex={1} aria-colspan={packetColumns(false).length}>
        {line.says}
      </span>
    </div>
  );
}

/** The sender's shape, an arrow, the receiver's shape: a circle is the client, a square the server. */
function Direction({ line: { sender }, roles }: Pick<Props, 'line' | 'roles'>) {
  const words = sender === 'client' ? `${roles.client} to ${roles.server}` : `${roles.server} to ${roles.client}`;
  return (
    <>
      <span className="unseen">{words}</span>
      <svg width="44" height="12" viewBox="0 0 44 12" aria-hidden="true" className={sender === 'client' ? 'c' : 's'}>
        <circle className="c fill" cx="5" cy="6" r="4" />
        <rect className="s fill" x="35" y="2" width="8" height="8" />
        <line className="stroke" x1="13" x2="31" y1="6" y2="6" />
        <path className="fill" d={sender === 'client' ? 'M32 6l-6 -3.4v6.8z' : 'M12 6l6 -3.4v6.8z'} />
      </svg>
    </>
  );
}

function Cell({ of, children }: { readonly of: string; readonly children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y: a cell of an ARIA grid
    <span role="gridcell" className={`col-${of}`}>
      {children}
    </span>
  );
}
