/** Captures of the collection as the sequence diagram draws them. */
import type { AssociationDetail } from '../src/analysis/trace.ts';
import { seenTwice } from '../src/present/capture-points.ts';
import { arrangeSequence, type LayoutOptions, type SequenceLayout } from '../src/present/sequence-layout.ts';
import { wordBursts } from '../src/present/sequence-rows.ts';
import type { BurstRow } from '../src/present/sequence-types.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

const measure = (text: string, fontPx: number, weight: number) => text.length * fontPx * (weight > 500 ? 0.6 : 0.5);
const WIDE: LayoutOptions = { width: 720, rowPx: 22, narrow: false, scale: 'folded', measure };

export interface DrawnSequence {
  readonly detail: AssociationDetail;
  readonly layout: SequenceLayout;
  readonly rows: readonly BurstRow[];
}

/** Files that end in .keys open the others. `open`: keys of what the reader opened. */
export async function drawnSequence(
  files: readonly string[],
  options: Partial<LayoutOptions> = {},
  open: readonly number[] = [],
): Promise<DrawnSequence> {
  const session = await openSession(...files.filter((file) => !file.endsWith('.keys')));
  for (const file of files.filter((one) => one.endsWith('.keys'))) addKeys(session, file);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${files[0]} has no association`);
  const worded = wordBursts(detail, seenTwice(detail, session.trace().points));
  const layout = arrangeSequence(worded, detail.association, new Set(open), { ...WIDE, ...options });
  const rows = layout.rows.flatMap(({ row }) => (row.kind === 'burst' ? [row] : []));
  return { detail, layout, rows };
}

/** "6.1 Finished" for a row: its attempt and what it carries. */
export function rowWords({ attempt, segments, records }: BurstRow): string {
  const place = attempt ? `${attempt.flight}.${attempt.number}` : '-';
  return `${place} ${records.length === 0 ? '(never captured) ' : ''}${segments.map((one) => one.label).join(' ')}`;
}
