/** B2: after its first HelloVerifyRequest the server does not answer the same ClientHello any more. */
import { duration, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { hellosOf } from './hellos.ts';

export const serverIgnoresRepeatedClientHelloAfterHvr: Rule = {
  scope: 'association',
  id: 'server-ignores-repeated-clienthello-after-hvr',
  group: 'cookies',
  title: 'After one HelloVerifyRequest the server ignores the repeated ClientHello',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.2.2'],
  advice:
    'Update the server: it has to answer every ClientHello without a cookie with a new HelloVerifyRequest. OpenSSL does so from 1.1.1q and 3.0.6 on.',
  alternatives: [
    'The repeated ClientHellos do not reach the server: a capture at the server shows whether they arrive.',
    'The server limits how often it answers one address: then it answers again after a pause.',
  ],
  looksLike:
    'ClientHello, HelloVerifyRequest, then the same ClientHello again and again without a cookie, and nothing more from the server.',
  why: 'The HelloVerifyRequest was lost, and the server, which should have kept no state, takes the repeated ClientHello for an old message.',
  sources: ['openssl#2439', 'openssl#18635', 'pion/dtls#479'],
  explains: ['gave-up', 'flight-lost-and-recovered', 'client-ignores-hvr', 'one-way-downlink-dead', 'hvr-lost'],
  check: ignoredRepeats,
};

const MIN_REPEATS = 2;
const SILENCE_MS = 2000;

function ignoredRepeats(subject: Subject): readonly Match[] {
  const { asked, hellos } = hellosOf(subject);
  const last = asked.at(-1);
  if (last?.request.name !== 'HelloVerifyRequest' || hellos.some((h) => h.messageSeq > 0)) return [];
  // At the client it has arrived: then the fault is the client's.
  if (subject.capturedAt('client') && !subject.lostBetweenPoints(last.request.record)) return [];
  const repeats = hellos.filter((h) => h.record > last.request.record && !h.isCopy);
  const [first, second] = repeats;
  const final = repeats.at(-1);
  if (!first || !second || !final || repeats.length < MIN_REPEATS) return [];
  if (!subject.quiet(1, last.request.timeMs, first.timeMs - last.request.timeMs + SILENCE_MS)) return [];
  if (subject.records.some((r) => r.side === 1 && r.timeMs > last.request.timeMs)) return [];
  const atServer = subject.surelyAt('server');
  return [
    {
      title: `After one HelloVerifyRequest the server ignores the ClientHello that is repeated ${times(repeats.length)}`,
      explanation: `The server answered ${times(asked.length)} with a HelloVerifyRequest, and the client, which seems not to have got it, repeats its ClientHello ${times(
        repeats.length,
      )} in ${duration(final.timeMs - last.request.timeMs)}. Nothing more comes from the server. ${
        atServer
          ? 'The capture was taken at the server, so the repeats got there.'
          : 'Whether the repeats reach the server cannot be told from here.'
      }`,
      evidence: [
        subject.evidence(last.request.record, 'The last HelloVerifyRequest'),
        subject.evidence(first.record, 'The same ClientHello again: not answered'),
        subject.evidence(final.record, `Repeat ${repeats.length}: not answered`),
      ],
      certainty: atServer ? 'near-certain' : 'inferred',
    },
  ];
}
