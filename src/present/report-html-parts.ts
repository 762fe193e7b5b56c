/** Pieces of the HTML report. Cells and items are markup already; texts are not. */
import { element, escaped } from './markup.ts';

export function paragraph(text: string, className: string | null = null): string {
  return element('p', { class: className }, escaped(text));
}

/** Empty for no items. */
export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : element('ul', {}, items.map((item) => element('li', {}, item)).join(''));
}

/** Names with what they are; what is null or empty is left out. */
export function facts(of: readonly (readonly [name: string, value: string | null | undefined])[]): string {
  const rows = of.flatMap(([name, value]) =>
    value === null || value === undefined || value === ''
      ? []
      : [element('dt', {}, escaped(name)) + element('dd', {}, escaped(value))],
  );
  return rows.length === 0 ? '' : element('dl', {}, rows.join(''));
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = element('tr', {}, heads.map((text) => element('th', { scope: 'col' }, escaped(text))).join(''));
  const body = rows.map((row) => element('tr', {}, row.map((cell) => element('td', {}, cell)).join('')));
  const inside = element('thead', {}, head) + element('tbody', {}, body.join('\n'));
  return element('div', { class: 'wide', tabindex: 0 }, element('table', {}, inside));
}

/** A titled part of a section; empty where there is nothing in it. */
export function part(title: string, inside: string): string {
  return inside === '' ? '' : element('h3', {}, escaped(title)) + inside;
}

/** Long tables stay folded until somebody wants them. */
export function folded(title: string, inside: string): string {
  return inside === '' ? '' : element('details', {}, element('summary', {}, escaped(title)) + inside);
}
