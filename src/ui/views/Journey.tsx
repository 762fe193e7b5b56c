/** What became of the selected record, above its fields. */
import type { RecordView } from '../../analysis/trace.ts';
import { seenTwice } from '../../present/capture-points.ts';
import { journeyOf } from '../../present/record-journey.ts';
import { page } from '../page.ts';
import { Sign } from '../parts/Sign.tsx';
import { useStore } from '../store/store.ts';

export function Journey({ record }: { readonly record: RecordView }) {
  const detail = useStore((s) => s.detail);
  const points = useStore((s) => s.trace.points);
  if (!detail) return null;
  return journeyOf(record, detail, seenTwice(detail, points)).map(({ certainty, text, record: other }) => (
    <p key={text} className="remark">
      <Sign certainty={certainty} />
      {other === null ? (
        <span>{text}</span>
      ) : (
        <button type="button" className="link" onClick={() => page.jump(other)}>
          {text}
        </button>
      )}
    </p>
  ));
}
