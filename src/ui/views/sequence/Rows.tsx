/** The rows that are drawn. None of them depends on what is selected. */
import { memo, type Ref } from 'react';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';
import type { SequenceLayout } from '../../../present/sequence-layout.ts';
import { SequenceRow } from './SequenceRow.tsx';

interface Props {
  readonly group: Ref<SVGGElement>;
  readonly drawn: readonly PlacedRow[];
  readonly layout: SequenceLayout;
  readonly sentence: (row: PlacedRow) => string;
}

export const Rows = memo(function Rows({ group, drawn, layout, sentence }: Props) {
  return (
    <g ref={group}>
      {drawn.map((row) => (
        <SequenceRow
          key={row.row.key}
          layout={layout.draw(row)}
          width={layout.width}
          sentence={sentence(row)}
          setSize={layout.rows.length}
        />
      ))}
    </g>
  );
});
