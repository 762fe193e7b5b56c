/** The sequence diagram of a whole association as one SVG file: the page's own layout, with the verdict over it. */
import type { AssociationDetail, TraceSummary } from '../analysis/trace.ts';
import { endpointText } from './association-row.ts';
import { captureFlag } from './capture-flag.ts';
import { endpointNames, type SeenTwice, seenTwice } from './capture-points.ts';
import { element, escaped } from './markup.ts';
import { PALETTES, type Palette, type ThemeName, TOKENS } from './palette.ts';
import { rolesOf, rowSentence } from './sentences.ts';
import type { TextMark } from './sequence-arrow.ts';
import type { Columns } from './sequence-columns.ts';
import { arrangeSequence, type SequenceLayout } from './sequence-layout.ts';
import { stateLifelines } from './sequence-lifelines.ts';
import { wordBursts } from './sequence-rows.ts';
import { lifelinesMarkup } from './sequence-svg-lifelines.ts';
import { FONTS, rowMarkup, textMarkup } from './sequence-svg-row.ts';
import { surroundingsMarkup } from './sequence-svg-surroundings.ts';
import { approximateWidth } from './text-width.ts';

export interface SvgOptions {
  readonly trace: Pick<TraceSummary, 'captures' | 'points'>;
  readonly detail: AssociationDetail;
  /** `page`: colours are those of the style sheet around it, and its heading is left to the page that it stands in. */
  readonly theme: ThemeName | 'page';
  readonly width?: number;
  /** False: without verdict and parameters over it. */
  readonly heading?: boolean;
}

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const WIDTH = 1040;
const ROW_PX = 22;
/** Arrows between two capture points fall, which takes room. */
const ROW_OF_TWO_PX = 26;
const HEADER_PX = 29;
const MARGIN_PX = 16;
const LINE_PX = 20;
const NO_FOLDS: ReadonlySet<number> = new Set();

export function sequenceSvg({
  trace,
  detail,
  theme,
  width = WIDTH,
  heading: headed = theme !== 'page',
}: SvgOptions): Drawing {
  const paint = theme === 'page' ? TOKENS : PALETTES[theme];
  const { association } = detail;
  const twice = seenTwice(detail, trace.points);
  const layout = arrangeSequence(wordBursts(detail, twice), association, NO_FOLDS, {
    summed: detail.summed ?? [],
    width,
    rowPx: twice ? ROW_OF_TWO_PX : ROW_PX,
    narrow: false,
    scale: 'folded',
    measure: approximateWidth,
  });
  const lines = headed ? heading(trace, detail, width) : [];
  const top = !headed ? 0 : MARGIN_PX / 2 + lines.length * LINE_PX + 8;
  const height = Math.ceil(top + HEADER_PX + layout.height);
  const name = titleOf(trace, detail);
  const parts = [
    element('title', {}, escaped(name)),
    element('desc', {}, escaped(association.verdict)),
    element('rect', { width, height, fill: paint.bg }),
    ...lines.map((mark) => textMarkup(mark, paint)),
    moved(top, header(detail, twice, layout.columns, width, paint)),
    moved(top + HEADER_PX, body(layout, detail, paint)),
  ];
  const box = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' };
  const font = { 'font-family': FONTS.ui, 'font-size': 12, style: 'font-variant-numeric:tabular-nums' };
  return { svg: `${element('svg', { ...box, ...font }, parts.join('\n'))}\n`, width, height };
}

function titleOf({ captures }: SvgOptions['trace'], { association: a }: AssociationDetail): string {
  return `${a.id}: ${endpointText(a.client)} ${a.rolesKnown ? '→' : '↔'} ${endpointText(a.server)} in ${namesOf(captures)}`;
}

const namesOf = (captures: TraceSummary['captures']): string => captures.map(({ name }) => name).join(', ');

function body(layout: SequenceLayout, detail: AssociationDetail, paint: Palette): string {
  const { association } = detail;
  const silences = new Map(layout.breaks.map((one) => [one.before, one.silentMs]));
  const spoken = { roles: rolesOf(association), originMs: association.startMs };
  const rows = layout.rows.map((row) =>
    rowMarkup(layout.draw(row), paint, rowSentence(row.row, { ...spoken, silentMs: silences.get(row.index) ?? null })),
  );
  const { under, over } = surroundingsMarkup(layout, paint);
  const lifelines = lifelinesMarkup(layout.lifelines, stateLifelines(detail, layout), paint, `hatch-${association.id}`);
  return [under, lifelines, over, ...rows].join('\n');
}

