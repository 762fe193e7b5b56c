/** B1: a HelloVerifyRequest went out and had no effect; the client repeated its first ClientHello and got another. */
import { count, duration, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Asked, firstAfter, hellosOf, type SentHello } from './hellos.ts';

export const hvrLost: Rule = {
  scope: 'association',
  id: 'hvr-lost',
  group: 'cookies',
  title: 'A HelloVerifyRequest was lost',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.2.4', 'RFC 9147 §5.1'],
  advice:
    'Nothing is wrong with the endpoints: the timer of the client repaired it. If it happens often, look for loss on the way from the server to the client.',
  alternatives: [
    'The client got the first one and did nothing with it: a capture at the client shows it arriving.',
    'The round trip is longer than the timer of the client, and both arrived: then later flights are repeated needlessly, too.',
  ],
  looksLike: 'Two HelloVerifyRequests, each to a ClientHello without a cookie, and only then a ClientHello with one.',
  why: 'A server without state cannot repeat its HelloVerifyRequest. The client waits until its timer expires, and begins again.',
  sample: 'openssl-loss-hvr.server.pcap',
  explains: ['flight-lost-and-recovered', 'spurious-retransmission-rtt', 'timer-too-slow'],
  check: lostRequests,
};

function lostRequests(subject: Subject): readonly Match[] {
  const { asked, hellos, serverHello } = hellosOf(subject);
  if (asked.length === 0) return [];
  const until = serverHello ?? Number.POSITIVE_INFINITY;
  const returned = hellos.find((h) => h.messageSeq > 0);
  if (!returned) return [];
  const lost = asked.filter(({ hello, request }) => {
    const next = firstAfter(hellos, request.record);
    return (
      request.record < until &&
      request.record < returned.record &&
      hello.messageSeq === 0 &&
      next !== undefined &&
      next.messageSeq === 0 &&
      !next.isCopy
    );
  });
  const proven = lost.filter(({ request }) => subject.lostBetweenPoints(request.record));
  if (proven.length > 0) return [match(subject, proven, returned, 'seen')];
  if (lost.length === 0) return [];
  // A repeat may come before an answer that is only slow, and at the client everything has arrived.
  const losses = subject.story.losses.filter((l) => l.sender === 'server' && l.where !== 'before-capture');
  const records = new Set(losses.flatMap((l) => l.records));
  const confirmed = lost.filter(({ request }) => records.has(request.record + 1));
  return confirmed.length > 0 ? [match(subject, confirmed, returned, 'near-certain')] : [];
}

function match(subject: Subject, lost: readonly Asked[], returned: SentHello, certainty: Match['certainty']): Match {
  const { hellos } = hellosOf(subject);
  const first = lost[0]?.request ?? returned;
  const name = lost[0]?.request.name ?? 'HelloVerifyRequest';
  const again = firstAfter(hellos, first.record) ?? returned;
  const n = lost.length;
  const costMs = returned.timeMs - first.timeMs;
  return {
    title:
      n === 1
        ? `The server's ${name} was lost: the client repeated its ClientHello after ${duration(again.timeMs - (lost[0]?.hello.timeMs ?? 0))}`
        : `The server's ${name} was lost ${times(n)}, and the client repeated its ClientHello`,
    explanation: `${n === 1 ? `A ${name}` : count(n, name)} of the server had no effect: the client repeated its ClientHello without a cookie. The one after that arrived, and the client returned its cookie. This cost ${duration(costMs)}. ${
      certainty === 'seen'
        ? 'The second capture point shows that it never arrived.'
        : 'It passed this capture point, so it was lost after that.'
    }`,
    evidence: [
      subject.evidence(first.record, `This ${name} has no effect`),
      subject.evidence(again.record, 'The client repeats its ClientHello, without a cookie'),
      subject.evidence(returned.record, 'Here the cookie comes back'),
    ],
    certainty,
  };
}
