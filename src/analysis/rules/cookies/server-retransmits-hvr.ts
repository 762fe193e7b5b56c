/** B9: the server repeats its HelloVerifyRequest without being asked: it has a timer where it should have no state. */
import { duration } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type CookieRequest, firstAfter, hellosOf, lastBefore } from './hellos.ts';

export const serverRetransmitsHvr: Rule = {
  scope: 'association',
  id: 'server-retransmits-hvr',
  group: 'cookies',
  title: 'The server repeats its HelloVerifyRequest on a timer',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.2.4'],
  advice:
    'Update the server: the cookie exchange has to be stateless, and only the client repeats. Otherwise a single forged ClientHello makes the server send again and again.',
  alternatives: [
    'A repeated ClientHello was not captured: then its record number is missing among those of the client.',
    'The network delivered the HelloVerifyRequest twice: then both have the same record number.',
  ],
  looksLike:
    'Two HelloVerifyRequests with the same cookie, half a second or more apart, and no ClientHello between them.',
  why: 'The server keeps state for every ClientHello and drives a retransmission timer for it.',
  sources: ['OpenSSL 1.0.1, dtls-helloverify-timer-bug'],
  explains: ['flight-lost-and-recovered', 'timer-too-aggressive'],
  check: timed,
};

const TIMER_MS = 500;

function timed(subject: Subject): readonly Match[] {
  const { hellos, requests, serverHello } = hellosOf(subject);
  if (requests.length < 2) return [];
  const until = serverHello ?? Number.POSITIVE_INFINITY;
  const repeats = requests.filter((request, i) => {
    const before = requests[i - 1];
    return (
      before !== undefined &&
      request.record < until &&
      !request.isCopy &&
      request.name === 'HelloVerifyRequest' &&
      request.cookie === before.cookie &&
      request.timeMs - before.timeMs >= TIMER_MS &&
      (firstAfter(hellos, before.record)?.record ?? Number.POSITIVE_INFINITY) > request.record &&
      !helloIsMissing(subject, before, request)
    );
  });
  const [first] = repeats;
  const original = first && lastBefore(requests, first.record);
  if (!first || !original) return [];
  return [
    {
      title: `The server repeats its HelloVerifyRequest by itself after ${duration(first.timeMs - original.timeMs)}`,
      explanation: `Between the HelloVerifyRequest and its repeat ${duration(
        first.timeMs - original.timeMs,
      )} later no ClientHello came, and no record number of the client is missing. The server did this ${
        repeats.length === 1 ? 'once' : `${repeats.length} times`
      }. A server that repeats it has kept state for an address that it has not verified.`,
      evidence: [
        subject.evidence(original.record, 'The HelloVerifyRequest'),
        subject.evidence(first.record, 'Again, and no ClientHello in between'),
      ],
      certainty: subject.capturedAt('server') ? 'near-certain' : 'inferred',
    },
  ];
}

/** The client's record numbers on both sides of the gap leave room for one that is not in the capture. */
function helloIsMissing(subject: Subject, before: CookieRequest, request: CookieRequest): boolean {
  const { hellos } = hellosOf(subject);
  const [last, next] = [lastBefore(hellos, before.record), firstAfter(hellos, request.record)];
  if (!last) return true;
  // Without a later hello nothing tells how many there were; the server's own capture has them all.
  if (!next) return !subject.capturedAt('server');
  return (next.sequenceNumber ?? 0) - (last.sequenceNumber ?? 0) > 1;
}
