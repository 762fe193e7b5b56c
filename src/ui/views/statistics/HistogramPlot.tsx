/** Times as columns on a logarithmic axis, with the median and the ninth decile marked. */
import type { HistogramFigure } from '../../../present/statistics.ts';
import type { Histogram } from '../../../present/statistics-histogram.ts';
import { figureSentence, histogramPlot } from '../../../present/statistics-plot.ts';
import { FilterButton } from './BarPlot.tsx';

interface Props {
  readonly figure: HistogramFigure;
  readonly histogram: Histogram;
}

/** From the top: names of the marks, columns, axis. As in statistics.css. */
const TOP_PX = 30;
const PLOT_PX = 84;
const AXIS_PX = 18;
const BASE_PX = TOP_PX + PLOT_PX;

export function HistogramPlot({ figure, histogram }: Props) {
  const { columns, ticks, marks } = histogramPlot(figure, histogram);
  return (
    <div className="histogram">
      <svg role="img" aria-label={figureSentence(figure)} height={BASE_PX + AXIS_PX}>
        {columns.map(({ x, width, height, bar }) => {
          const tall = (height / 100) * PLOT_PX;
          return <rect key={bar.label} x={`${x}%`} y={BASE_PX - tall} width={`${width}%`} height={tall} />;
        })}
        <line className="axis" x1="0" x2="100%" y1={BASE_PX + 0.5} y2={BASE_PX + 0.5} />
        {ticks.map(({ x, text }) => (
          <g key={text}>
            <line className="axis" x1={`${x}%`} x2={`${x}%`} y1={BASE_PX} y2={BASE_PX + 4} />
            <text x={`${x}%`} y={BASE_PX + 15} textAnchor={anchor(x)}>
              {text}
            </text>
          </g>
        ))}
        {marks.map(({ x, name, text }, i) => (
          <g key={name}>
            <line className="mark" x1={`${x}%`} x2={`${x}%`} y1={4 + 13 * i} y2={BASE_PX} />
            <text
              className="mark"
              x={`${x}%`}
              dx={x > 60 ? -4 : 4}
              y={12 + 13 * i}
              textAnchor={x > 60 ? 'end' : 'start'}
            >
              {name} {text}
            </text>
          </g>
        ))}
      </svg>
      {columns.map(({ x, width, bar, says }) => (
        <FilterButton
          key={bar.label}
          bar={bar}
          says={says}
          className="column"
          style={{ left: `${x}%`, width: `${width}%`, top: TOP_PX, height: PLOT_PX }}
        />
      ))}
    </div>
  );
}

/** Text at the ends stays within the plot. */
function anchor(x: number): 'start' | 'middle' | 'end' {
  return x < 3 ? 'start' : x > 97 ? 'end' : 'middle';
}
