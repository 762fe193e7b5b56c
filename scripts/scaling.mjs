/**
 * How the time of the whole analysis grows with hostile input: each shape of test/hostile-shapes.ts is read at a quarter
 * of its full size and at full size, in a process of its own. Four times the input should take about four times as long.
 *
 *   node scripts/scaling.mjs [--size FRACTION] [--profile FOLDER] [NAME...]
 *
 * `--size 0.25` measures at a quarter of the sizes, `--profile` writes CPU profiles. Seconds are of
 * processor time, so that a busy machine does not matter much. Run by hand: times are no facts to test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const { values, positionals: names } = parseArgs({
  options: { size: { type: 'string' }, profile: { type: 'string' } },
  allowPositionals: true,
});
const root = fileURLToPath(new URL('..', import.meta.url));
/** Inside the project, so that paths to samples/ hold from there. */
const folder = mkdtempSync(join(tmpdir(), 'dtlscope-scaling-'));
/** Beyond this a shape counts as hung. */
const LIMIT_MS = 120_000;

const CHILD = `
const [, , shapes, index, size] = process.argv;
const { SHAPES, readWhole } = await import(shapes);
const shape = SHAPES[Number(index)];
const input = await shape.make(Number(size));
const before = process.cpuUsage();
const facts = await readWhole(input);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ ms: (user + system) / 1000, heapMB: process.memoryUsage().rss / 2 ** 20, ...facts }));
`;

try {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'test/hostile-reading.ts',
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'shapes.mjs', codeSplitting: false } },
    },
    define: { 'import.meta.url': JSON.stringify(new URL('../test/captures.ts', import.meta.url).href) },
    ssr: { noExternal: true },
  });
  const child = join(folder, 'child.mjs');
  writeFileSync(child, CHILD);
  const bundle = join(folder, 'shapes.mjs');
  const { SHAPES } = /** @type {typeof import('../test/hostile-reading.ts')} */ (
    await import(pathToFileURL(bundle).href)
  );
  console.log('shape'.padEnd(62), 'n'.padStart(7), 'n/4 s'.padStart(8), 'n s'.padStart(8), '×'.padStart(6), '  MB');
  for (const [i, { name, full }] of SHAPES.entries()) {
    if (names.length > 0 && !names.some((n) => name.includes(n))) continue;
    const size = Math.round(full * Number(values.size ?? 1));
    const [small, large] = [Math.round(size / 4), size].map((n) => measure(child, bundle, i, n));
    const seconds = (/** @type {Measured | undefined} */ m) => (m ? (m.ms / 1000).toFixed(2) : 'hung').padStart(8);
    const growth = small && large ? (large.ms / small.ms).toFixed(1) : '';
    console.log(
      name.padEnd(62),
      String(size).padStart(7),
      seconds(small),
      seconds(large),
      growth.padStart(6),
      large ? large.heapMB.toFixed(0).padStart(5) : '',
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** @typedef {{ ms: number, heapMB: number }} Measured */

/**
 * @param {string} child @param {string} bundle @param {number} index @param {number} size
 * @returns {Measured | undefined}
 */
function measure(child, bundle, index, size) {
  const profile = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...profile, child, pathToFileURL(bundle).href, String(index), String(size)],
    { encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGINT' },
  );
  if (status === 0) return JSON.parse(stdout);
  if (stderr) console.error(stderr.split('\n').slice(0, 8).join('\n'));
  return undefined;
}
