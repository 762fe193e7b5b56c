/** Which places of the drawing are pointed at: the records that an ACK names, and a curve from the ACK to each row. */
import type { Frame, PlacedRow, RowLayout } from './sequence-arrow.ts';
import { LIFELINE_AIR } from './sequence-columns.ts';
import { heightAt } from './sequence-path.ts';

export interface Pointed {
  /** Key of the row that holds the records. */
  readonly key: number;
  readonly frames: readonly Frame[];
  /** From the row that points to this one, beside the lifeline of the records' sender. */
  readonly curve: { readonly x: number; readonly y1: number; readonly y2: number; readonly lean: number };
}

/** How far a curve leans out, at most. */
const LEAN_PX = 15;
const FRAME_ABOVE_PX = 17;

/**
 * The rows of `records`, seen from the row `from`. `near` says which of them are drawn: long traces draw only what is
 * on screen, and what is not drawn needs no mark.
 */
export function pointAt(
  records: readonly number[],
  from: PlacedRow,
  rows: readonly PlacedRow[],
  draw: (row: PlacedRow) => RowLayout,
): Pointed[] {
  const wanted = new Set(records);
  const y1 = draw(from).lineY;
  return rows.flatMap((placed): Pointed[] => {
    const { row } = placed;
    if (row.kind === 'fold' || placed === from || !row.records.some((record) => wanted.has(record))) return [];
    const layout = draw(placed);
    const side = layout.x2 > layout.x1 ? 1 : -1;
    const { lineY } = layout;
    const several = new Set(layout.parts.map(({ record }) => record)).size > 1;
    const parts = several ? layout.parts.filter(({ record }) => wanted.has(record)) : [];
    const frames = parts.map(({ x1: a, end }) => ({
      x: Math.min(a, end) - 1,
      y: layout.pieces ? heightAt(layout, (a + end) / 2) - 5 : lineY - FRAME_ABOVE_PX,
      width: Math.abs(end - a) + 2,
      height: layout.pieces ? 10 : FRAME_ABOVE_PX + 4,
    }));
    const whole = {
      x: Math.min(layout.x1, layout.x2),
      y: lineY - FRAME_ABOVE_PX,
      width: Math.abs(layout.x2 - layout.x1),
      height: FRAME_ABOVE_PX + 4,
    };
    const lean = -side * Math.min(LEAN_PX, Math.abs(lineY - y1) / 3);
    return [
      {
        key: row.key,
        frames: frames.length > 0 ? frames : [whole],
        curve: { x: layout.x1 - side * (LIFELINE_AIR + 5), y1, y2: lineY, lean },
      },
    ];
  });
}
