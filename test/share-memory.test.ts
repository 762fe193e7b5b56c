/** Thousands of hostile links are decoded in a thread that has 64 MB: no one takes it all, no one takes for ever. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { expect, test } from 'vitest';

const ENTRY = fileURLToPath(new URL('./hostile-links.ts', import.meta.url));
const LINKS = 2000;
const MEMORY_MB = 64;

test(`${LINKS} hostile links in ${MEMORY_MB} MB`, { timeout: 120_000 }, async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, ssr: ENTRY, rolldownOptions: { output: { format: 'cjs' } } },
  });
  if (!('output' in built)) throw new Error('not built');
  const [{ code }] = built.output;
  const worker = new Worker(code, {
    eval: true,
    workerData: { links: LINKS },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const counts = await new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  await worker.terminate();
  expect(counts).toEqual({ answered: LINKS, wrong: [] });
});
