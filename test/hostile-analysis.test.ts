/** Input that is damaged or made to do harm: the analysis never throws, ends, and what it says stays sound. */
import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { reportSchema } from '../src/cli/output/schema.ts';
import { openInput, reportAs, SHAPES } from './hostile-reading.ts';
import type { HostileInput } from './hostile-shapes.ts';
import { mutant } from './mutants.ts';
import { complaintsAbout, textComplaints } from './sound.ts';

const valid = new Ajv2020({ strict: true, allErrors: false }).compile(reportSchema);

/** A long run: `MUTANTS=5000 FIRST_MUTANT=1000 npx vitest run --project node test/hostile-analysis.test.ts`. */
const MUTANTS = Number(process.env.MUTANTS ?? 160);
const FIRST = Number(process.env.FIRST_MUTANT ?? 1);
const GROUP = 40;

async function complaints(input: HostileInput): Promise<string[]> {
  try {
    const session = await openInput(input);
    const json = reportAs(session, 'json', '--data', '--srtp-keys');
    const schema = valid(JSON.parse(json)) ? [] : [JSON.stringify(valid.errors)];
    return [
      ...complaintsAbout(session),
      ...schema,
      ...textComplaints(json),
      ...textComplaints(reportAs(session, 'text')),
      ...textComplaints(reportAs(session, 'markdown')),
    ];
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

describe('damaged by chance', () => {
  const groups = Array.from({ length: Math.ceil(MUTANTS / GROUP) }, (_, i) => FIRST + i * GROUP);
  test.each(groups)('mutants from %i on', async (from) => {
    const found: Record<string, string[]> = {};
    for (let seed = from; seed < from + GROUP; seed++) {
      const { name, input } = await mutant(seed);
      const all = await complaints(input);
      if (all.length > 0) found[name] = all;
    }
    expect(found).toEqual({});
  });
});

describe('made to keep an analyser busy', () => {
  test.each(SHAPES.map((shape) => [shape.name, shape] as const))('%s', async (_, { make }) => {
    expect(await complaints(await make(60))).toEqual([]);
  });
});
