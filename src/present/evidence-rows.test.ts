import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { FindingView } from '../analysis/finding.ts';
import type { Association } from '../analysis/trace.ts';
import { seenTwice } from './capture-points.ts';
import { evidenceFields } from './evidence-fields.ts';
import { evidenceGroups, evidencePlaces } from './evidence-rows.ts';
import { findingCards } from './finding-cards.ts';

const LOST_FLIGHT = 'openssl-loss-final-flight-x3';

async function headline(...files: readonly string[]) {
  const session = await openSession(...files);
  addKeys(session, `${LOST_FLIGHT}.keys`);
  const [detail] = detailsOf(session);
  const finding = detail?.association.findings[0];
  if (!detail || !finding) throw new Error('nothing was found');
  return { finding, detail, twice: seenTwice(detail, session.trace().points) };
}

test('a gap is seen between two packets; what was in it is not seen, and says how sure it is', async () => {
  const { finding, detail, twice } = await headline(`${LOST_FLIGHT}.client.pcap`);
  const groups = evidenceGroups(finding, detail, twice);
  expect(groups.map(({ sureness }) => sureness)).toEqual(['seen', 'near-certain']);
  const [seen, unseen] = groups.map(({ rows }) => rows.map(({ place, says }) => `${place}: ${says}`));
  expect(seen).toEqual(expect.arrayContaining(['9 → 14: Record 8 missing between them']));
  expect(unseen).toEqual(expect.arrayContaining(['8, 10: ChangeCipherSpec, lost before this capture point']));
  const gap = groups[0]?.rows.find(({ place }) => place === '9 → 14');
  expect(gap?.fields[0]).toBe('sequence_number');
  expect(gap?.record).toBe(detail.records.find(({ packet }) => packet === 14)?.record);
});

test('two capture points prove a loss, and a number says in which capture it is', async () => {
  const { finding, detail, twice } = await headline(`${LOST_FLIGHT}.client.pcap`, `${LOST_FLIGHT}.server.pcap`);
  const proven = evidenceGroups(finding, detail, twice).find(({ sureness }) => sureness === 'proven');
  expect(proven?.rows.map(({ place, says }) => `${place}: ${says}`)).toEqual(
    expect.arrayContaining(['B 17: ChangeCipherSpec, record 10: sent, never at A']),
  );
  expect(evidencePlaces(finding, detail, twice)).toMatch(/packets$/);
});

test('what a finding concludes has its certainty named even where no row is under it', () => {
  const finding = {
    rule: 'gave-up',
    certainty: 'inferred',
    evidence: [{ packet: 3, record: 3, timeMs: 1, says: 'The last of them' }],
  } as unknown as FindingView;
  expect(evidenceGroups(finding, null, null).map(({ sureness, rows }) => [sureness, rows.length])).toEqual([
    ['seen', 1],
    ['inferred', 0],
  ]);
});

test('a consequence stands under what caused it, and a circle loses nothing', () => {
  const finding = (rule: string, consequenceOf: string | null) =>
    ({ rule, consequenceOf, severity: 'warning' }) as unknown as FindingView;
  const shown = (...findings: FindingView[]) =>
    findingCards({ findings } as unknown as Association, []).map((c) => [c.finding.rule, c.cause?.rule ?? null]);
  expect(shown(finding('a', null), finding('b', null), finding('c', 'a'), finding('d', 'elsewhere'))).toEqual([
    ['a', null],
    ['c', 'a'],
    ['b', null],
    ['d', null],
  ]);
  expect(shown(finding('a', 'b'), finding('b', 'a')).map(([rule]) => rule)).toEqual(['a', 'b']);
});

test('of an alert its description is marked, of a repeat the number it has in common with the first', async () => {
  const session = await openSession('openssl-fail-unknown-ca.pcap');
  const [detail] = detailsOf(session);
  const alert = detail?.records.find(({ contents }) => contents.some(({ kind }) => kind === 'alert'));
  expect(evidenceFields('cert-untrusted', 'The alert', alert)[0]).toBe('description');
  expect(evidenceFields('cert-untrusted', 'The certificate', undefined)).toContain('ASN.1Cert');
  expect(evidenceFields('wrong-psk', 'The server sends flight 4 again', undefined)[0]).toBe('message_seq');
});
