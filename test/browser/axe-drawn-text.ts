/**
 * The contrast of text that is drawn: axe-core looks at the colours of HTML, and a text of an SVG has its colour in
 * `fill` and its background in the shapes that were drawn before it.
 */
import type { Page } from 'playwright-core';

/** As WCAG 1.4.3 wants it for text below 24 px. */
const LEAST = 4.5;

/** A line for each text of a picture that is too faint. */
export async function faintText(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    type Colour = readonly [number, number, number, number];
    const parse = (text: string): Colour | null => {
      const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return text.startsWith('rgb') && r !== undefined && g !== undefined && b !== undefined ? [r, g, b, a] : null;
    };
    const over = (top: Colour, under: Colour): Colour => {
      const mix = (i: 0 | 1 | 2) => top[i] * top[3] + under[i] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const luminance = (c: Colour): number => {
      const part = (i: 0 | 1 | 2) => {
        const v = c[i] / 255;
        return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
    };
    const contrast = (a: Colour, b: Colour): number => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
    };
    /** Of an element and all that it stands in. */
    const opacity = (from: Element): number => {
      let product = 1;
      for (let at: Element | null = from; at; at = at.parentElement) product *= Number(getComputedStyle(at).opacity);
      return product;
    };
    const paint = (shape: Element): Colour | null => {
      const style = getComputedStyle(shape);
      const colour = parse(style.fill);
      return colour && [colour[0], colour[1], colour[2], colour[3] * Number(style.fillOpacity) * opacity(shape)];
    };
    const behind = (html: Element): Colour => {
      const layers: Colour[] = [];
      for (let at: Element | null = html; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour && colour[3] > 0) layers.unshift(colour);
      }
      return layers.reduce<Colour>((under, top) => over(top, under), [255, 255, 255, 1]);
    };

    const faint: string[] = [];
    for (const svg of document.querySelectorAll('svg')) {
      if (!svg.checkVisibility({ visibilityProperty: true })) continue;
      const page = behind(svg);
      const below: { readonly box: DOMRect; readonly colour: Colour }[] = [];
      for (const element of svg.querySelectorAll('rect, path, text')) {
        if (element.closest('defs') || !element.checkVisibility({ visibilityProperty: true })) continue;
        const colour = paint(element);
        if (!colour || colour[3] === 0) continue;
        const box = element.getBoundingClientRect();
        if (element.tagName === 'rect') below.push({ box, colour });
        if (element.tagName !== 'text' || !element.textContent?.trim()) continue;
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const ground = below
          .filter((one) => x >= one.box.left && x <= one.box.right && y >= one.box.top && y <= one.box.bottom)
          .reduce((under, one) => over(one.colour, under), page);
        const found = contrast(over(colour, ground), ground);
        if (found < least)
          faint.push(`${found.toFixed(2)}: “${element.textContent}” in ${svg.getAttribute('class') ?? 'a picture'}`);
      }
    }
    return faint;
  }, LEAST);
}
