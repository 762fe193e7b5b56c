/** The diagram's layout, worked out anew only when something changes that it depends on. */
import { useCallback, useMemo, useState } from 'react';
import type { PointsView } from '../../../analysis/story.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { type SeenTwice, seenTwice } from '../../../present/capture-points.ts';
import { rolesOf, rowSentence } from '../../../present/sentences.ts';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';
import { arrangeSequence, type SequenceLayout } from '../../../present/sequence-layout.ts';
import { rowsByRecord, type StateLifelines, stateLifelines } from '../../../present/sequence-lifelines.ts';
import { wordBursts } from '../../../present/sequence-rows.ts';
import { useStore } from '../../store/store.ts';
import { MAP_PX } from './Minimap.tsx';
import { measureText } from './measure.ts';
import { useCoarsePointer } from './viewport.ts';

export interface Arranged {
  readonly twice: SeenTwice | null;
  readonly layout: SequenceLayout;
  readonly states: StateLifelines;
  readonly byRecord: ReadonlyMap<number, PlacedRow>;
  readonly byKey: ReadonlyMap<number, PlacedRow>;
  /** Words a row when it is drawn, since most rows of a long trace never are. */
  readonly sentence: (row: PlacedRow) => string;
  /** Opens or folds a run or a burst. */
  readonly toggle: (key: number) => void;
  /** Changes with scale and zoom. */
  readonly stretch: string;
}

const NARROW_PX = 700;

/** `beside`: px of `width` that are left to notes. */
export function useArranged(
  detail: AssociationDetail,
  points: PointsView | null,
  width: number,
  beside: number,
): Arranged {
  const coarse = useCoarsePointer();
  const scale = useStore((s) => s.scale);
  const zoom = useStore((s) => s.zoom);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set<number>());
  const toggle = useCallback((key: number) => setOpen((keys) => toggled(keys, key)), []);
  const twice = useMemo(() => seenTwice(detail, points), [detail, points]);
  const worded = useMemo(() => wordBursts(detail, twice), [detail, twice]);
  const layout = useMemo(() => {
    const narrow = width < NARROW_PX;
    const rowPx = narrow || coarse ? 42 : twice ? 26 : 22;
    const options = {
      width: Math.max(0, width - beside),
      rowPx,
      narrow,
      scale,
      zoom,
      mapPx: MAP_PX,
      measure: measureText,
      summed: detail.summed ?? [],
    };
    return arrangeSequence(worded, detail.association, open, options);
  }, [worded, detail, twice, open, width, beside, coarse, scale, zoom]);
  const states = useMemo(() => stateLifelines(detail, layout), [detail, layout]);
  const byRecord = useMemo(() => rowsByRecord(layout.rows), [layout]);
  const byKey = useMemo(() => new Map(layout.rows.map((placed) => [placed.row.key, placed])), [layout]);
  const sentence = useMemo(() => {
    const silences = new Map(layout.breaks.map((one) => [one.before, one.silentMs]));
    const roles = rolesOf(detail.association);
    const originMs = detail.association.startMs;
    return ({ row, index }: PlacedRow) => rowSentence(row, { roles, originMs, silentMs: silences.get(index) ?? null });
  }, [layout, detail]);
  return { twice, layout, states, byRecord, byKey, sentence, toggle, stretch: `${scale} ${zoom}` };
}

function toggled(keys: ReadonlySet<number>, key: number): ReadonlySet<number> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
