/** What holds for every rule: its id, its place, its words, its test. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RULES } from './index.ts';
import { RANKS } from './rule.ts';
import { longestSentence } from './sentences.test.helper.ts';

const here = dirname(fileURLToPath(import.meta.url));
const rules = RULES.map((rule) => [rule.id, rule] as const);

test('no two rules share an id', () => {
  expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length);
});

test.each(rules)('%s: a file and a test of its own, in the folder of its group', (id, { group }) => {
  expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(existsSync(join(here, group, `${id}.ts`))).toBe(true);
  const tests = readFileSync(join(here, group, `${id}.test.ts`), 'utf8');
  expect(tests.match(/^test(\.each)?\(/gm)?.length ?? 0).toBeGreaterThanOrEqual(2);
});

test.each(rules)('%s: title and advice are plain', (_, rule) => {
  expect(rule.title).not.toMatch(/\.$/);
  for (const text of [rule.title, rule.advice]) expect(longestSentence(text)).toBeLessThanOrEqual(30);
  for (const text of [rule.advice, rule.looksLike, rule.why, ...rule.alternatives])
    expect(text).toMatch(/^[A-Z"].*[.?]$/s);
  expect(RANKS).toContain(rule.rank);
});

test.each(rules)('%s: cites what can be looked up', (_, { citations }) => {
  for (const citation of citations)
    expect(citation).toMatch(/^(RFC \d+( (§|Appendix )[\w.]+)?|draft-[\w-]+( §[\d.]+)?|rfc\d+bis( §[\d.]+)?|[A-Z].*)$/);
});
