/** What went wrong: the headline open, the rest a line each under what caused them; every evidence leads to its record. */
import { useMemo } from 'react';
import type { FindingView } from '../../analysis/finding.ts';
import type { Association } from '../../analysis/trace.ts';
import { seenTwice } from '../../present/capture-points.ts';
import { evidencePlaces } from '../../present/evidence-rows.ts';
import { type FindingCard, findingCards } from '../../present/finding-cards.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { useStore } from '../store/store.ts';
import { FindingBody } from './findings/FindingBody.tsx';
import { NothingWrong } from './findings/NothingWrong.tsx';
import { Judged, JudgedCount } from './notes/Judge.tsx';
import './findings.css';

interface Props {
  readonly association: Association;
  /** Those that concern no single association. */
  readonly general: readonly FindingView[];
}

export function Findings({ association, general }: Props) {
  const cards = useMemo(() => findingCards(association, general), [association, general]);
  if (cards.length === 0) return <NothingWrong association={association} />;
  return <Cards association={association} cards={cards} />;
}

function Cards({ association, cards }: { readonly association: Association; readonly cards: readonly FindingCard[] }) {
  const open = useStore((s) => s.finding) ?? cards[0]?.key ?? null;
  const show = useStore((s) => s.showFinding);
  const detail = useStore((s) => (s.detail?.association.id === association.id ? s.detail : null));
  const points = useStore((s) => s.trace.points);
  const twice = useMemo(() => detail && seenTwice(detail, points), [detail, points]);
  const findings = useMemo(() => cards.map((card) => card.finding), [cards]);
  return (
    <>
      <JudgedCount findings={findings} detail={detail} />
      <ul className="findings">
        {cards.map((card) => {
          const isOpen = card.key === open;
          return (
            <li key={card.key} data-open={isOpen} data-caused={card.cause !== null || undefined}>
              <h3>
                <button
                  type="button"
                  className="finding-head"
                  title={isOpen ? undefined : card.finding.title}
                  aria-expanded={isOpen}
                  onClick={() => show(isOpen ? '' : card.key)}
                >
                  <Glyph shape={card.shape} />
                  <span className="unseen">{card.severity}: </span>
                  <span className="finding-title">{card.finding.title}</span>
                  <Judged finding={card.finding} detail={detail} />
                  {card.cause && <span className="unseen">, follows from the finding above</span>}
                  {!isOpen && <span className="finding-packets">{evidencePlaces(card.finding, detail, twice)}</span>}
                </button>
              </h3>
              {isOpen && <FindingBody finding={card.finding} cause={card.cause} detail={detail} twice={twice} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}
