/** Once for all browser tests: serves the production build on localhost and starts one Chromium. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { needChromium } from '../../scripts/chromium.mjs';
import { serve } from '../../scripts/server.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the page is. */
    readonly address: string;
    /** Where the browser listens. */
    readonly browser: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync('dist/index.html')) throw new Error('There is no dist/index.html to test: `npm run build` makes it.');
  const server = await serve('dist', 0);
  const browser = await chromium.launchServer({
    executablePath: needChromium(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  project.provide('address', server.address);
  project.provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await server.close();
  };
}
