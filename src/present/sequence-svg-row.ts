/** One row of the sequence diagram as markup: what the page draws of it, for a file of its own. */
import { attributes, element, escaped } from './markup.ts';
import type { Palette, Role } from './palette.ts';
import type { Piece, RowLayout, SignMark, TextMark, Tone } from './sequence-arrow.ts';
import { heightAt } from './sequence-path.ts';
import { approximateWidth } from './text-width.ts';

export const FONTS = { ui: 'system-ui, sans-serif', mono: 'ui-monospace, monospace' } as const;

const TONES: Readonly<Record<Tone, Role>> = {
  client: 'client',
  server: 'server',
  retransmitted: 'retransmitted',
  lost: 'lost',
  undecryptable: 'undecryptable',
  failure: 'failure',
  application: 'muted',
};

type Pen = Readonly<{ 'stroke-width': number; 'stroke-dasharray'?: string }>;
const PENS: Readonly<Record<RowLayout['stroke'] | 'piece', Pen>> = {
  single: { 'stroke-width': 1.5 },
  double: { 'stroke-width': 1.1 },
  thin: { 'stroke-width': 1 },
  heavy: { 'stroke-width': 2.4 },
  dashed: { 'stroke-width': 1.5, 'stroke-dasharray': '4 3' },
  dotted: { 'stroke-width': 1.5, 'stroke-dasharray': '1.5 3' },
  piece: { 'stroke-width': 2.2 },
};

/** Shorter words than this are drawn as the font has them. */
const FITTED_LETTERS = 4;

export function rowMarkup(layout: RowLayout, paint: Palette, sentence: string): string {
  const { lineY } = layout;
  const title = element('title', {}, escaped(sentence));
  const bands = layout.bands.map(({ x, y, width, height, epoch }) => {
    const fill = paint[`epoch-${Math.min(epoch, 3)}` as Role];
    const number = { x: Math.round(x) + width / 2, y: y + 10, 'text-anchor': 'middle' };
    const font = { 'font-size': 10.5, 'font-weight': 500, fill: paint.text };
    return (
      element('rect', { x: Math.round(x), y, width, height, fill }) +
      element('text', { ...number, ...font }, String(epoch))
    );
  });
  const chips = layout.chips.map(({ x, y, width, height }) =>
    element('rect', { x: crisp(x), y: crisp(y), width, height, rx: 2, fill: paint.bg, stroke: paint['line-strong'] }),
  );
  const ticks = layout.ticks.map((x) => element('path', { d: `M${crisp(x)} ${lineY - 12}v15`, stroke: paint.text }));
  const signs = layout.signs.map((mark) => signMarkup(mark, paint));
  const texts = layout.texts.map((mark) => textMarkup(mark, paint));
  return element(
    'g',
    {},
    [title, ...bands, lineMarkup(layout, paint), ...chips, ...ticks, ...signs, ...texts].join(''),
  );
}

export function textMarkup(mark: TextMark, paint: Palette): string {
  const { x, y, anchor, text, sizePx, weight, face, muted } = mark;
  // Whatever the font of the reader is, a label ends before the next one begins.
  const fitted = face === 'ui' && [...text].length >= FITTED_LETTERS;
  const length = mark.squeezedPx ?? (fitted ? approximateWidth(text, sizePx, weight, face) : null);
  const font = { 'font-size': sizePx, 'font-weight': weight, 'font-family': face === 'mono' ? FONTS.mono : null };
  const place = { x, y, 'text-anchor': anchor === 'start' ? null : anchor, fill: muted ? paint.muted : paint.text };
  const width = length === null ? {} : { textLength: length, lengthAdjust: 'spacingAndGlyphs' };
  return element('text', { ...place, ...font, ...width }, escaped(text));
}

