/**
 * What went wrong in every capture, as its scenario, the endpoints' logs and the proxy's actions say, against our
 * findings. causes.json was written from those alone; where a capture point cannot tell the cause, it lists every
 * honest answer. What its fields mean is said in scripts/cause-table.mjs.
 */
import { describe, expect, test } from 'vitest';
import { CAUSES, causesOf, judge } from '../scripts/cause-table.mjs';
import { SEVERITIES } from '../src/analysis/finding.ts';
import { RULES } from '../src/analysis/rules/index.ts';
import { diagnose } from '../src/analysis/rules/rule.test.helper.ts';
import { KNOWN } from './captures.ts';

const IDS: ReadonlySet<string | null> = new Set([null, ...SEVERITIES, ...RULES.map((rule) => rule.id)]);

describe('the list', () => {
  test('every capture has exactly one entry', () => {
    const matches = KNOWN.map(({ file }) => [file, ...causesOf(file).map((c) => c.match)]);
    expect(matches.filter(({ length }) => length !== 2)).toEqual([]);
  });

  test('every entry is of some capture and matches whole names', () => {
    const used = new Set(KNOWN.flatMap(({ file }) => causesOf(file)));
    expect(CAUSES.filter((cause) => !used.has(cause))).toEqual([]);
    for (const { match } of CAUSES) expect(match).toMatch(/^\^.*\$$/);
  });

  test('it names only what is looked for', () => {
    const named = CAUSES.flatMap((c) => [...(c.headline ?? []), ...c.also.flat(), ...c.never]);
    expect([...new Set(named)].filter((id) => !IDS.has(id))).toEqual([]);
  });
});

describe('every capture', () => {
  for (const { file } of KNOWN) {
    const [cause] = causesOf(file);
    test(file, async () => {
      if (!cause) throw new Error(`${file} has no entry`);
      const { findings } = await diagnose(file);
      expect(judge(cause, findings).complaints, cause.why).toEqual([]);
    });
  }
});
