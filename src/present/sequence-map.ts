/** The whole diagram in a strip beside it: where something was lost, went wrong, or is the evidence of a finding. */
import type { Association } from '../analysis/trace.ts';
import type { SequenceLayout } from './sequence-layout.ts';
import type { BurstRow, SequenceRow } from './sequence-types.ts';

/** In the order in which they are drawn: what matters most comes last. */
export type MapKind = 'client' | 'server' | 'retransmitted' | 'undecryptable' | 'lost' | 'failure' | 'finding';

export interface MapMarks {
  readonly kind: MapKind;
  /** Heights in whole px of the strip, each once. */
  readonly at: readonly number[];
}

const KINDS: readonly MapKind[] = ['client', 'server', 'retransmitted', 'undecryptable', 'lost', 'failure', 'finding'];

export function sequenceMap(
  { rows, height }: Pick<SequenceLayout, 'rows' | 'height'>,
  { findings }: Pick<Association, 'findings'>,
  mapPx: number,
): MapMarks[] {
  const evidence = new Set(findings.flatMap((one) => one.evidence.flatMap(({ record }) => record ?? [])));
  const marks = new Map(KINDS.map((kind) => [kind, new Set<number>()]));
  for (const { row, y, height: rowPx } of rows) {
    const at = Math.min(mapPx - 1, Math.floor(((y + rowPx / 2) / Math.max(1, height)) * mapPx));
    for (const kind of kindsOf(row)) marks.get(kind)?.add(at);
    if (row.records.some((record) => evidence.has(record))) marks.get('finding')?.add(at);
  }
  return KINDS.flatMap((kind) => {
    const at = [...(marks.get(kind) ?? [])].sort((a, b) => a - b);
    return at.length > 0 ? [{ kind, at }] : [];
  });
}

function kindsOf(row: SequenceRow): MapKind[] {
  if (row.kind === 'burst') return [row.sender, ...troublesOf(row)];
  const sides = (['client', 'server'] as const).filter((side) => row[side].records > 0);
  return row.lost > 0 ? [...sides, 'lost'] : sides;
}

function troublesOf({ fate, fragments, segments, mark }: BurstRow): MapKind[] {
  const kinds: MapKind[] = [];
  if (mark === 'retransmission') kinds.push('retransmitted');
  if (segments.some(({ sign }) => sign === 'lock' || sign === 'barred')) kinds.push('undecryptable');
  if (fate !== 'delivered' || fragments?.pieces.some((piece) => piece.fate !== 'delivered')) kinds.push('lost');
  if (segments.some(({ fatal, sign }) => fatal || sign === 'malformed')) kinds.push('failure');
  return kinds;
}
