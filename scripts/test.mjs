/**
 * `npm test`: types, lint, build, and every test; the last line is the sum, "N passed, M failed".
 * Each of types, lint and build counts as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { needChromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const sum = { passed: 0, failed: 0 };

/**
 * Runs a program of node_modules in the root of the repository, its output to ours.
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 */
function run(title, program, ...args) {
  console.log(`\n── ${title}`);
  const began = Date.now();
  const { status, error } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) console.error(error.message);
  console.log(`── ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return status === 0;
}

/** @param {boolean} passed */
function count(passed) {
  if (passed) sum.passed++;
  else sum.failed++;
  return passed;
}

count(run('types', 'typescript/bin/tsc', '-p', '.'));
count(run('lint', '@biomejs/biome/bin/biome', 'ci', '--config-path=.config', '--error-on-warnings'));
const built =
  run('build of the page', 'vite/bin/vite.js', 'build') &&
  run('build of the one-file page', 'vite/bin/vite.js', 'build', '--mode', 'single') &&
  run('build of the command line', 'vite/bin/vite.js', 'build', '--mode', 'cli');
count(built);

let browser = built;
if (built) {
  try {
    process.env.CHROMIUM_PATH = needChromium();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    browser = count(false);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-test-'));
const file = join(folder, 'result.json');
const projects = browser ? [] : ['--project', 'node'];
const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
const green = run('tests', 'vitest/vitest.mjs', 'run', ...projects, ...reports);
const before = sum.failed;
try {
  const result = JSON.parse(readFileSync(file, 'utf8'));
  sum.passed += result.numPassedTests;
  sum.failed += result.numFailedTests;
  // A test file that could not even be loaded has no tests to count.
  for (const suite of result.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) sum.failed++;
  }
} catch {
  console.error('The tests left no result.');
}
if (!green && sum.failed === before) sum.failed++;
rmSync(folder, { recursive: true, force: true });

console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 ? 0 : 1;
