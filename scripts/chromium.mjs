/**
 * Where the browser of the browser tests is, and how to get one where there is none.
 * Looked for in this order: CHROMIUM_PATH, the usual names in PATH, the usual places, what Playwright has fetched.
 * `node scripts/chromium.mjs` fetches one if need be and prints where it is.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | null} */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) {
    if (existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH;
    console.error(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which does not exist; looking elsewhere.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES];
  return [...candidates, chromium.executablePath()].find(runs) ?? null;
}

/**
 * As `findChromium`, but fetches one if there is none. Throws one sentence where that fails.
 * @returns {string}
 */
export function needChromium() {
  const found = findChromium();
  if (found !== null) return found;
  for (const fetched of [fromApt, fromPlaywright]) {
    const path = fetched() ? findChromium() : null;
    if (path !== null) return path;
  }
  throw new Error(
    'The browser tests need Chromium, and neither apt nor Playwright could fetch it: install Chromium or Chrome, or set CHROMIUM_PATH to one.',
  );
}

/**
 * Ubuntu's /usr/bin/chromium-browser may be a script that only says "install the snap", so it is asked for its version.
 * @param {string} path
 */
function runs(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  return (
    process.platform !== 'linux' || spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0
  );
}

/** Debian has a package of it; Ubuntu's package of that name is a snap, which a container cannot run. */
function fromApt() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID="?debian"?$/m.test(release) || process.getuid?.() !== 0) return false;
  console.error('No Chromium here: installing the Debian package.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium');
}

function fromPlaywright() {
  console.error('No Chromium here: letting Playwright fetch one.');
  const playwright = fileURLToPath(new URL('../node_modules/playwright-core/cli.js', import.meta.url));
  const withLibraries = process.platform === 'linux' && process.getuid?.() === 0 ? ['--with-deps'] : [];
  const args = [playwright, 'install', ...withLibraries, 'chromium'];
  return spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] }).status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(needChromium());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
