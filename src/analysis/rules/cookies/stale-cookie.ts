/** B7: the client returns an older cookie than the last one it was given, and the server asks again. */
import { duration, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { cookieText, hellosOf, lastBefore } from './hellos.ts';

export const staleCookie: Rule = {
  scope: 'association',
  id: 'stale-cookie',
  group: 'cookies',
  title: 'The client answers an older HelloVerifyRequest than the last one',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1'],
  advice:
    'Let the client take the cookie of the latest HelloVerifyRequest, and let the server accept cookies for some time.',
  alternatives: [
    'The newer HelloVerifyRequest is lost or late on its way to the client: then a capture at the client does not show it in time.',
  ],
  looksLike:
    'A ClientHello with the cookie of an earlier HelloVerifyRequest, sent after a later one, and a further HelloVerifyRequest.',
  why: 'Many clients take the first HelloVerifyRequest and throw later ones away as repeats, for they have the same message number.',
  sources: ['pion/dtls#275', 'pion/dtls#276'],
  sample: 'hvr-changing-cookies-never-openssl-dtls12.pcap',
  explains: ['flight-lost-and-recovered', 'spurious-retransmission-rtt', 'gave-up'],
  check: stale,
};

/** What was sent sooner after a request may have crossed it. */
const CROSSING_MS = 300;

function stale(subject: Subject): readonly Match[] {
  const { asked, hellos, requests, serverHello } = hellosOf(subject);
  if (asked.length < 2) return [];
  const until = serverHello ?? Number.POSITIVE_INFINITY;
  const givenFirst = new Map(requests.toReversed().map((r) => [r.cookie, r.record]));
  const found = asked.filter(({ hello, request }) => {
    if (hello.cookie === '' || request.record > until) return false;
    const latest = lastBefore(requests, hello.record);
    return (
      latest !== undefined &&
      latest.cookie !== hello.cookie &&
      hello.timeMs - latest.timeMs > CROSSING_MS &&
      (givenFirst.get(hello.cookie) ?? Number.POSITIVE_INFINITY) < latest.record
    );
  });
  const [first] = found;
  if (!first) return [];
  const latest = lastBefore(requests, first.hello.record) ?? first.request;
  const last = hellos.at(-1) ?? first.hello;
  return [
    {
      title: `The client returns an older cookie ${times(found.length)}, and the server asks again`,
      explanation: `The last HelloVerifyRequest gave the cookie ${cookieText(latest.cookie)}. ${duration(
        first.hello.timeMs - latest.timeMs,
      )} later the client still returns ${cookieText(first.hello.cookie)}, and the server answers with a further HelloVerifyRequest.`,
      evidence: [
        subject.evidence(latest.record, `The newer cookie ${cookieText(latest.cookie)}`),
        subject.evidence(first.hello.record, `The client returns the older one, ${cookieText(first.hello.cookie)}`),
        subject.evidence(first.request.record, 'The server asks again'),
        ...(last === first.hello
          ? []
          : [subject.evidence(last.record, `The last ClientHello: ${cookieText(last.cookie)}`)]),
      ],
      certainty: subject.capturedAt('client') ? 'seen' : 'near-certain',
    },
  ];
}
