/** Bytes in rows of sixteen: offset, hex, text. One listener for all of them; a row redraws only if its marks change. */
import { type KeyboardEvent, memo, type PointerEvent } from 'react';
import type { DetailBuffer } from '../../analysis/trace.ts';
import { byteRow, COLUMNS, columnsIn, MARKS, type MarkedRange, rowCount, rowMarks } from '../../present/byte-grid.ts';
import type { Span } from '../../wire/reader.ts';
import { WindowedRows } from '../parts/WindowedRows.tsx';

interface Props {
  readonly buffer: DetailBuffer;
  readonly ranges: readonly MarkedRange[];
  /** The field under the pointer. */
  readonly outlined: Span | undefined;
  /** First selected byte. */
  readonly caret: number | null;
  readonly onSelect: (index: number) => void;
  readonly onHover: (index: number | null) => void;
}

const ROW_HEIGHT = 17;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

export function ByteGrid({ buffer, ranges, outlined, caret, onSelect, onHover }: Props) {
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    // A step to the right leaves the selected field; the others count from its first byte.
    const end = ranges.find((range) => range.mark === 'selected')?.to;
    const from = step === 1 && end !== undefined ? end - 1 : (caret ?? -step);
    onSelect(Math.max(0, Math.min(buffer.bytes.length - 1, from + step)));
  };
  const over = (event: PointerEvent) => onHover(indexAt(event.target));
  return (
    <div
      className="bytes"
      role="application"
      aria-label={`Bytes of ${buffer.title}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the bytes are one widget with a caret and the arrow keys
      tabIndex={0}
      onKeyDown={press}
      onPointerOver={over}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const index = indexAt(event.target);
        if (index !== null) onSelect(index);
      }}
    >
      <WindowedRows
        className="rows"
        count={rowCount(buffer.bytes)}
        rowHeight={ROW_HEIGHT}
        reveal={caret === null ? null : Math.floor(caret / COLUMNS)}
        row={(row) => (
          <Row
            key={row}
            bytes={buffer.bytes}
            base={buffer.base}
            row={row}
            marks={rowMarks(ranges, row)}
            outline={outlined ? (columnsIn(outlined, row)?.join(' ') ?? '') : ''}
          />
        )}
      />
    </div>
  );
}

interface RowProps {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly row: number;
  /** See `rowMarks`. A string, so that `memo` can compare it. */
  readonly marks: string;
  /** "from to" in columns, or empty. */
  readonly outline: string;
}

const Row = memo(function Row({ bytes, base, row, marks, outline }: RowProps) {
  const { offset, hex, text } = byteRow(bytes, base, row);
  const [from, to] = outline === '' ? [0, 0] : outline.split(' ').map(Number);
  const classOf = (column: number) => {
    const mark = MARKS[Number(marks[column])] ?? 'plain';
    return column >= (from ?? 0) && column < (to ?? 0) ? `${mark} outlined` : mark;
  };
  const cells = (content: readonly string[]) =>
    content.map((what, column) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the column is the identity
      <span key={column} data-byte={row * COLUMNS + column} className={classOf(column)}>
        {what}
      </span>
    ));
  return (
    <div className="line">
      <span className="offset">{offset}</span>
      <span className="hex">{cells(hex)}</span>
      <span className="text">{cells([...text])}</span>
    </div>
  );
});

function indexAt(target: EventTarget): number | null {
  const index = target instanceof HTMLElement ? target.dataset.byte : undefined;
  return index === undefined ? null : Number(index);
}
