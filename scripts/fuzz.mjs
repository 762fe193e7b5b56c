/**
 * Damaged inputs by the million, for every way by which bytes of unknown origin come in (test/fuzz/entries/): nothing may
 * throw, take more than a second, say more than the input is worth, or go beyond its memory.
 *
 *   node scripts/fuzz.mjs [--minutes N] [--entry NAME]... [--seed S] [--workers N] [--inputs N] [--found FOLDER] [--keep]
 *   node scripts/fuzz.mjs --entry NAME --replay FILE
 *
 * `--inputs` goes on until each entry has read so many. A tenth of the time is guided by the coverage that V8 counts;
 * what it finds is damaged further, and with `--keep` joins test/fuzz/corpus/. The same seed gives the same inputs to the
 * same corpus. Inputs that break something are written to FOLDER.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';

/** @typedef {import('../test/fuzz/worker.ts').Done} Done */
/** @typedef {import('../test/fuzz/worker.ts').Turn} Turn */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    entry: { type: 'string', multiple: true },
    seed: { type: 'string' },
    workers: { type: 'string' },
    inputs: { type: 'string' },
    found: { type: 'string' },
    keep: { type: 'boolean' },
    replay: { type: 'string' },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dtlscope-fuzz-'));
const seed = Number(values.seed ?? Math.floor(Date.now() / 1000) % 100_000);
const until = Date.now() + Number(values.minutes ?? (values.inputs ? 100_000 : 1)) * 60_000;
const enough = Number(values.inputs ?? Number.POSITIVE_INFINITY);
const TURN_MS = 4000;
const HEAP_MB = 256;
/** Of processor time: a machine that is busy with something else makes nothing hang. */
const HANG_MS = 1000;
/** Of any time: it waits for what never comes. */
const STUCK_MS = 60_000;
const MOST_FRESH = 400;
const KEPT = { inputs: 40, bytes: 1500 };

await build({
  root,
  configFile: false,
  logLevel: 'error',
  build: {
    ssr: 'test/fuzz/worker.ts',
    outDir: folder,
    target: 'node20',
    minify: false,
    rolldownOptions: { output: { entryFileNames: 'worker.mjs', codeSplitting: false } },
  },
  define: { 'import.meta.url': JSON.stringify(new URL('../test/captures.ts', import.meta.url).href) },
  ssr: { noExternal: true },
});
const bundle = pathToFileURL(join(folder, 'worker.mjs'));
const { attempt, entryNamed, entryNames, inputOf } = /** @type {typeof import('../test/fuzz/worker.ts')} */ (
  await import(bundle.href)
);
const names = values.entry ?? entryNames;
for (const name of names) entryNamed(name);

if (values.replay) {
  const { wrong, weight } = await attempt(entryNamed(names[0] ?? ''), new Uint8Array(readFileSync(values.replay)));
  console.log(wrong ?? `All is well; the answer weighs ${weight}.`);
  rmSync(folder, { recursive: true });
  process.exit(wrong ? 1 : 0);
}

const foundIn = values.found ?? join(tmpdir(), `dtlscope-fuzz-found-${seed}`);
const workers = Number(values.workers ?? 1);

/** What is known of one entry. */
const tallies = new Map(
  names.map((name) => [
    name,
    {
      inputs: 0,
      next: 0,
      turns: 0,
      seconds: 0,
      slowest: 0,
      growth: 0,
      reached: 0,
      /** @type {Uint8Array[]} */ found: [],
      wrong: 0,
      busy: false,
    },
  ]),
);
/** @param {string} name */
const tallyOf = (name) => {
  const tally = tallies.get(name);
  if (!tally) throw new Error(name);
  return tally;
};

/** First lines that were told already: one hole swallows many inputs. */
const said = new Set();

/** @param {string} name @param {string} what @param {Uint8Array} input @param {string} where */
function tell(name, what, input, where) {
  const tally = tallyOf(name);
  tally.wrong++;
  const [line = '', at = ''] = what.split('\n');
  const kind = `${name} ${line.replace(/\d+/g, 'N').slice(0, 120)} ${at}`;
  if (said.has(kind)) return;
  said.add(kind);
  mkdirSync(foundIn, { recursive: true });
  const file = join(foundIn, `${name}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`);
  writeFileSync(file, input);
  console.log(`\n${name}, ${where}: ${input.length} bytes in ${file}\n${what.split('\n').slice(0, 8).join('\n')}\n`);
}

class Thread {
  now = new SharedArrayBuffer(8);
  /** @type {Worker | null} */ worker = null;

  /** @type {(answer: any) => void} */ answered = () => {};

