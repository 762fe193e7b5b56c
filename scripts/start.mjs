/**
 * `npm start`: builds the page, serves it on localhost and opens it where there is a browser to open it with.
 * `npm start -- --port 5000 --no-open --no-build` does as it says.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from './server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4180' },
    'no-open': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});

if (!values['no-build']) {
  const build = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port wants a number from 0 to 65535, not "${values.port}".`);
  process.exit(2);
}
const { address } = await serve(fileURLToPath(new URL('../dist', import.meta.url)), port);
console.log(`\nDTLScope is at ${address}   (Ctrl-C ends it)`);
if (!values['no-open']) open(address);

/**
 * Hands the address to the desktop. Where there is none, the line above is enough.
 * @param {string} url
 */
function open(url) {
  const windows = process.platform === 'win32';
  const desktop = windows || process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!desktop || process.env.CI) return;
  const [command, ...args] = windows
    ? ['cmd', '/c', 'start', '""', url]
    : process.platform === 'darwin'
      ? ['open', url]
      : ['xdg-open', url];
  if (command === undefined) return;
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
