/** What stands around the rows of the diagram, as markup: lifelines, silences, capture points and brackets. */
import { element, escaped } from './markup.ts';
import type { Palette } from './palette.ts';
import type { Bracket } from './sequence-brackets.ts';
import type { Break, Lifeline, SequenceLayout } from './sequence-layout.ts';

const GAP_PX = 5;

/** `under` lies below the lifelines, `over` above them; rows come over both. */
export function surroundingsMarkup(
  layout: SequenceLayout,
  paint: Palette,
): { readonly under: string; readonly over: string } {
  const { breaks, lifelines, columns, height, width, brackets } = layout;
  const bands = breaks
    .filter(({ folded }) => folded)
    .map(({ y, heightPx }) => element('rect', { x: 0, y: y + 4, width, height: heightPx - 8, fill: paint.lens }));
  const points = columns.points
    ? element('path', {
        d: `M${columns.points.client + 0.5} 0V${height}M${columns.points.server + 0.5} 0V${height}`,
        fill: 'none',
        stroke: paint['line-strong'],
      })
    : '';
  return {
    under: [...bands, points].join(''),
    over: [...breaks.map((one) => silence(one, lifelines, paint)), ...brackets.map((b) => bracket(b, paint))].join(''),
  };
}

function silence({ y, heightPx, label, cause, folded }: Break, lifelines: readonly Lifeline[], paint: Palette): string {
  const middle = y + heightPx / 2;
  const centre = lifelines.reduce((sum, { x }) => sum + x, 0) / Math.max(1, lifelines.length);
  const cuts = lifelines.flatMap(({ x }) => {
    const d = `M${x - 9} ${middle + 3}l6-6 6 6 6-6`;
    const cut = { d, fill: 'none' };
    return [
      element('path', { ...cut, stroke: paint.bg, 'stroke-width': 5 }),
      element('path', { ...cut, stroke: paint.text }),
    ];
  });
  const more = cause === null ? '' : element('tspan', { dx: 6, 'font-weight': 400, fill: paint.muted }, escaped(cause));
  const place = { x: centre, y: middle + 4, 'text-anchor': 'middle', 'font-weight': 500, fill: paint.text };
  return (folded ? cuts.join('') : '') + element('text', place, escaped(label) + more);
}

function bracket(of: Bracket, paint: Palette): string {
  const { x, y1, y2, side, textX, label, count, outcome, inline } = of;
  const anchor = side === -1 ? 'end' : null;
  const small = { 'font-size': 11, fill: paint.muted };
  const beside = count === null ? [] : [count, inline ? outcome : null].filter((text) => text !== null);
  const text = [
    element('tspan', { 'font-weight': 600 }, escaped(label)),
    ...beside.map((word) => element('tspan', { dx: GAP_PX, ...small }, escaped(word))),
  ].join('');
  const path = element('path', {
    d: `M${x + 0.5} ${y1 + 0.5}h${5 * side}V${y2 - 0.5}h${-5 * side}`,
    fill: 'none',
    stroke: paint.muted,
  });
  const under =
    outcome !== null && !inline
      ? element('text', { x: textX, y: y1 + 29, 'text-anchor': anchor, ...small }, escaped(outcome))
      : '';
  return path + element('text', { x: textX, y: y1 + 13, 'text-anchor': anchor, fill: paint.text }, text) + under;
}
