/** Reads damaged inputs of one entry after the other, in a thread with a limit on its memory. Used by scripts/fuzz.mjs. */
import { parentPort, workerData } from 'node:worker_threads';
import { attempt } from './attempt.ts';
import { chanceAt } from './chance.ts';
import { seedsOf } from './corpus.ts';
import { Coverage } from './covered.ts';
import { ENTRIES } from './entries.ts';
import type { Entry } from './entry.ts';
import { mutated } from './mutate.ts';

/** What the thread is asked to do. */
export interface Turn {
  readonly entry: string;
  readonly seed: number;
  /** Number of the first input; input `n` is the same whatever is asked before. */
  readonly from: number;
  readonly count: number;
  /** Stops before `count` after so many milliseconds. */
  readonly forMs: number;
  /** Follows what V8 says of the parts that were reached. */
  readonly guided: boolean;
  /** Inputs between two questions of a guided turn what was reached: V8 takes long to answer. */
  readonly group: number;
  /** Inputs found by guided turns: seeds as well. */
  readonly found: readonly Uint8Array[];
}

export interface Done {
  readonly entry: string;
  readonly inputs: number;
  readonly heaviest: { readonly weight: number; readonly length: number };
  readonly slowest: { readonly ms: number; readonly number: number };
  readonly fresh: readonly Uint8Array[];
  readonly reached: number;
  readonly wrong: readonly { readonly number: number; readonly what: string; readonly input: Uint8Array }[];
}

/** Many inputs may fall into one hole. */
const MOST_WRONG = 20;
/** Of one group, at most so many are found out. */
const MOST_FRESH = 4;

export function entryNamed(name: string): Entry {
  const entry = ENTRIES.find((one) => one.name === name);
  if (!entry) throw new Error(`There is no entry ${name}.`);
  return entry;
}

export const entryNames: readonly string[] = ENTRIES.map(({ name }) => name);

const seeds = new Map<string, readonly Uint8Array[]>();

/** Input `number` of a turn, anywhere and at any time. */
export function inputOf(
  { entry: name, seed, found }: Pick<Turn, 'entry' | 'seed' | 'found'>,
  number: number,
): Uint8Array {
  const entry = entryNamed(name);
  const own = seeds.get(name) ?? seedsOf(entry);
  seeds.set(name, own);
  // The first inputs are the seeds as they are.
  if (seed === 0 && number < own.length) return own[number] ?? new Uint8Array();
  return mutated(found.length === 0 ? own : [...own, ...found], entry.form, chanceAt(seed, number));
}

export { attempt };

class Run {
  inputs = 0;
  heaviest = { weight: 0, length: 0 };
  slowest = { ms: 0, number: 0 };
  readonly wrong: { number: number; what: string; input: Uint8Array }[] = [];
  readonly #now: Int32Array;
  readonly #entry: Entry;

  constructor(entry: Entry, now: Int32Array) {
    this.#entry = entry;
    this.#now = now;
  }

  async one(input: Uint8Array, number: number): Promise<void> {
    Atomics.store(this.#now, 0, number);
    Atomics.add(this.#now, 1, 1);
    const began = performance.now();
    const { wrong, weight } = await attempt(this.#entry, input);
    const ms = performance.now() - began;
    Atomics.store(this.#now, 0, -1);
    this.inputs++;
    if (ms > this.slowest.ms) this.slowest = { ms, number };
    if (weight > this.heaviest.weight) this.heaviest = { weight, length: input.length };
    if (wrong !== null && this.wrong.length < MOST_WRONG) this.wrong.push({ number, what: wrong, input });
  }
}

/** One of the group that reaches something unknown, by halves; what it reaches is known from then on. */
async function firstFresh(
  run: Run,
  group: readonly Uint8Array[],
  at: number,
  coverage: Coverage,
): Promise<Uint8Array | undefined> {
  let [from, to] = [0, group.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    for (let i = from; i < middle; i++) await run.one(group[i] ?? new Uint8Array(), at + i);
    if (coverage.fresh(false) > 0) to = middle;
    else from = middle;
  }
  const input = group[from];
  if (!input) return undefined;
  await run.one(input, at + from);
  // What is reached once only, such as tables that are made at first use, is nobody's merit.
  return coverage.fresh() > 0 ? input : undefined;
}

async function take(turn: Turn, now: Int32Array, coverage: Coverage): Promise<Done> {
  const run = new Run(entryNamed(turn.entry), now);
  const fresh: Uint8Array[] = [];
  const found = [...turn.found];
  const until = performance.now() + turn.forMs;
  if (turn.guided) coverage.start();
  for (let at = turn.from; at < turn.from + turn.count && performance.now() < until; at += turn.group) {
    const group = Array.from({ length: turn.group }, (_, i) => inputOf({ ...turn, found }, at + i));
    for (const [i, input] of group.entries()) await run.one(input, at + i);
    if (!turn.guided) continue;
    for (let n = 0; n < MOST_FRESH && coverage.fresh(false) > 0; n++) {
      const input = await firstFresh(run, group, at, coverage);
      if (!input) break;
      fresh.push(input);
      // What the others reached counts again only if it is still unknown.
      for (const [i, other] of group.entries()) await run.one(other, at + i);
    }
    coverage.fresh();
  }
  if (turn.guided) coverage.stop();
  const { inputs, heaviest, slowest, wrong } = run;
  return { entry: turn.entry, inputs, heaviest, slowest, fresh, reached: coverage.reached, wrong };
}

if (parentPort && workerData?.now) {
  const port = parentPort;
  const now = new Int32Array(workerData.now);
  const coverage = new Coverage(workerData.url);
  port.on('message', async (turn: Turn) => {
    const { number } = turn as Turn & { readonly number?: number };
    if (number === undefined) return port.postMessage(await take(turn, now, coverage));
    // Once more and alone, for the clock.
    const input = inputOf(turn, number);
    const began = process.cpuUsage();
    await attempt(entryNamed(turn.entry), input);
    const { user, system } = process.cpuUsage(began);
    port.postMessage({ ms: (user + system) / 1000 });
  });
}
