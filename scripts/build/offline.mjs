/** Writes the service worker into the build, with the list of all files that the page consists of. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = new URL('./service-worker.mjs', import.meta.url);
/** Of public/, what the page itself shows. */
const SHOWN = ['favicon.svg', 'manifest.webmanifest'];

/** @returns {import('vite').Plugin} */
export function offline() {
  let publicFolder = '';
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const built = Object.values(bundle).filter(({ fileName }) => !fileName.startsWith('.vite/'));
        const page = bundle['index.html'];
        const entry = built.find((output) => output.type === 'chunk' && output.isEntry);
        if (page?.type !== 'asset' || !entry) throw new Error('There is no page to take offline.');
        const digest = createHash('sha256');
        // The names of all others change with their content.
        digest.update(readFileSync(SOURCE)).update(page.source);
        for (const name of SHOWN) digest.update(readFileSync(join(publicFolder, name)));
        const files = built.map(({ fileName }) => fileName).filter((name) => name !== 'index.html');
        files.push(...SHOWN);
        files.sort();
        digest.update(files.join('\n'));
        this.emitFile({
          type: 'asset',
          fileName: 'sw.js',
          source: serviceWorker({ version: digest.digest('hex').slice(0, 16), entry: entry.fileName, files }),
        });
      },
    },
  };
}

/** @param {{ version: string, entry: string, files: readonly string[] }} build */
function serviceWorker(build) {
  const source = readFileSync(SOURCE, 'utf8');
  const filled = source.replace("'{BUILD}'", () => `'${JSON.stringify(build)}'`);
  if (filled === source) throw new Error('The service worker has no place for the list of files.');
  return filled;
}
