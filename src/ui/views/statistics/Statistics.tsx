/** Numbers over all associations that the list shows, as small plots. */
import { useRef } from 'react';
import type { Figure } from '../../../present/statistics.ts';
import { scopeText, statisticsOf } from '../../../present/statistics.ts';
import { shownAssociations } from '../../store/selectors.ts';
import { useStore } from '../../store/store.ts';
import { useFocusOnOpen } from '../focus-on-open.ts';
import { FigureCard } from './FigureCard.tsx';
import '../view.css';
import './statistics.css';

export function Statistics() {
  const shown = useStore(shownAssociations);
  const total = useStore((s) => s.trace.associations.length);
  const filter = useStore((s) => s.filter);
  const setFilter = useStore((s) => s.setFilter);
  const plots = useRef<HTMLElement>(null);
  useFocusOnOpen(plots);
  const figures: readonly Figure[] = statisticsOf(shown);
  return (
    <section className="view statistics" aria-label="Statistics">
      <div className="bar">
        <h2>Statistics</h2>
        <span className="count ellipsis" role="status">
          {scopeText(shown.length, total)}
        </span>
        <span className="grow" />
        {filter.trim() !== '' && (
          <button type="button" className="tool plain" onClick={() => setFilter('')}>
            Clear filter
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="nothing">The filter of the list leaves nothing to count. Clear it to see all associations.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section ref={plots} className="figures" tabIndex={0} aria-label="Plots">
          <div className="figure-columns">
            {figures.map((figure) => (
              <FigureCard key={figure.id} figure={figure} />
            ))}
          </div>
        </section>
      )}
    </section>
  );
}
