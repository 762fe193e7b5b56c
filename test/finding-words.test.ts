/** What the findings say, over every capture of the collection: plain sentences that hold what they promise. */
import { expect, test } from 'vitest';
import { longestSentence } from '../src/analysis/rules/sentences.test.helper.ts';
import { KNOWN } from './captures.ts';
import { addKeys, openSession } from './open-session.ts';

/** The longest sentence that a title or an advice may have, in words. */
const LONGEST = 30;

test.each(KNOWN.map((c) => [c.file, c.keys] as const))('%s', async (file, keys) => {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  const { associations, findings: general } = session.trace();
  const records = session.trace().captures.reduce((n, c) => n + c.dtlsRecords, 0);
  for (const { findings, verdict } of associations) {
    expect(findings.filter((f) => f.headline).length).toBeLessThanOrEqual(1);
    expect(verdict).toMatch(/^\p{Lu}.*\.$/su);
    for (const finding of [...findings, ...general]) {
      const { title, explanation, advice, evidence, alternatives, citations, consequenceOf, rule } = finding;
      for (const text of [title, advice]) expect(longestSentence(text), text).toBeLessThanOrEqual(LONGEST);
      expect(title, title).not.toMatch(/\.$/);
      for (const text of [explanation, advice, ...alternatives]) expect(text, rule).toMatch(/[.?!]$/);
      for (const text of [title, explanation, advice, verdict, ...alternatives, ...evidence.map((e) => e.says)])
        expect(text, rule).not.toMatch(/undefined|NaN|Infinity|\b0\.0 s\b|\[object|\bnull\b| {2}/);
      expect(alternatives.length, rule).toBeGreaterThan(0);
      expect(citations.length, rule).toBeGreaterThan(0);
      for (const { record } of evidence)
        if (record !== null) expect(record, rule).toSatisfy((r: number) => r >= 1 && r <= records);
      if (consequenceOf !== null) expect([...findings, ...general].some((f) => f.rule === consequenceOf)).toBe(true);
    }
  }
});
