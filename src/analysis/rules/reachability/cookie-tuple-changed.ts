/** A6: the ClientHello with the cookie comes from another address or port than the one before it. */
import type { Endpoint } from '../../../capture/datagram.ts';
import { count, endpointText, times } from '../../words.ts';
import { type CookieRequest, hellosOf, type SentHello } from '../cookies/hellos.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const cookieTupleChanged: Rule = {
  scope: 'association',
  id: 'cookie-tuple-changed',
  group: 'reachability',
  title: 'The client has another address or port when it returns the cookie',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 4787 §4.1'],
  advice:
    'Make the NAT keep one mapping for one socket, and send all datagrams of an association through the same path. Keep one socket in the client.',
  alternatives: [
    'The client itself opened a new socket for its second ClientHello: a capture at the client shows which port it uses.',
  ],
  looksLike:
    'A ClientHello, a HelloVerifyRequest to it, and then from another port a ClientHello with the same random and that cookie.',
  why: 'The cookie proves that the client can receive at its address, so the address is part of it. A NAT without stable mapping, or a load balancer that spreads packets, breaks that.',
  sources: ['pion/dtls#275'],
  sample: 'openssl-fail-cookie-mismatch-listen.server.pcap',
  explains: [
    'cookie-rejected-loop',
    'stale-cookie',
    'client-ignores-hvr',
    'server-mute-after-cookie',
    'one-way-downlink-dead',
    'no-answer-to-clienthello',
    'server-retransmits-hvr',
    'flight-lost-and-recovered',
    'gave-up',
  ],
  check: (subject) => {
    const moved = movedBetweenHellos(subject);
    return moved ? [match(subject, moved)] : [];
  },
};

interface Moved {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The first ClientHello, at the old address, where it was captured. */
  readonly first: SentHello | undefined;
  readonly request: CookieRequest | undefined;
  /** With the cookie, from the new address. */
  readonly returned: SentHello;
}

function movedBetweenHellos(subject: Subject): Moved | null {
  const far = subject.analysed.state.addressChanges.find((c) => c.side === 0 && c.far);
  if (!far && !subject.story.relations.some((r) => r.kind === 'same-client')) return null;
  const { hellos, requests } = hellosOf(subject);
  if (far) {
    const returned = hellos.find((h) => h.record === far.record && h.cookie !== '');
    if (!returned) return null;
    const request = requests.find((r) => r.cookie === returned.cookie);
    return { from: far.from, to: far.to, first: hellos[0], request, returned };
  }
  const [returned] = hellos;
  if (!returned || returned.messageSeq === 0 || returned.cookie === '') return null;
  for (const { kind, with: id } of subject.story.relations) {
    const twin = kind === 'same-client' ? subject.all.byId(id) : undefined;
    if (!twin || twin.a.clientRandom !== subject.a.clientRandom) continue;
    const before = hellosOf(twin);
    const request = before.requests.find((r) => r.cookie === returned.cookie);
    return { from: twin.a.client, to: subject.a.client, first: before.hellos[0], request, returned };
  }
  return null;
}

function match(subject: Subject, { from, to, first, request, returned }: Moved): Match {
  const { hellos, requests, serverHello } = hellosOf(subject);
  const sent = hellos.filter((h) => h.record >= returned.record && !h.isCopy);
  const again = requests.filter((r) => r.record > returned.record);
  const last = sent.at(-1) ?? returned;
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(returned.record, `The same ClientHello with the cookie, from ${endpointText(to)}`),
    ...(first ? [subject.evidence(first.record, `The first ClientHello, from ${endpointText(from)}`)] : []),
    ...(request ? [subject.evidence(request.record, `The cookie for ${endpointText(from)}`)] : []),
    ...(again[0] ? [subject.evidence(again[0].record, 'The server asks for another cookie')] : []),
    ...(last === returned ? [] : [subject.evidence(last.record, `ClientHello ${sent.length} from the new address`)]),
  ];
  return {
    title: `The client's address changed from ${endpointText(from)} to ${endpointText(to)} before the cookie came back`,
    explanation: `The first ClientHello came from ${endpointText(from)}${
      request ? `, and the server sent its ${request.name} there` : ''
    }. The second one, with the same random and the cookie, comes from ${endpointText(to)}. ${outcome(
      sent.length,
      again.length,
      serverHello !== null,
    )}`,
    evidence,
    certainty: 'seen',
    severity: subject.established ? 'warning' : 'failure',
  };
}

function outcome(sent: number, again: number, answered: boolean): string {
  if (again > 0)
    return `The cookie does not fit the new address, so the server asks for another one ${times(again)}.${
      answered ? ' With that the handshake goes on.' : ' The client never returns that one.'
    }`;
  return answered
    ? 'The server accepts the cookie all the same.'
    : `The server does not answer ${count(sent, 'ClientHello')} from there.`;
}
