/** Drawings that leave the page have the page's colours: those of tokens.css. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PALETTES } from './palette.ts';

const CSS = readFileSync('src/ui/tokens.css', 'utf8');

test.each(['light', 'dark'] as const)('%s', (theme) => {
  const from = CSS.indexOf(`:root[data-theme="${theme}"] {`);
  const block = CSS.slice(from, CSS.indexOf('}', from));
  for (const [role, colour] of Object.entries(PALETTES[theme])) expect(block).toContain(`--${role}: ${colour};`);
});
