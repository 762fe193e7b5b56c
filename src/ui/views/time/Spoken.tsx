/** Says where the playhead has come to rest, for those who listen; the slider says it by itself while it has the focus. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { endpointNames, seenTwice } from '../../../present/capture-points.ts';
import { playheadSentence } from '../../../present/playhead-text.ts';
import { selectedRecord } from '../../store/playhead.ts';
import { useStore } from '../../store/store.ts';

const REST_MS = 500;

export function Spoken({ detail }: { readonly detail: AssociationDetail }) {
  const record = useStore(selectedRecord);
  const points = useStore((s) => s.trace.points);
  const names = useMemo(() => endpointNames(detail.association, seenTwice(detail, points) !== null), [detail, points]);
  const [said, setSaid] = useState('');
  // Opening has words of its own; the first record that is shown needs none.
  const known = useRef(record);
  useEffect(() => {
    if (record === null || record === known.current) return;
    const rest = setTimeout(() => {
      known.current = record;
      const atSlider = document.activeElement?.matches('[data-time-slider]') ?? false;
      setSaid(atSlider ? '' : playheadSentence(detail, record.timeMs, record, names));
    }, REST_MS);
    return () => clearTimeout(rest);
  }, [detail, record, names]);
  return (
    <p className="unseen" aria-live="polite">
      {said}
    </p>
  );
}
