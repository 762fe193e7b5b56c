/** Up to here the reader has come: a line with a head at each edge. It rests under a row, or moves with time. */
import { type RefObject, useEffect } from 'react';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';
import { heightOfTime, rowAtTime } from '../../../present/sequence-playhead.ts';
import { useStore } from '../../store/store.ts';
import { reveal } from './viewport.ts';

interface Props {
  readonly rows: readonly PlacedRow[];
  /** Where it rests; null for nowhere. */
  readonly rest: PlacedRow | null;
  readonly width: number;
  readonly drawing: RefObject<Element | null>;
  readonly headerPx: number;
}

/** What is seen around a playhead that moves. */
const AROUND_PX = 48;

export function Playhead({ rows, rest, width, drawing, headerPx }: Props) {
  const timeMs = useStore((s) => s.playheadMs);
  const y = timeMs === null ? rest && rest.y + rest.height : heightOfTime(rows, timeMs);
  useEffect(() => {
    if (timeMs === null || y === null || !drawing.current) return;
    reveal(drawing.current, Math.max(0, y - AROUND_PX), y + AROUND_PX, headerPx);
  }, [timeMs, y, drawing, headerPx]);
  if (y === null) return null;
  return (
    <g className="sequence-playhead" transform={`translate(0 ${y})`}>
      <path className="sequence-playhead-line" d={`M0 0H${width}`} />
      <path d={`M${width} -5l-7 5 7 5z`} />
      <path d="M0 -5l7 5 -7 5z" />
    </g>
  );
}

/** Index of the last row that has come: all of them until the reader has chosen one. */
export function useComeRows(rows: readonly PlacedRow[], rest: PlacedRow | null): number {
  return useStore(({ playheadMs, untouched }) => {
    if (playheadMs !== null) return rowAtTime(rows, playheadMs);
    return rest && !untouched ? rest.index : rows.length;
  });
}
