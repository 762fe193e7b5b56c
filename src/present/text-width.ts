/**
 * How wide a text is, where nobody can measure it: by the widths of a common sans serif, a little on the wide side, so
 * that labels have room in whatever font they are shown.
 */
import type { Measure } from './sequence-columns.ts';

/** In thousandths of the font size: ASCII from space to tilde. */
const WIDTHS: readonly number[] = [
  290, 340, 400, 700, 590, 900, 720, 230, 360, 360, 440, 700, 300, 350, 300, 310, 590, 590, 590, 590, 590, 590, 590,
  590, 590, 590, 310, 310, 700, 700, 700, 530, 1000, 690, 680, 710, 750, 640, 600, 770, 750, 290, 480, 660, 560, 860,
  750, 780, 640, 780, 680, 650, 620, 730, 680, 980, 670, 630, 650, 360, 310, 360, 700, 520, 520, 590, 620, 540, 620,
  600, 340, 620, 610, 250, 260, 560, 250, 940, 610, 610, 620, 620, 390, 520, 370, 610, 560, 800, 560, 560, 510, 500,
  310, 500, 700,
];
const MONO = 605;
/** Letters beyond ASCII, and the signs of the diagram. */
const OTHER = 640;
const THIN = 200;
const WIDE = 1000;
const BOLDER: Readonly<Record<number, number>> = { 400: 1, 500: 1.03, 600: 1.07 };

export const approximateWidth: Measure = (text, fontPx, weight, face = 'ui') => {
  let thousandths = 0;
  for (const letter of text) thousandths += face === 'mono' ? MONO : widthOf(letter.codePointAt(0) ?? 0);
  return (thousandths / 1000) * fontPx * (face === 'mono' ? 1 : (BOLDER[weight] ?? 1));
};

function widthOf(code: number): number {
  if (code < 0x20) return 0;
  if (code < 0x7f) return WIDTHS[code - 0x20] ?? OTHER;
  if ((code >= 0x2000 && code <= 0x200b) || code === 0x202f) return THIN;
  // CJK, kana, Hangul, emoji
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xd7ff) || code > 0xffff ? WIDE : OTHER;
}
