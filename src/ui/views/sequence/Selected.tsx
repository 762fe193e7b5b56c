/** The selected row: tinted under its line, and a frame around the record where the row has several. */
import type { RowLayout } from '../../../present/sequence-arrow.ts';
import { heightAt } from '../../../present/sequence-path.ts';

interface Props {
  readonly row: RowLayout;
  readonly width: number;
}

export function Tint({ row: { y, height }, width }: Props) {
  return (
    <g>
      <rect className="sequence-tint" x={0} y={y} width={width} height={height} />
      <rect className="sequence-edge" x={0} y={y} width={2} height={height} />
    </g>
  );
}

export function PartFrame({ row, record }: { readonly row: RowLayout; readonly record: number | null }) {
  const several = new Set(row.parts.map((part) => part.record)).size > 1;
  const part = several ? row.parts.find((one) => one.record === record) : undefined;
  if (!part) return null;
  const { x1, end } = part;
  return (
    <rect
      className="sequence-part-frame"
      x={Math.floor(Math.min(x1, end)) - 1.5}
      y={row.pieces ? heightAt(row, (x1 + end) / 2) - 5.5 : row.lineY - 17.5}
      width={Math.ceil(Math.abs(end - x1)) + 3}
      height={row.pieces ? 11 : 22}
    />
  );
}
