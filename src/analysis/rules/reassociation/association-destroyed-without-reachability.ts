/** H4: one packet that anybody could have forged costs a living association. */
import { usuallyAnswered } from '../../relations/answering.ts';
import { count, endpointText } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Living, livingBefore, stillSent, wasDead, wasOpen } from './living.ts';
import { isAlert, isData } from './protected-records.ts';
import { finishedBy, returnedCookie } from './reboot-same-quartet-ok.ts';
import { span } from './time-words.ts';

export const associationDestroyedWithoutReachability: Rule = {
  scope: 'association',
  id: 'association-destroyed-without-reachability',
  group: 'reassociation',
  title: 'A ClientHello that nobody vouched for ended a living association',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.8', 'RFC 9147 §5.11'],
  advice:
    'Let the server ask for a cookie before it gives up anything, and keep the old association until the cookie is back or the new Finished is verified. Otherwise one forged packet cuts off any client.',
  alternatives: [
    'The server may hold the old association until the new Finished comes, as RFC 9147 §5.11 allows without a cookie: its log, or a record under the old keys, tells.',
    'The server had lost the old association before, by a restart or a timeout: its log tells.',
  ],
  looksLike:
    'Both sides wrote under keys and nobody closed. A ClientHello with a new random comes on the same ports. The server answers with its ServerHello at once, without a cookie, or closes the old association.',
  why: 'The source address of a UDP packet is easily forged. A server that drops its association for a ClientHello lets anybody who knows the addresses end connections of others.',
  sources: ['CVE-2026-55950', 'rtcsec ClientHello race'],
  sample: 'openssl-assoc-reboot-naive.pcap',
  mayHeadline: true,
  check: destroyed,
};

/** What carried it was set up by both ends: nobody forges that from elsewhere. */
const PROVEN = /TCP|SCTP|TURN/i;
/** The server ends the old association this soon after the hello: because of it. */
const AT_ONCE_MS = 2000;
/** A client that is not answered asks again after at least this long. */
const APART_MS = 500;

function destroyed(subject: Subject): readonly Match[] {
  const { a } = subject;
  const hello = subject.analysed.state.records[0];
  if (a.replaces === null || hello === undefined) return [];
  const living = livingBefore(subject);
  if (!living?.sameClient || wasDead(living, subject)) return [];
  return subject.established ? replaced(subject, living, hello) : cutOff(subject, living, hello);
}

/** The server took the new hello without proof, and nothing more came under the old keys. */
function replaced(subject: Subject, living: Living, hello: number): readonly Match[] {
  const { a, handshake } = subject;
  const [answer] = subject.said('ServerHello', 'server');
  if (!handshake || !answer || returnedCookie(subject)) return [];
  // Who resumes proves that it has the old keys; ICE proves that the peer is there (RFC 8445 §7).
  if (handshake.kind.startsWith('resumed') || handshake.kind === '1.3-psk' || handshake.kind === '1.3-0rtt') return [];
  if (tupleOf(subject)?.stun) return [];
  if (a.carriers.some((carrier) => PROVEN.test(carrier))) return [];
  const { old } = living;
  if (stillSent(living, 1, hello, finishedBy(subject)).some((r) => !isAlert(old, r))) return [];
  const closing = stillSent(living, 1, hello).find((r) => isAlert(old, r) && r.timeMs - a.startMs < AT_ONCE_MS);
  return [
    {
      title: `The server gave up ${old.a.id} for a ClientHello without a cookie`,
      explanation: [
        `${old.a.id} was established on these ports and ${wasOpen(living)}, when ${endpointText(a.client)} sent a ClientHello with a new random.`,
        `The server answered with its ServerHello after ${span(answer.timeMs - a.startMs)}, without asking for a cookie first.`,
        closing
          ? `It ended ${old.a.id} with an alert.`
          : `Nothing more came under the keys of ${old.a.id}; when exactly the server dropped it cannot be seen.`,
        'Here the new handshake completes. Had the ClientHello been forged, the real client would have lost its association.',
      ].join(' '),
      evidence: [
        subject.evidence(hello, 'A ClientHello with a new random, without a cookie'),
        subject.evidence(answer.record, 'The server answers with its ServerHello at once'),
        ...(closing ? [subject.evidence(closing.index, `The server ends ${old.a.id}`)] : []),
      ],
      certainty: closing ? 'near-certain' : 'inferred',
      verdict: `The handshake was done, but the server gave up ${old.a.id} for a ClientHello without a cookie.`,
    },
  ];
}

/** Who sent the new hello got nowhere, and the old association ended with it. */
function cutOff(subject: Subject, living: Living, hello: number): readonly Match[] {
  const { a } = subject;
  const { old } = living;
  const server = stillSent(living, 1, hello);
  const client = stillSent(living, 0, hello);
  const alert = server.find((r) => isAlert(old, r));
  const asked = client.find((r) => alert === undefined || r.index < alert.index);
  const closed = alert && !asked && alert.timeMs - a.startMs < AT_ONCE_MS;
  const unanswered = client.filter((r) => isData(old, r));
  const [first, last] = [unanswered[0], unanswered.at(-1)];
  const deaf =
    first !== undefined &&
    last !== undefined &&
    unanswered.length > 1 &&
    server.length === 0 &&
    last.timeMs - first.timeMs > APART_MS &&
    subject.sorted.hasFrom(1) &&
    usuallyAnswered(old.analysed, 0, hello);
  if (!closed && !deaf) return [];
  return [
    {
      title: `One ClientHello ended ${old.a.id}, and no new association came of it`,
      explanation: `${old.a.id} was established on these ports and ${wasOpen(living)}, when a ClientHello with a new random came from ${endpointText(a.client)}. ${
        closed
          ? `${span(alert.timeMs - a.startMs)} later the server sent an alert under the old keys.`
          : `After it the server answered none of ${count(unanswered.length, 'record')} that the old client sent.`
      } The new handshake was not completed. Whoever forges one such packet can end the association.`,
      evidence: [
        subject.evidence(hello, 'A ClientHello with a new random'),
        ...(closed ? [subject.evidence(alert.index, `The server ends ${old.a.id}`)] : []),
        ...(!closed && first ? [subject.evidence(first.index, 'The old client is not answered any more')] : []),
      ],
      certainty: closed ? 'near-certain' : 'inferred',
      verdict: `One ClientHello ended ${old.a.id}, and no new association came of it.`,
    },
  ];
}
