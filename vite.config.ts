/**
 * Four things in one file: the page (`vite build`), the page as one file (`vite build --mode single`) and the command
 * line (`vite build --mode cli`), both into the same dist/, and the tests (`vitest`).
 */
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin, UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { offline } from './scripts/build/offline.mjs';
import { contentSecurityPolicy } from './scripts/build/policy.mjs';
import { singleFile } from './scripts/build/single-file.mjs';

const CAPTURES = ['pcap', 'pcapng', 'pcap.gz', 'keys', 'pem'];

const page: UserConfig = {
  // Relative addresses, so that the page runs from any folder of any server.
  base: './',
  plugins: [react(), contentSecurityPolicy(), offline()],
  assetsInclude: CAPTURES.map((ending) => `**/*.${ending}`),
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    manifest: true,
    // A capture is fetched when it is opened, never carried inside the program.
    assetsInlineLimit: 0,
  },
};

/** The same page in one file that works from a disk: script, styles, worker and samples are inside. */
const single: UserConfig = {
  base: './',
  plugins: [react(), singleFile('dtlscope.html')],
  assetsInclude: CAPTURES.map((ending) => `**/*.${ending}`),
  resolve: {
    alias: [{ find: './spawn.ts', replacement: fileURLToPath(new URL('src/worker/spawn-inline.ts', import.meta.url)) }],
  },
  worker: { format: 'iife', rolldownOptions: { output: { codeSplitting: false } } },
  build: {
    target: 'es2023',
    emptyOutDir: false,
    copyPublicDir: false,
    assetsInlineLimit: Number.POSITIVE_INFINITY,
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
};

/** What `npx dtlscope` runs: one file, with everything but node itself inside. */
const commandLine: UserConfig = {
  plugins: [executable('dist/cli.js')],
  ssr: { noExternal: true },
  build: {
    ssr: 'src/cli/main.ts',
    target: 'node20',
    emptyOutDir: false,
    copyPublicDir: false,
    rolldownOptions: { output: { entryFileNames: 'cli.js', codeSplitting: false } },
  },
};

function executable(file: string): Plugin {
  return {
    name: 'executable',
    renderChunk: (code) => (code.startsWith('#!') ? null : { code: `#!/usr/bin/env node\n${code}`, map: null }),
    writeBundle: () => chmodSync(file, 0o755),
  };
}

export default defineConfig(({ mode }) => ({
  ...(mode === 'cli' ? commandLine : mode === 'single' ? single : page),
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          // Nothing is timed here; the limit is for a machine that is busy with something else.
          testTimeout: 60_000,
          include: ['src/**/*.test.{ts,tsx}', 'test/*.test.ts', 'test/unit/**/*.test.ts', 'test/tshark/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/browser/setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // As patient as `setDefaultTimeout` of page.ts: a busy machine is no failure.
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
}));
