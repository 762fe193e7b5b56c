/** From where to where the line of a row goes, and what stands at its ends: a cross, a ring, unmeasured stubs. */
import type { Part, Piece, RowLayout, Side } from './sequence-arrow.ts';
import type { Columns } from './sequence-columns.ts';
import { fallOf } from './sequence-delays.ts';
import type { BurstRow } from './sequence-types.ts';

/** A lost line ends at least this far beyond its label and before its receiver. */
const LOST_BEYOND_PX = 10;
const LOST_SHORT_PX = 24;
/** Between a lifeline and its capture point. */
export const STUB_PX = 10;

export interface Way {
  readonly x1: number;
  readonly x2: number;
  readonly side: Side;
  readonly lineY: number;
  readonly narrow: boolean;
  readonly columns: Columns;
  readonly parts: readonly Part[];
  readonly pieces: readonly Piece[] | null;
}

export type Path = Pick<RowLayout, 'x1' | 'x2' | 'endY' | 'crosses' | 'stubs' | 'origin'> & {
  readonly arrives: boolean;
};

export function pathOf(row: BurstRow, way: Way): Path {
  const { x1, x2, side, lineY, columns } = way;
  const crossing = columns.points && row.crossing;
  const endY = lineY + (crossing && !way.narrow ? fallOf(crossing) : 0);
  const before = { x1: x1 - side * STUB_PX, x2: x1, y: lineY };
  const after = { x1: x2, x2: x2 + side * STUB_PX, y: endY };
  const whole = { x1, x2, endY, stubs: crossing ? [before, after] : [], origin: null, arrives: true };
  const lost = row.fate !== 'delivered';
  switch (crossing?.kind) {
    case 'never-captured': {
      const x = x1 - (side * STUB_PX) / 2;
      return { ...whole, x1: before.x1, x2: x, stubs: [], crosses: [{ x, y: lineY }], arrives: false };
    }
    case 'arrived-only': {
      const x = (x1 + x2) / 2;
      return { ...whole, x1: x, stubs: [after], origin: { x, y: lineY }, crosses: [] };
    }
    case 'crossed':
      // Lost after the second point: the cross stands between that and the receiver.
      if (lost) return { ...whole, crosses: [{ x: x2 + (side * STUB_PX) / 2, y: endY }] };
  }
  const stubs = lost && crossing ? [before] : whole.stubs;
  if (way.pieces) {
    const crosses = piecesLost(way.pieces, { x1, x2, lineY, endY });
    return { ...whole, stubs, crosses, arrives: !lost };
  }
  if (!lost) return { ...whole, crosses: [] };
  const x = lineEnd(way.parts, x1, x2, side);
  const y = heightAt({ x1, x2, lineY, endY }, x);
  return { ...whole, x2: x, endY: y, stubs, crosses: [{ x, y }], arrives: false };
}

/** In the middle of each run of lost pieces. */
function piecesLost(pieces: readonly Piece[], line: Line): { readonly x: number; readonly y: number }[] {
  const runs: { from: number; to: number }[] = [];
  let open = false;
  for (const { fate, x1, x2 } of pieces) {
    const run = runs.at(-1);
    if (fate !== 'delivered' && open && run) run.to = x2;
    else if (fate !== 'delivered') runs.push({ from: x1, to: x2 });
    open = fate !== 'delivered';
  }
  return runs.map(({ from, to }) => ({ x: (from + to) / 2, y: heightAt(line, (from + to) / 2) }));
}

type Line = Pick<RowLayout, 'x1' | 'x2' | 'lineY' | 'endY'>;

/** Where the line is at `x`: it falls from one capture point to the other. */
export function heightAt({ x1, x2, lineY, endY }: Line, x: number): number {
  return x1 === x2 ? lineY : lineY + ((endY - lineY) * (x - x1)) / (x2 - x1);
}

/** Beyond the label, and well before the receiver. */
function lineEnd(parts: readonly Part[], x1: number, x2: number, side: Side): number {
  const labelled = parts.reduce((far, part) => Math.max(far, side * (part.end - x1)), 0);
  const whole = side * (x2 - x1);
  return x1 + side * Math.min(whole - LOST_SHORT_PX, Math.max(labelled + LOST_BEYOND_PX, whole * 0.55));
}
