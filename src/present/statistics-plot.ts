/** The small plots of the statistics: shares of the room they get, and their words for those who do not see them. */
import { counted, grouped } from './association-row.ts';
import type { Bar, BarFigure, Figure, HistogramFigure } from './statistics.ts';
import { type Histogram, placeOnAxis, shortTime } from './statistics-histogram.ts';

/** All numbers are percent of the plot. */
export interface Column {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly bar: Bar;
  /** "20 ms to 50 ms: 12". */
  readonly says: string;
}

export interface HistogramPlot {
  readonly columns: readonly Column[];
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly marks: readonly { readonly x: number; readonly name: string; readonly text: string }[];
}

export interface Row {
  readonly width: number;
  readonly bar: Bar;
  readonly percent: string;
  readonly says: string;
}

export interface RowsPlot {
  readonly rows: readonly Row[];
  /** Bars that have no row; the table has them. */
  readonly more: number;
}

/** So many labels stand side by side. */
const MOST_TICKS = 7;
export const MOST_ROWS = 8;

export function histogramPlot(figure: HistogramFigure, histogram: Histogram): HistogramPlot {
  const tallest = histogram.bins.reduce((most, bin) => Math.max(most, bin.count), 1);
  const columns = histogram.bins.map((bin, i): Column => {
    const bar = figure.bars[i] ?? { label: bin.label, count: bin.count, filter: '' };
    const x = 100 * placeOnAxis(histogram, bin.from);
    const width = 100 * placeOnAxis(histogram, bin.to) - x;
    return { x, width, height: (100 * bin.count) / tallest, bar, says: `${bin.label}: ${grouped(bin.count)}` };
  });
  const edges = [...histogram.bins.map(({ from }) => from), histogram.bins.at(-1)?.to ?? 0];
  const every = Math.ceil(edges.length / MOST_TICKS);
  // With few edges all are named; with many, those of whole decades.
  const named = every === 1 ? edges : edges.filter((edge) => /^1e/.test(edge.toExponential()) || edge === 0);
  return {
    columns,
    ticks: named.map((ms) => ({ x: 100 * placeOnAxis(histogram, ms), text: ms === 0 ? '0' : shortTime(ms) })),
    marks: (['median', 'p90'] as const).map((name) => ({
      x: 100 * placeOnAxis(histogram, histogram[name]),
      name: name === 'median' ? 'median' : '90 %',
      text: shortTime(histogram[name]),
    })),
  };
}

export function rowsPlot({ bars, total }: BarFigure): RowsPlot {
  const longest = bars.reduce((most, bar) => Math.max(most, bar.count), 1);
  return {
    rows: bars.slice(0, MOST_ROWS).map((bar) => ({
      bar,
      width: (100 * bar.count) / longest,
      percent: percent(bar.count, total),
      says: `${bar.label}: ${grouped(bar.count)}, ${percent(bar.count, total)}`,
    })),
    more: Math.max(0, bars.length - MOST_ROWS),
  };
}

/** "4 %", "0.3 %"; never 0 % of something. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  if (share > 0 && share < 0.1) return '< 0.1 %';
  return `${share < 10 && share > 0 ? Number(share.toFixed(1)) : Math.round(share)} %`;
}

/** "12 associations". */
export function totalText({ total, of: [one, many] }: Pick<Figure, 'total' | 'of'>): string {
  return `${grouped(total)} ${total === 1 ? one : many}`;
}

/** One sentence for those who do not see the plot. */
export function figureSentence(figure: Figure): string {
  const { title, bars, nothing, total, of } = figure;
  if (total === 0 || bars.length === 0) return `${title}: ${nothing}`;
  if (figure.kind === 'histogram' && figure.histogram) return `${title}: ${timesSentence(figure.histogram)}`;
  const told = bars.slice(0, MOST_ROWS).map((bar) => `${bar.label} ${grouped(bar.count)}`);
  const more = bars.length - told.length;
  return `${title}, of ${totalText({ total, of })}: ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** "12 handshakes, half within 16 ms, nine of ten within 1.3 s, the longest 7 s." */
export function timesSentence({ values, median, p90, max }: Histogram): string {
  if (values === 1) return `1 handshake, ${shortTime(max)}.`;
  return `${counted(values, 'handshake')}, half within ${shortTime(median)}, nine of ten within ${shortTime(p90)}, the longest ${shortTime(max)}.`;
}

/** Adds the term to the filter of the list, or takes it out again. */
export function toggledFilter(filter: string, term: string): string {
  if (isFiltered(filter, term)) {
    const gone = new Set(term.split(' '));
    return words(filter)
      .filter((word) => !gone.has(word))
      .join(' ');
  }
  return [...words(filter), term].join(' ');
}

export function isFiltered(filter: string, term: string): boolean {
  const present = new Set(words(filter));
  return term.split(' ').every((word) => present.has(word));
}

function words(filter: string): readonly string[] {
  return filter.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}
