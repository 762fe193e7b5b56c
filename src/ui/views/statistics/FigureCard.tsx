/** One plot with its title, and the same numbers as a table for whoever asks. */

import type { Figure } from '../../../present/statistics.ts';
import { timesSentence, totalText } from '../../../present/statistics-plot.ts';
import { BarPlot } from './BarPlot.tsx';
import { DataTable } from './DataTable.tsx';
import { HistogramPlot } from './HistogramPlot.tsx';

export function FigureCard({ figure }: { readonly figure: Figure }) {
  const { title, bars, nothing } = figure;
  const empty = bars.length === 0;
  return (
    <figure className="figure" aria-label={title}>
      <figcaption>
        <span className="strong">{title}</span> {!empty && <span className="muted">{totalText(figure)}</span>}
      </figcaption>
      {empty ? (
        <p className="muted">{nothing}</p>
      ) : figure.kind === 'histogram' && figure.histogram ? (
        <>
          <HistogramPlot figure={figure} histogram={figure.histogram} />
          <p className="muted">{timesSentence(figure.histogram)}</p>
        </>
      ) : (
        figure.kind === 'bars' && <BarPlot figure={figure} />
      )}
      {!empty && <DataTable figure={figure} />}
    </figure>
  );
}
