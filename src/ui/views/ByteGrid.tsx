/** Bytes in rows of sixteen: offset, hex, text. One listener for all of them; a row redraws only if its marks change. */
import { type KeyboardEvent, memo, type PointerEvent, useState } from 'react';
import type { DetailBuffer } from '../../analysis/trace.ts';
import {
  byteMove,
  byteRow,
  COLUMNS,
  columnsIn,
  MARKS,
  type MarkedRange,
  offsetDigits,
  rowCount,
  rowMarks,
} from '../../present/byte-grid.ts';
import type { Span } from '../../wire/reader.ts';
import { WindowedRows } from '../parts/WindowedRows.tsx';

interface Props {
  readonly buffer: DetailBuffer;
  readonly ranges: readonly MarkedRange[];
  /** Numbers of notes, by row. */
  readonly pins: ReadonlyMap<number, string>;
  /** The field under the pointer. */
  readonly outlined: Span | undefined;
  /** First selected byte. */
  readonly caret: number | null;
  /** What is in view while nothing is selected. */
  readonly start: number;
  readonly onSelect: (index: number) => void;
  readonly onHover: (index: number | null) => void;
}

const ROW_HEIGHT = 17;

export function ByteGrid({ buffer, ranges, pins, outlined, caret, start, onSelect, onHover }: Props) {
  // Within a field of several bytes the caret moves on while the field stays selected.
  const [moved, setMoved] = useState<number | null>(null);
  const range = ranges.find(({ mark, from, to }) => mark !== 'dim' && mark !== 'record' && from === caret && to > from);
  const at = moved !== null && range && moved >= range.from && moved < range.to ? moved : caret;
  const press = (event: KeyboardEvent) => {
    const last = buffer.bytes.length - 1;
    const moves = byteMove(at, event.key, { last, ctrl: event.ctrlKey });
    // Without a caret the way begins at the record: what carries it is no field.
    const to = moves !== null && at === null ? (ranges.find(({ mark }) => mark === 'record')?.from ?? moves) : moves;
    if (to === null || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    setMoved(to);
    // The pointer may rest where it was; what counts now is where the keys went.
    onHover(null);
    onSelect(to);
  };
  const over = (event: PointerEvent) => onHover(indexAt(event.target));
  return (
    <div
      className="bytes"
      style={{ '--digits': offsetDigits(buffer.bytes, buffer.base) }}
      role="application"
      aria-label={`Bytes of ${buffer.title}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the bytes are one widget with a caret and the arrow keys
      tabIndex={0}
      onKeyDown={press}
      onPointerOver={over}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const index = indexAt(event.target);
        if (index === null) return;
        setMoved(index);
        onSelect(index);
      }}
    >
      <WindowedRows
        className="rows"
        count={rowCount(buffer.bytes)}
        rowHeight={ROW_HEIGHT}
        reveal={revealed(at, start)}
        row={(row) => (
          <Row
            key={row}
            bytes={buffer.bytes}
            base={buffer.base}
            row={row}
            marks={rowMarks(ranges, row)}
            pin={pins.get(row) ?? ''}
            caret={at !== null && Math.floor(at / COLUMNS) === row ? at % COLUMNS : -1}
            outline={outlined ? (columnsIn(outlined, row)?.join(' ') ?? '') : ''}
          />
        )}
      />
    </div>
  );
}

/** A record near the top is in view already; to look for it would cost a layout of the page. */
const NEAR_TOP = 5 * COLUMNS;

function revealed(caret: number | null, start: number): number | null {
  if (caret === null && start < NEAR_TOP) return null;
  return Math.floor((caret ?? start) / COLUMNS);
}

interface RowProps {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly row: number;
  /** See `rowMarks`. A string, so that `memo` can compare it. */
  readonly marks: string;
  /** Numbers of notes; empty mostly. */
  readonly pin: string;
  /** "from to" in columns, or empty. */
  readonly outline: string;
  /** Column of the caret, -1 in other rows. */
  readonly caret: number;
}

const Row = memo(function Row({ bytes, base, row, marks, pin, outline, caret }: RowProps) {
  const { offset, hex, text } = byteRow(bytes, base, row);
  const [from, to] = outline === '' ? [0, 0] : outline.split(' ').map(Number);
  const classOf = (column: number) => {
    const mark = MARKS[Number(marks[column])] ?? 'plain';
    const here = column === caret ? `${mark} caret` : mark;
    return column >= (from ?? 0) && column < (to ?? 0) ? `${here} outlined` : here;
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
      {pin !== '' && (
        <span className="byte-pin" title={`Note ${pin}`}>
          {pin}
        </span>
      )}
      <span className="hex">{cells(hex)}</span>
      <span className="text">{cells([...text])}</span>
    </div>
  );
});

function indexAt(target: EventTarget): number | null {
  const index = target instanceof HTMLElement ? target.dataset.byte : undefined;
  return index === undefined ? null : Number(index);
}
