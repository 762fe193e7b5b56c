/** No screen breaks a rule of WCAG 2.2 AA that axe-core can check, nor one of its best practices, in either theme. */
import { describe, expect } from 'vitest';
import { violations } from './axe.ts';
import { faintText } from './axe-drawn-text.ts';
import { test } from './page.ts';
import { SCREENS } from './screens.ts';

describe.concurrent('accessible', () => {
  test.for(SCREENS)('$name', async ({ view, reach }, { open }) => {
    const { page } = await open(view);
    await reach(page);
    expect([...(await violations(page)), ...(await faintText(page))], 'light').toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([...(await violations(page, 'colours')), ...(await faintText(page))], 'dark').toEqual([]);
  });
});