/** Verdict, parameters, and whence it comes. */
function heading(trace: SvgOptions['trace'], detail: AssociationDetail, width: number): TextMark[] {
  const { association: a } = detail;
  const room = width - 2 * MARGIN_PX;
  const parameters = [a.version, a.cipherSuite?.name, a.group, a.serverName, `${a.records.total} records`];
  const said = parameters.filter((part) => part !== null && part !== undefined && part !== '').join(' · ');
  const texts = [
    ...wrapped(a.verdict, room, 15, 600).map((text) => ({ text, sizePx: 15, weight: 600, muted: false }) as const),
    ...wrapped(said, room, 12, 400).map((text) => ({ text, sizePx: 12, weight: 400, muted: true }) as const),
    ...wrapped(titleOf(trace, detail), room, 12, 400).map(
      (text) => ({ text, sizePx: 12, weight: 400, muted: true }) as const,
    ),
  ];
  return texts.map((text, i) => ({
    ...text,
    x: MARGIN_PX,
    y: MARGIN_PX / 2 + (i + 1) * LINE_PX - 4,
    anchor: 'start',
    face: 'ui',
  }));
}

/** Lines that have room, cut between words; a word that is longer than a line is cut where the line ends. */
function wrapped(text: string, room: number, sizePx: number, weight: number): string[] {
  const fits = (line: string) => approximateWidth(line, sizePx, weight) <= room;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (!fits(line)) {
      const letters = [...line];
      let cut = letters.length - 1;
      while (cut > 1 && !fits(letters.slice(0, cut).join(''))) cut--;
      lines.push(letters.slice(0, cut).join(''));
      line = letters.slice(cut).join('');
    }
  }
  return [...lines, line];
}

/** The line of captions: whose lifelines these are, where was captured, what the columns are. */
function header(
  detail: AssociationDetail,
  twice: SeenTwice | null,
  columns: Columns,
  width: number,
  paint: Palette,
): string {
  const { association, vantage } = detail;
  const names = endpointNames(association, twice !== null);
  const caption = (x: number | null, text: string): string =>
    x === null ? '' : textMarkup(label(x, 'end', text, 11, 400, true), paint);
  const end = (sender: 'client' | 'server') => {
    const x = sender === 'client' ? columns.clientX : columns.serverX;
    const side = sender === 'client' ? 1 : -1;
    const anchor = (outward: boolean) => ((side === 1) === outward ? 'end' : 'start');
    const { port } = association[sender];
    return [
      sender === 'client'
        ? element('circle', { cx: x, cy: 14, r: 4.5, fill: paint.client })
        : element('rect', { x: x - 4.5, y: 9.5, width: 9, height: 9, fill: paint.server }),
      textMarkup(label(x - side * 11, anchor(true), names[sender], 12, 600, false), paint),
      // With two capture points their flags stand there; the heading has the ports in any case.
      port > 0 && !twice
        ? textMarkup({ ...label(x + side * 11, anchor(false), `:${port}`, 11, 400, true), face: 'mono' }, paint)
        : '',
    ].join('');
  };
  const flag = twice ? null : captureFlag(vantage, columns, approximateWidth);
  const middle = (columns.clientX + columns.serverX) / 2;
  const where = flag ? flagMarkup(flag, vantage.certainty === 'inferred', paint) : '';
  const points = twice && columns.points ? pointsMarkup(columns.points, twice, paint) : '';
  return [
    caption(columns.packetEdge, 'packet'),
    caption(columns.timeEdge, 'ms'),
    caption(columns.bytesEdge, twice ? 'delay' : 'bytes'),
    end('client'),
    end('server'),
    where,
    points,
    flag === null && !twice && vantage.position === 'between'
      ? textMarkup(label(middle, 'middle', 'captured between', 10.5, 500, true), paint)
      : '',
    element('path', { d: `M0 ${HEADER_PX - 0.5}H${width}`, stroke: paint.line }),
  ].join('');
}

function flagMarkup(
  { x, width, side, text, short }: NonNullable<ReturnType<typeof captureFlag>>,
  inferred: boolean,
  paint: Palette,
): string {
  const d = `M.5 11.5l6-7h${width - 7}v14h-${width - 7}z`;
  const shape = {
    d,
    fill: paint.sunken,
    stroke: paint.text,
    'stroke-dasharray': inferred ? '3 2' : null,
    transform: `translate(${x + (side === 'server' ? width : 0)} 3)${side === 'server' ? ' scale(-1 1)' : ''}`,
  };
  const middle = x + width / 2 + (side === 'client' ? 3 : -3);
  return (
    element('path', shape) +
    (short ? '' : textMarkup({ ...label(middle, 'middle', text, 10.5, 500, false), y: 18 }, paint))
  );
}

function pointsMarkup(points: NonNullable<Columns['points']>, { near }: SeenTwice, paint: Palette): string {
  return (['client', 'server'] as const)
    .map((side) => {
      const x = points[side];
      const font = { 'font-size': 11, 'font-weight': 600, 'text-anchor': 'middle', fill: paint.bg };
      return (
        element('path', { d: `M${x - 9} 5h18v13l-9 6-9-6z`, fill: paint.text }) +
        element('text', { x, y: 17, ...font }, near[side])
      );
    })
    .join('');
}

function label(
  x: number,
  anchor: TextMark['anchor'],
  text: string,
  sizePx: number,
  weight: TextMark['weight'],
  muted: boolean,
): TextMark {
  return { x, y: 18, anchor, text, sizePx, weight, muted, face: 'ui' };
}

function moved(y: number, inside: string): string {
  return element('g', { transform: `translate(0 ${y})` }, inside);
}
