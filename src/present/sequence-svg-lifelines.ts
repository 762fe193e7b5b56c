/** Lifelines as markup: ribbons of states, as the page draws them. */
import { element } from './markup.ts';
import type { Palette } from './palette.ts';
import type { Lifeline } from './sequence-layout.ts';
import type { StateBlock, StateLifelines, StateStretch } from './sequence-lifelines.ts';

const WIDTH_PX = 9;

/** `id` tells the hatches of several diagrams in one document apart. */
export function lifelinesMarkup(
  lifelines: readonly Lifeline[],
  states: StateLifelines,
  paint: Palette,
  id: string,
): string {
  const hatches = lifelines.map(({ sender }) => hatch(`${id}-${sender}`, paint[sender], paint));
  const lines = lifelines.map(({ sender, x, y1, y2 }) => {
    const own = states.stretches.filter((stretch) => stretch.sender === sender);
    const known = own[0]?.y1 ?? y2;
    const ink = paint[sender];
    const quiet =
      known - y1 < 2
        ? ''
        : element('rect', { ...box(x - 4.5, y1 + 0.5, WIDTH_PX, known - y1 - 1), fill: paint.sunken, stroke: ink });
    const stretches = own.map((stretch) => stretchMarkup(stretch, x, paint, `url(#${id}-${sender})`));
    const blocks = states.blocks
      .filter((block) => block.sender === sender)
      .map((block) => blockMarkup(block, x, paint));
    return [quiet, ...stretches, ...blocks].join('');
  });
  return element('defs', {}, hatches.join('')) + lines.join('');
}

function hatch(id: string, ink: string, paint: Palette): string {
  const of = { id, width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' };
  const ground = element('rect', { width: 5, height: 5, fill: paint.bg });
  return element('pattern', of, ground + element('rect', { width: 2, height: 5, fill: ink, 'fill-opacity': 0.75 }));
}

function stretchMarkup(of: StateStretch, x: number, paint: Palette, hatched: string): string {
  const { state, sender, inferred, y1, y2 } = of;
  const ink = paint[sender];
  const frame = box(x - 4.5, y1, WIDTH_PX, y2 - y1);
  const inner = box(x - 4, y1 + 0.5, WIDTH_PX - 1, Math.max(0, y2 - y1 - 1));
  const outline = { ...inner, stroke: ink, 'stroke-dasharray': inferred ? '3 2' : null };
  switch (state) {
    case 'PREPARING':
      return element('rect', { ...outline, fill: paint.bg });
    case 'SENDING':
      return element('rect', { ...frame, fill: ink });
    case 'WAITING':
      return element('rect', { ...frame, fill: hatched }) + element('rect', { ...outline, fill: 'none' });
    case 'FINISHED':
      return element('rect', { ...box(x - 2, y1, 4, y2 - y1), fill: ink });
    case 'CLOSED':
    case 'ABANDONED':
      return element('path', { d: `M${x} ${y1}V${y2}`, fill: 'none', stroke: paint.muted, 'stroke-dasharray': '1 2' });
  }
}

function blockMarkup({ kind, sender, y1, y2 }: StateBlock, x: number, paint: Palette): string {
  const ink = paint[sender];
  if (kind === 'resend') return element('rect', { ...box(x - 4.5, y1, WIDTH_PX, y2 - y1), fill: ink });
  const dashed = { fill: paint.bg, stroke: ink, 'stroke-width': 1.2, 'stroke-dasharray': '2 1.5' };
  return element('rect', { ...box(x - 4, y1 + 0.5, 8, y2 - y1 - 0.5), ...dashed });
}

function box(x: number, y: number, width: number, height: number) {
  return { x, y, width, height };
}
