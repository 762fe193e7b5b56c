/** Where it was captured, how long things took, whose timers fit, and which associations belong together. */
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { endpointNames, seenTwice } from '../../../present/capture-points.ts';
import { relationParts } from '../../../present/relation-parts.ts';
import { type TimingFact, timerFacts, timingFacts, vantageFact } from '../../../present/timing-facts.ts';
import { page } from '../../page.ts';
import { Sign } from '../../parts/Sign.tsx';
import { useStore } from '../../store/store.ts';
import { FactSection } from './Fact.tsx';

export function Story({ detail }: { readonly detail: AssociationDetail }) {
  const points = useStore((s) => s.trace.points);
  const names = endpointNames(detail.association, seenTwice(detail, points) !== null);
  const facts = [
    vantageFact(detail.vantage),
    ...timingFacts(detail.timing, names),
    ...timerFacts(detail.timers, names),
  ];
  return (
    <>
      <FactSection title="Time and place">
        <dl className="timing">
          {facts.map((fact) => (
            <Line key={fact.name} fact={fact} />
          ))}
        </dl>
      </FactSection>
      <Relations detail={detail} />
    </>
  );
}

function Line({ fact: { name, says, certainty, remarks } }: { readonly fact: TimingFact }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {certainty && <Sign certainty={certainty} />} {says}
        {remarks.map((remark) => (
          <p key={remark} className="muted">
            {remark}
          </p>
        ))}
      </dd>
    </>
  );
}

const SHOWN = 20;

function Relations({ detail: { relations } }: { readonly detail: AssociationDetail }) {
  if (relations.length === 0) return null;
  return (
    <FactSection title="Other associations">
      <ul className="lines">
        {relations.slice(0, SHOWN).map((relation) => (
          <li key={`${relation.kind} ${relation.with} ${relation.timeMs} ${relation.says}`}>
            <Sign certainty={relation.certainty} />
            <span>
              {relationParts(relation).map(({ text, isName }) =>
                isName ? (
                  <button key={text} type="button" className="link" onClick={() => page.selectAssociation(text)}>
                    {text}
                  </button>
                ) : (
                  text
                ),
              )}
            </span>
          </li>
        ))}
      </ul>
      {relations.length > SHOWN && <p className="muted">and {relations.length - SHOWN} more</p>}
    </FactSection>
  );
}
