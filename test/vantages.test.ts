/**
 * One run, seen from its two ends: the findings of one end must not contradict those of the other.
 *
 * Two headlines have the same cause where
 * - they are of one rule, or
 * - one rule explains the other (`explains`), or a finding of either end hangs under the other's (`consequenceOf`), or
 * - their rules are of one family below: one cause as it looks from two sides, or
 * - one of them is `inferred` and its words name the other's cause: "it is A or B", in its title, explanation or
 *   alternatives.
 * Whatever else two ends say is a different cause. A note and a security finding blame nothing, and an end at which
 * nothing is to be seen may be silent about what was repaired; about a failure it may not.
 */
import { describe, expect, test } from 'vitest';
import type { FindingView } from '../src/analysis/finding.ts';
import { RULES } from '../src/analysis/rules/index.ts';
import { type Diagnosed, diagnose } from '../src/analysis/rules/rule.test.helper.ts';
import { KNOWN } from './captures.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';
import { pairsNamed } from './two-points.ts';

const PAIRS = [
  ...pairsNamed('.client.pcap', '.server.pcap'),
  ...pairsNamed('.inside.pcap', '.outside.pcap'),
  ...pairsNamed('.offerer.pcap', '.answerer.pcap'),
];

/** Rules that are one cause, seen from two sides. */
const FAMILIES: readonly (readonly string[])[] = [
  // Datagrams of a flight were lost, and a repeat mended it: one end sees the gap, the other the repeat. Where several
  // flights were hit, each end sees some of the losses only, and they weigh differently.
  [
    'flight-lost-and-recovered',
    'partial-flight-held-up',
    'hvr-lost',
    'ccs-lost',
    'final-flight-lost-recovered',
    'final-ack-lost',
    'ticket-ack-lost-loop',
    'empty-ack-serverhello-lost',
  ],
  // The server's answers do not get back: the client sees none, the server sees that they do not help.
  ['no-answer-to-clienthello', 'one-way-downlink-dead'],
];

/** How a sentence names the cause of a rule, without its id. */
const NAMED: Readonly<Record<string, RegExp>> = {
  'appdata-before-finished': /out of order|too early|overt/,
  'ccs-lost': /\blost\b|\bloss\b/,
  'cid-address-update': /\bNAT\b.*(forgot|mapping)|another (address|port)/,
  'cookie-tuple-changed': /address (of the client|or port).*chang|from (two|another) ports?/,
  'corrupted-record': /damaged|altered/,
  'datagram-truncated': /damaged|too small a buffer/,
  'finished-before-ccs': /(out of|wrong) order|overt/,
  'flight-lost-and-recovered': /\blost\b|\bloss\b/,
  'hvr-lost': /\blost\b|\bloss\b/,
  'nat-rebinding-no-cid': /\bNAT\b.*(forgot|mapping)|another (address|port)/,
  'one-way-downlink-dead': /answers? (is|are|was|were) lost|answer never gets back/,
  'partial-flight-held-up': /\blost\b|\bloss\b/,
  'pmtu-black-hole': /large datagrams|largest/i,
  'reboot-same-quartet-hvr-unanswered': /HelloVerifyRequests are lost/,
  'server-lost-state': /stopped answering|forgot/,
  'spurious-retransmission-rtt': /\blate\b|\bslow\b/,
};

/** What would settle it: another capture, a look at something else, a log; or that nothing here does. */
const TELLS = /captur|cannot be told|: then |\blogs?\b|\bcompare\b/;

/** What cannot be told, and why. */
const SILENT_ABOUT_A_FAILURE: Readonly<Record<string, string>> = {
  'openssl-fail-server-mute-after-hvr-c2s.server.pcap':
    'It holds 12 ms: a ClientHello and its HelloVerifyRequest. Nobody can call that a silence.',
};

const EXPLAINED = new Map(RULES.map((rule) => [rule.id, rule.explains ?? []]));

const blames = (f: FindingView | null): f is FindingView => f?.severity === 'failure' || f?.severity === 'warning';

