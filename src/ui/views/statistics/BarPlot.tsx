/** Counts as level bars: the longest fills its room. Each is a button that filters the list. */

import { grouped } from '../../../present/association-row.ts';
import type { Bar, BarFigure } from '../../../present/statistics.ts';
import { figureSentence, isFiltered, rowsPlot, toggledFilter } from '../../../present/statistics-plot.ts';
import { useStore } from '../../store/store.ts';

/** As in statistics.css. */
const rowHeight = () => (matchMedia('(pointer: coarse)').matches ? 48 : 32);
/** Under the words. */
const BAR_PX = 6;
const BELOW_PX = 5;

export function BarPlot({ figure }: { readonly figure: BarFigure }) {
  const { rows, more } = rowsPlot(figure);
  const rowPx = rowHeight();
  return (
    <div className="bar-plot">
      <svg role="img" aria-label={figureSentence(figure)} height={rows.length * rowPx}>
        {rows.map(({ bar, width }, i) => (
          <rect key={bar.label} x="0" y={(i + 1) * rowPx - BAR_PX - BELOW_PX} width={`${width}%`} height={BAR_PX} />
        ))}
      </svg>
      <div className="bar-rows">
        {rows.map(({ bar, percent, says }) => (
          <FilterButton key={bar.label} bar={bar} says={says} className="bar-row">
            <span className="bar-label ellipsis">{bar.label}</span>
            <span className="bar-count">
              {grouped(bar.count)} <span className="muted">{bar.count > 0 && percent}</span>
            </span>
          </FilterButton>
        ))}
      </div>
      {more > 0 && <p className="muted">and {more} more in the table</p>}
    </div>
  );
}

interface ButtonProps {
  readonly bar: Bar;
  readonly says: string;
  readonly className: string;
  readonly style?: React.CSSProperties;
  readonly children?: React.ReactNode;
}

/** Plain where there is nothing to filter by. */
export function FilterButton({ bar, says, className, style, children }: ButtonProps) {
  const filter = useStore((s) => s.filter);
  const set = useStore((s) => s.setFilter);
  const { filter: term } = bar;
  const shared = { className, title: says, ...(style ? { style } : {}) };
  if (bar.count === 0) return <div {...shared}>{children}</div>;
  return (
    <button
      type="button"
      {...shared}
      aria-pressed={isFiltered(filter, term)}
      onClick={() => set(toggledFilter(filter, term))}
    >
      {children}
      <span className="unseen">{children ? '. Filter the list' : `${says}. Filter the list`}</span>
    </button>
  );
}
