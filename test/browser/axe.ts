/** What axe-core says of the page as it stands: a line for each element that breaks a rule. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    readonly axe: { run(context: Document, options: RunOptions): Promise<AxeResults> };
  }
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const EVERY_RULE: RunOptions = {
  runOnly: {
    type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  },
  // WCAG 2.2: axe does not run it unless asked.
  rules: { 'target-size': { enabled: true } },
};
/** A theme changes colours and nothing else. */
const COLOUR_RULES: RunOptions = {
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};

/** What is no fault here. */
const EXCEPTIONS: readonly { readonly rule: string; readonly on: RegExp; readonly because: string }[] = [
  {
    rule: 'label-content-name-mismatch',
    on: /class="sequence-row/,
    because: 'a row is drawn as columns and named as a sentence; the label in its middle, the message, is in the name',
  },
  {
    rule: 'scrollable-region-focusable',
    on: /class="rows"/,
    because: 'the grid around it has the focus, and its arrow keys scroll',
  },
];

export async function violations(page: Page, asked: 'every rule' | 'colours' = 'every rule'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(AXE, 'utf8'));
  const options: RunOptions = {
    ...(asked === 'colours' ? COLOUR_RULES : EVERY_RULE),
    resultTypes: ['violations'],
  };
  const found = await page.evaluate(async (o) => (await window.axe.run(document, o)).violations, options);
  return found.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => !EXCEPTIONS.some(({ rule, on }) => rule === id && on.test(html)))
      .map(({ target, failureSummary, html }) => {
        const why = (failureSummary ?? '').replace(/^Fix .*\n/, '').replace(/\s+/g, ' ');
        return `${id}: ${target.join(' ')} ${why} ${html.slice(0, 160)}`;
      }),
  );
}
