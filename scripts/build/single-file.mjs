/** Puts everything that was built into the page itself, so that one file works from a disk, without any server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { singleFilePolicy, withPolicy } from './policy.mjs';

/**
 * @param {string} name of the file
 * @returns {import('vite').Plugin}
 */
export function singleFile(name) {
  let publicFolder = '';
  return {
    name: 'single-file',
    enforce: 'post',
    configResolved(config) {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = bundle['index.html'];
        const scripts = Object.values(bundle).filter((output) => output.type === 'chunk');
        const styles = Object.values(bundle).filter(({ fileName }) => fileName.endsWith('.css'));
        const script = scripts[0];
        if (page?.type !== 'asset' || !script || scripts.length > 1) {
          throw new Error(`One page and one script were expected, not ${Object.keys(bundle).join(', ')}.`);
        }
        const css = styles.map((output) => (output.type === 'asset' ? String(output.source) : '')).join('\n');
        const icon = readFileSync(join(publicFolder, 'favicon.svg'));
        const source = inOneFile(String(page.source), { script: script.code, css, icon });
        for (const fileName of Object.keys(bundle)) delete bundle[fileName];
        this.emitFile({ type: 'asset', fileName: name, source });
      },
    },
  };
}

/**
 * @param {string} html
 * @param {{ script: string, css: string, icon: Buffer }} parts
 */
function inOneFile(html, parts) {
  // A string of the script must not end the script.
  const script = parts.script.replace(/<(?=\/script|!--)/gi, '\\x3C');
  const style = parts.css.replace(/<(?=\/style)/gi, '\\3C ');
  const icon = `data:image/svg+xml;base64,${parts.icon.toString('base64')}`;
  // The script comes after the markup that it fills; of the links only the icon stays.
  const bare = html
    .replace(/\s*<script\b[^>]*><\/script>/g, '')
    .replace(/\s*<link\b[^>]*rel="(?:stylesheet|modulepreload|manifest|icon)"[^>]*>/g, '')
    .replace('</head>', () => `  <link rel="icon" href="${icon}">\n    <style>${style}</style>\n  </head>`)
    .replace('</body>', () => `  <script type="module">${script}</script>\n  </body>`);
  return withPolicy(bare, singleFilePolicy(script, style));
}
