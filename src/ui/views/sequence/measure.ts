/** Text widths in the page's own fonts, for layouts that know no DOM. */
import type { Measure } from '../../../present/sequence-columns.ts';

const widths = new Map<string, number>();
/** A long trace has as many labels as previews; enough for what is on screen. */
const MAX_WIDTHS = 20_000;

let pen: CanvasRenderingContext2D | null | undefined;

export const measureText: Measure = (text, fontPx, weight, face = 'ui') => {
  const key = `${face} ${weight} ${fontPx} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  pen ??= document.createElement('canvas').getContext('2d');
  if (!pen) return text.length * fontPx * 0.6;
  pen.font = `${weight} ${fontPx}px ${family(face)}`;
  const width = pen.measureText(text).width;
  if (widths.size >= MAX_WIDTHS) widths.clear();
  widths.set(key, width);
  return width;
};

const families = new Map<string, string>();

function family(face: 'ui' | 'mono'): string {
  const known = families.get(face);
  if (known) return known;
  const token = getComputedStyle(document.documentElement).getPropertyValue(`--font-${face}`).trim();
  const name = token || (face === 'mono' ? 'monospace' : 'sans-serif');
  families.set(face, name);
  return name;
}
