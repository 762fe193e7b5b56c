/**
 * A short run of the fuzzer, with the same inputs each time: those that were kept, and some that are damaged anew. At length
 * it runs with `node scripts/fuzz.mjs`, see docs/security.md.
 */
import { describe, expect, test } from 'vitest';
import { attempt } from './fuzz/attempt.ts';
import { chanceAt } from './fuzz/chance.ts';
import { keptFor, seedsOf } from './fuzz/corpus.ts';
import { ENTRIES } from './fuzz/entries.ts';
import { type Entry, must } from './fuzz/entry.ts';
import { LONGEST, mutated } from './fuzz/mutate.ts';

/** A different run: `FUZZ_SEED=7 FUZZ_INPUTS=5000 npx vitest run --project node test/hostile-fuzz.test.ts`. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1200);
/** A whole analysis takes as long as hundreds of messages. */
const COSTLY: ReadonlyMap<string, number> = new Map([
  ['capture', 4],
  ['hex-text', 4],
  ['certificate', 4],
  ['signature', 10],
  ['trace-file', 4],
  ['payload-opened', 15],
  ['analysis', 30],
  ['conversation', 30],
]);

async function complaints(entry: Entry, inputs: readonly Uint8Array[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [i, input] of inputs.entries()) {
    const { wrong: what } = await attempt(entry, input);
    if (what !== null) wrong.push(`input ${i}, ${Buffer.from(input).toString('base64').slice(0, 2000)}: ${what}`);
  }
  return wrong.slice(0, 3);
}

describe.each(ENTRIES.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  test('inputs that were kept', async () => {
    expect(await complaints(entry, keptFor(entry))).toEqual([]);
  });

  test('inputs that are damaged by chance', async () => {
    const seeds = seedsOf(entry);
    expect(seeds.length).toBeGreaterThan(0);
    const count = Math.ceil(INPUTS / (COSTLY.get(name) ?? 1));
    const inputs = Array.from({ length: count }, (_, i) => mutated(seeds, entry.form, chanceAt(SEED, i)));
    expect(Math.max(...inputs.map(({ length }) => length))).toBeLessThanOrEqual(LONGEST);
    expect(await complaints(entry, inputs)).toEqual([]);
  });
});

describe('the fuzzer itself', () => {
  const entry = (read: Entry['read']): Entry => ({
    name: 'made',
    form: 'bytes',
    seeds: () => [Uint8Array.of(1, 2, 3)],
    read,
  });
  const wrong = async (read: Entry['read']) => (await attempt(entry(read), Uint8Array.of(1, 2, 3))).wrong;

  test('the same seed and number give the same input', () => {
    const seeds = [Uint8Array.of(1, 2, 3, 4), new Uint8Array(300)];
    const some = (seed: number) => Array.from({ length: 50 }, (_, i) => mutated(seeds, 'text', chanceAt(seed, i)));
    expect(some(1)).toEqual(some(1));
    expect(some(2)).not.toEqual(some(1));
    expect(new Set(some(1).map((input) => input.join())).size).toBeGreaterThan(40);
  });

  test.each<readonly [string, Entry['read'], RegExp]>([
    ['an exception', () => JSON.parse('{'), /SyntaxError/],
    ['a rejection', async () => Promise.reject(new RangeError('late')), /late/],
    ['a control character', () => [{ summary: 'a\u001b[31m' }], /summary has a control character/],
    ['a line that turns around', () => 'a\u202eb', /control character/],
    ['no number', () => ({ length: Number.NaN }), /length is no number/],
    ['an answer without end', () => 'x'.repeat(1 << 20), /weighs more/],
    ['what an entry asks for itself', () => must(false, 'a rule'), /a rule/],
  ])('notices %s', async (_, read, says) => {
    expect(await wrong(read)).toMatch(says);
  });

  test('is content with what is sound', async () => {
    expect(await wrong(() => ({ lines: ['a\n\tb'], bytes: new Uint8Array(9), none: null }))).toBeNull();
  });
});