  start() {
    if (this.worker) return this.worker;
    const worker = new Worker(bundle, {
      workerData: { now: this.now, url: bundle.href },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.on('message', (answer) => this.answered(answer));
    worker.on('error', (error) => this.answered(String(error).includes('memory') ? 'memory' : error));
    worker.on('exit', (code) => this.answered(new Error(`The thread ended with ${code}.`)));
    this.worker = worker;
    return worker;
  }

  /**
   * @param {Turn & { number?: number }} turn @param {number} patienceMs
   * @returns {Promise<any>} what the thread says, or 'hung' or 'memory'
   */
  async ask(turn, patienceMs) {
    const worker = this.start();
    const seen = new Int32Array(this.now);
    Atomics.store(seen, 0, -1);
    let [last, since, cpu] = [-1, Date.now(), process.cpuUsage()];
    /** @type {NodeJS.Timeout | undefined} */ let timer;
    const answer = await new Promise((resolve) => {
      this.answered = resolve;
      timer = setInterval(() => {
        const count = Atomics.load(seen, 1);
        // Below zero: it prepares.
        if (count !== last || (Atomics.load(seen, 0) < 0 && turn.number === undefined))
          [last, since, cpu] = [count, Date.now(), process.cpuUsage()];
        const { user, system } = process.cpuUsage(cpu);
        const waited = Date.now() - since;
        const worked = (user + system) / 1000 / workers;
        if (waited > patienceMs && (worked > patienceMs || waited > STUCK_MS)) resolve('hung');
      }, 200);
      worker.postMessage(turn);
    });
    clearInterval(timer);
    if (answer === 'hung' || answer === 'memory' || answer instanceof Error) {
      this.answered = () => {};
      this.worker = null;
      await worker.terminate();
    }
    return answer;
  }

  async work() {
    for (;;) {
      const name = nextEntry();
      if (name === null) break;
      const tally = tallyOf(name);
      tally.busy = true;
      const guided = tally.turns % 10 === 1;
      const rate = tally.inputs / Math.max(0.1, tally.seconds);
      const turn = {
        entry: name,
        seed,
        from: tally.next,
        count: Math.min(Math.max(1, enough - tally.inputs), 1e9),
        forMs: TURN_MS,
        guided,
        group: guided ? Math.min(4096, Math.max(16, Math.round(rate / 8))) : 64,
        found: tally.found,
      };
      const began = Date.now();
      const done = await this.ask(turn, HANG_MS);
      tally.seconds += (Date.now() - began) / 1000;
      tally.turns++;
      if (typeof done === 'string' || done instanceof Error) await this.broken(turn, done);
      else this.count(done, turn);
      tally.busy = false;
    }
    await this.worker?.terminate();
  }

  /** @param {Done} done @param {Turn} turn */
  count(done, turn) {
    const tally = tallyOf(done.entry);
    tally.inputs += done.inputs;
    tally.next += done.inputs;
    tally.slowest = Math.max(tally.slowest, done.slowest.ms);
    tally.growth = Math.max(tally.growth, done.heaviest.weight / Math.max(100, done.heaviest.length));
    tally.reached = Math.max(tally.reached, done.reached);
    tally.found = [...tally.found, ...done.fresh].slice(-MOST_FRESH);
    if (values.keep) keep(done.entry, done.fresh);
    for (const { number, what, input } of done.wrong)
      tell(done.entry, what, input, `seed ${turn.seed}, input ${number}`);
  }

  /** @param {Turn} turn @param {string | Error} how */
  async broken(turn, how) {
    const number = Math.max(0, new Int32Array(this.now)[0] ?? 0);
    const tally = tallyOf(turn.entry);
    tally.next = Math.max(number, tally.next) + 64;
    tally.inputs += Math.max(0, number - turn.from);
    const input = inputOf(turn, number);
    Atomics.store(new Int32Array(this.now), 0, -1);
    const where = `seed ${turn.seed}, input ${number}`;
    if (how === 'memory') return tell(turn.entry, `More than ${HEAP_MB} MB.`, input, where);
    if (how instanceof Error) return tell(turn.entry, how.stack ?? how.message, input, where);
    const again = await this.ask({ ...turn, number }, 20 * HANG_MS);
    const ms = typeof again === 'object' && 'ms' in again ? again.ms : 20 * HANG_MS;
    if (ms > HANG_MS) tell(turn.entry, `Hung: ${Math.round(ms)} ms of processor time.`, input, where);
  }
}

/** The one that had least time, of those that are not done. */
function nextEntry() {
  if (Date.now() > until) return null;
  const open = names.filter((name) => !tallyOf(name).busy && tallyOf(name).inputs < enough);
  open.sort((a, b) => tallyOf(a).seconds - tallyOf(b).seconds);
  return open[0] ?? null;
}

/** @param {string} name @param {readonly Uint8Array[]} fresh */
function keep(name, fresh) {
  const path = join(root, 'test/fuzz/corpus', `${name}.txt`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  for (const input of fresh)
    if (input.length <= KEPT.bytes && lines.length < KEPT.inputs) lines.push(Buffer.from(input).toString('base64'));
  if (lines.length > 0) writeFileSync(path, `${lines.join('\n')}\n`);
}

function table() {
  const head = ['entry', 'inputs', 'per s', 'slowest ms', 'growth', 'functions', 'found', 'wrong'];
  const rows = names.map((name) => {
    const { inputs, seconds, slowest, growth, reached, found, wrong } = tallyOf(name);
    const numbers = [inputs, inputs / Math.max(0.1, seconds), slowest, growth, reached, found.length, wrong];
    return [name, ...numbers.map((n) => Math.round(n).toString())];
  });
  const all = names.reduce((sum, name) => sum + tallyOf(name).inputs, 0);
  const bad = names.reduce((sum, name) => sum + tallyOf(name).wrong, 0);
  for (const row of [head, ...rows])
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(11))).join(''));
  console.log(
    `\n${all} inputs, ${bad} wrong, seed ${seed}, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB at the end`,
  );
  return bad;
}

console.log(`seed ${seed}, ${names.length} entries, ${workers} worker${workers > 1 ? 's' : ''}`);
const report = setInterval(table, 5 * 60_000);
await Promise.all(Array.from({ length: workers }, () => new Thread().work()));
clearInterval(report);
process.exitCode = table() > 0 ? 1 : 0;
rmSync(folder, { recursive: true });
