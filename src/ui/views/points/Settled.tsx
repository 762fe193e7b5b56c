/** What the second capture point settles: a question a line, answered by A alone and by both. */
import { useEffect, useMemo } from 'react';
import type { PointsView } from '../../../analysis/story.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import type { SeenTwice } from '../../../present/capture-points.ts';
import { type Answer, settledQuestions } from '../../../present/settled.ts';
import { page } from '../../page.ts';
import { Sign } from '../../parts/Sign.tsx';
import { useStore } from '../../store/store.ts';

interface Props {
  readonly detail: AssociationDetail;
  readonly twice: SeenTwice;
  readonly points: PointsView;
}

export function Settled({ detail, twice, points }: Props) {
  const alone = useStore((s) => s.alone);
  // Asked again when keys were added: a new detail tells.
  useEffect(() => page.askAlone(detail.association.id), [detail]);
  const rows = useMemo(() => settledQuestions({ detail, alone, twice, points }), [detail, alone, twice, points]);
  return (
    <div className="settled-rows">
      <table>
        <thead>
          <tr>
            <th scope="col">Question</th>
            <th scope="col">A alone</th>
            <th scope="col">A and B</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ question, alone: one, both }) => (
            <tr key={question}>
              <th scope="row">{question}</th>
              <td>{one ? <Says answer={one} /> : <span className="muted">…</span>}</td>
              <td>
                <Says answer={both} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Says({ answer: { certainty, says, record } }: { readonly answer: Answer }) {
  if (certainty === null) return <span className="muted">{unbroken(says)}</span>;
  return (
    <span className="settled-says">
      {certainty === 'proven' ? <Proven /> : <Sign certainty={certainty} />}
      <span className="unseen">{certainty}: </span>
      {record === null ? (
        <span>{unbroken(says)}</span>
      ) : (
        <button type="button" className="link" title={`Record ${record}`} onClick={() => page.jump(record)}>
          {unbroken(says)}
        </button>
      )}
    </span>
  );
}

/** Numbers keep to their units and letters. */
function unbroken(says: string): string {
  return says.replace(/([AB]|\d) (?=\d|ms\b)/g, '$1\u00a0');
}

/** A filled square on its corner: both points together prove it. */
function Proven() {
  return (
    <svg className="sign" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <path d="M5 .8 9.2 5 5 9.2.8 5Z" fill="var(--text)" />
    </svg>
  );
}