function lineMarkup(layout: RowLayout, paint: Palette): string {
  const { x1, x2, stroke, tone, heads, pieces, crosses, stubs, origin } = layout;
  const yAt = (x: number) => heightAt(layout, x);
  const colour = paint[TONES[tone]];
  const [first] = heads;
  // A folded run may have a head at either end.
  const start = heads.some((head) => head.x === x1) ? x1 + 8 : x1;
  const end = first && heads.some((head) => head.x === x2) ? x2 - first.side * 8 : x2;
  const lines: readonly Pick<Piece, 'x1' | 'x2' | 'fate'>[] = pieces ?? [{ fate: 'delivered', x1: start, x2: end }];
  const offsets = stroke === 'double' ? [-1.6, 1.6] : [stroke === 'thin' ? 0.5 : 0];
  const of = (fate: Piece['fate']) => (fate === 'delivered' ? colour : paint.lost);
  const path = (d: string, pen: Pen, ink: string) => element('path', { d, fill: 'none', stroke: ink, ...pen });
  return [
    ...stubs.map((stub) =>
      path(`M${stub.x1} ${stub.y}H${stub.x2}`, { 'stroke-width': 1, 'stroke-dasharray': '1 2.5' }, paint.muted),
    ),
    ...lines.flatMap((line) =>
      offsets.map((offset) => {
        const pen = line.fate === 'lost' ? 'dashed' : pieces && stroke === 'single' ? 'piece' : stroke;
        const d = `M${num(line.x1)} ${num(yAt(line.x1) + offset)}L${num(line.x2)} ${num(yAt(line.x2) + offset)}`;
        return path(d, PENS[pen], of(line.fate));
      }),
    ),
    ...(pieces ?? []).map((piece) =>
      path([piece.x1, piece.x2].map((x) => `M${crisp(x)} ${num(yAt(x) - 3.5)}v7`).join(''), PENS.thin, of(piece.fate)),
    ),
    origin
      ? element('circle', { cx: origin.x, cy: origin.y, r: 3.5, fill: paint.bg, stroke: colour, 'stroke-width': 1.3 })
      : '',
    ...crosses.map(({ x, y }) =>
      path(`M${num(x - 4.5)} ${num(y - 4.5)}l9 9m0-9l-9 9`, { 'stroke-width': 2.2 }, paint.lost),
    ),
    ...heads.map(({ x, side, open }) => {
      const turn = num(turned(layout) + (side === 1 ? 0 : 180));
      const ink = open ? { fill: 'none', stroke: colour } : { fill: colour };
      const transform = `translate(${num(x)} ${num(yAt(x))}) rotate(${turn})`;
      return element('path', { d: 'M0 0l-9-4.2v8.4z', transform, ...ink });
    }),
  ].join('');
}

/** Degrees by which a line that falls is turned against one that does not. */
function turned({ x1, x2, lineY, endY }: RowLayout): number {
  return x1 === x2 ? 0 : (Math.atan((endY - lineY) / (x2 - x1)) * 180) / Math.PI;
}

function signMarkup({ sign, x, y }: SignMark, paint: Palette): string {
  const outlined = (ink: string, d: string) =>
    `<path${attributes({ d, fill: 'none', stroke: ink, 'stroke-width': 1.3 })}/>`;
  const at = (dx: number, dy: number, inside: string) =>
    element('g', { transform: `translate(${num(x + dx)} ${num(y + dy)})` }, inside);
  switch (sign) {
    case 'lock':
      return at(-4.5, -5, outlined(paint.undecryptable, 'M0 4.5h9v6H0zM2 4.5v-2a2.5 2.5 0 0 1 5 0v2'));
    case 'bolt':
      return at(-4, -6, element('path', { d: 'M4.6 0 .2 6.6h3L2 12l5.4-7H4.2z', fill: paint.failure }));
    case 'malformed':
      return at(-5.5, -5, outlined(paint.failure, 'M5.5.7 10.6 10H.4zM5.5 3.6v3M5.5 7.8v1'));
    case 'barred':
      return at(
        0,
        0,
        element('circle', { r: 5.5, fill: paint.bg, stroke: paint.failure, 'stroke-width': 1.3 }) +
          outlined(paint.failure, 'M-3.7 3.7l7.4-7.4'),
      );
    case 'folded':
      return at(0, 0, element('path', { d: 'M-2.5-4l5 4-5 4z', fill: paint.text }));
    case 'unfolded':
      return at(0, 0, element('path', { d: 'M-4-2.5l4 5 4-5z', fill: paint.text }));
    default:
      return '';
  }
}

/** One-pixel strokes stand between pixels unless they are put on the half. */
function crisp(x: number): number {
  return Math.floor(x) + 0.5;
}

function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}