const wordsOf = (f: FindingView): string => [f.title, f.explanation, ...f.alternatives].join('\n');

const names = (f: FindingView, cause: string): boolean => f.inferred && (NAMED[cause]?.test(wordsOf(f)) ?? false);

function hangsUnder(cause: string, rule: string, ends: readonly Diagnosed[]): boolean {
  return (
    EXPLAINED.get(cause)?.includes(rule) === true ||
    ends.some(({ findings }) => findings.some((f) => f.rule === rule && f.consequenceOf === cause))
  );
}

function sameCause(x: FindingView, y: FindingView, ends: readonly Diagnosed[]): boolean {
  return (
    x.rule === y.rule ||
    FAMILIES.some((family) => family.includes(x.rule) && family.includes(y.rule)) ||
    hangsUnder(x.rule, y.rule, ends) ||
    hangsUnder(y.rule, x.rule, ends) ||
    names(x, y.rule) ||
    names(y, x.rule)
  );
}

const inShort = (f: FindingView | null): string => (f ? `${f.severity} ${f.rule}, ${f.certainty}` : 'nothing');

describe.each([false, true])('without keys: %s', (withoutKeys) => {
  describe.each(PAIRS)('$name', ({ first, second }) => {
    const alone = [first.file, second.file];

    test('no end blames another certain cause than the other', async () => {
      const ends = [await diagnose(first.file, { withoutKeys }), await diagnose(second.file, { withoutKeys })];
      const [one, other] = ends.map((end) => end.headline);
      if (!one || !other || !blames(one) || !blames(other)) {
        const failure = [one, other].find((f) => f?.severity === 'failure');
        const silent = alone.filter((_, i) => !blames(ends[i]?.headline ?? null));
        if (failure) expect(silent.filter((file) => !(file in SILENT_ABOUT_A_FAILURE))).toEqual([]);
        return;
      }
      expect(sameCause(one, other, ends), `${inShort(one)}; ${inShort(other)}`).toBe(true);
    });

    test('both together say the same, or something more certain', async () => {
      const both = await diagnose(alone, { withoutKeys });
      const ends = [await diagnose(first.file, { withoutKeys }), await diagnose(second.file, { withoutKeys })];
      const heads = ends.map((end) => end.headline).filter(blames);
      const said = `${heads.map(inShort).join('; ')}; together ${inShort(both.headline)}`;
      if (!blames(both.headline)) {
        expect(
          heads.filter((f) => f.severity === 'failure' || !f.inferred),
          said,
        ).toEqual([]);
        return;
      }
      const { headline } = both;
      const related = heads.some((f) => sameCause(f, headline, [...ends, both]));
      expect(related || headline.certainty === 'seen', said).toBe(true);
      if (heads.some((f) => f.severity === 'failure')) expect(headline.severity, said).toBe('failure');
    });

    test('what both together prove to be lost is no guess', async () => {
      const session = await openSession(...alone);
      for (const { keys } of withoutKeys ? [] : [first, second]) if (keys) addKeys(session, keys);
      const unsure = detailsOf(session).flatMap(({ association, losses }) =>
        association.findings.filter((f) => {
          if (f.rule !== 'flight-lost-and-recovered' && f.rule !== 'partial-flight-held-up') return false;
          const record = f.evidence[0].record;
          const shown = losses.find((l) => record !== null && l.records.includes(record));
          const all = losses.filter((l) => l.handshake === shown?.handshake && l.flight === shown.flight);
          return shown && all.every((l) => l.certainty === 'seen') && f.certainty !== 'seen';
        }),
      );
      expect(unsure.map(inShort)).toEqual([]);
    });
  });
});

describe('what is inferred says what would tell', () => {
  test.each(KNOWN.map((c) => c.file))('%s', async (file) => {
    const { findings } = await diagnose(file);
    const mute = findings.filter((f) => blames(f) && f.inferred && !TELLS.test(wordsOf(f)));
    expect(mute.map((f) => `${f.rule}: ${wordsOf(f)}`)).toEqual([]);
  });
});
