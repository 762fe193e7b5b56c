import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { RULES } from '../analysis/rules/index.ts';
import { CHECKED, notShown, RULE_COUNT } from './what-was-checked.ts';

test('the numbers of rules are those of the rules', () => {
  const counts = CHECKED.map(({ group }) => [group, RULES.filter((rule) => rule.group === group).length]);
  expect(CHECKED.map(({ group, rules }) => [group, rules])).toEqual(counts);
  expect(RULE_COUNT).toBe(RULES.length);
});

test('what a capture cannot show is said: closed records, and losses beyond its place', async () => {
  const name = 'openssl-ecdhe-ecdsa-aes128-gcm';
  const session = await openSession(`${name}.pcap`);
  const limits = () => detailsOf(session).map((detail) => notShown(detail.association, detail).join(' '))[0];
  expect(limits()).toMatch(/^\d+ records of \d+ encrypted ones stayed closed/);
  addKeys(session, `${name}.keys`);
  expect(limits()).not.toContain('stayed closed');
});
