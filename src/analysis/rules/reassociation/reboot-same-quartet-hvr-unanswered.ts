/** H2: the server asks the client that came back for a cookie, and the client never returns it. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { count, endpointText, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Living, livingBefore, stillSent, wasOpen } from './living.ts';
import { isOriginal } from './protected-records.ts';

export const rebootSameQuartetHvrUnanswered: Rule = {
  scope: 'association',
  id: 'reboot-same-quartet-hvr-unanswered',
  group: 'reassociation',
  title: 'The client came back on the same ports, and never returns the cookie that the server asks for',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.2.8', 'RFC 9147 §5.11'],
  advice:
    'Capture at the client. If the cookie requests do not arrive there, find out what drops them on the way back. If they arrive, the client must accept one at any time, with whatever server it meets.',
  alternatives: [
    'The cookie requests are lost on the way to the client: then a capture at the client does not have them, and a later repeat may get through.',
    'The client ignores them: then a capture at the client has them.',
    'The ClientHello is a forgery: then no client waits for the cookie, and the old association goes on.',
  ],
  looksLike:
    'Both sides wrote under keys. Then ClientHellos with a new random come from the same port. The server answers each with a HelloVerifyRequest, and the client repeats its first ClientHello.',
  why: 'A server must not give up a living association for a packet that anybody can forge. So it asks for a cookie first, even where it never did so before, and keeps the old association until the cookie comes back.',
  sources: ['bc-csharp#457'],
  sample: 'bc-client-reboot-cookie-ignored.server.pcap',
  explains: [
    'client-ignores-hvr',
    'hvr-lost',
    'one-way-downlink-dead',
    'no-answer-to-clienthello',
    'gave-up',
    'server-retransmits-hvr',
    'flight-lost-and-recovered',
    'stale-cookie',
  ],
  check: unansweredCookieRequest,
};

function unansweredCookieRequest(subject: Subject): readonly Match[] {
  const { a, handshake } = subject;
  const messages = subject.analysed.handshakes[0]?.state.messages;
  if (a.replaces === null || !handshake || !messages) return [];
  if (!handshake.cookieExchange && !handshake.helloRetryRequest) return [];
  const askedOnly = messages.every((m) =>
    m.side === 0
      ? m.type === HANDSHAKE_TYPE.clientHello && m.messageSeq === 0
      : m.type === HANDSHAKE_TYPE.helloVerifyRequest ||
        (m.decoded?.type === 'ServerHello' && m.decoded.isHelloRetryRequest),
  );
  if (!askedOnly) return [];
  const hellos = subject.flight(1)?.transmissions ?? [];
  const requests = subject.records.filter((r) => r.side === 1 && r.epoch === 0 && isOriginal(r));
  const [first, request, last] = [hellos[0], requests[0], hellos.at(-1)];
  if (!first || !request || !last || hellos.length < 2 || requests.length < 2) return [];
  const living = livingBefore(subject);
  if (!living?.sameClient) return [];
  const name = handshake.cookieExchange ? 'HelloVerifyRequest' : 'HelloRetryRequest';
  const where = whereItWent(subject);
  return [
    {
      title: `The client came back on ${endpointText(a.client)}, and none of ${count(requests.length, name)} was answered`,
      explanation: [
        `${living.old.a.id} was established on these ports and ${wasOpen(living)}. Then the client sent a ClientHello with a new random, ${times(hellos.length)}.`,
        `The server asked for a cookie ${times(requests.length)} with ${name}, and the client only repeated its first ClientHello.`,
        support(living, name),
        where.says,
        keptAlive(living, (first.records[0] ?? 1) - 1),
      ]
        .filter(Boolean)
        .join(' '),
      evidence: [
        subject.sentEvidence(first, 'A ClientHello with a new random, in epoch 0'),
        subject.evidence(request.index, `The server asks for a cookie: ${name}`),
        subject.sentEvidence(last, `The last of ${hellos.length} ClientHellos: still without a cookie`),
      ],
      certainty: where.certainty,
    },
  ];
}

function whereItWent(subject: Subject): { readonly says: string; readonly certainty: Match['certainty'] } {
  const fates = subject.flights.filter((f) => f.sender === 'server').flatMap((f) => f.transmissions.map((t) => t.fate));
  if (fates.length > 0 && fates.every((f) => f.fate === 'lost-between'))
    return { says: 'All of them were lost between the two capture points.', certainty: 'seen' };
  if (subject.story.vantage.position === 'client')
    return {
      says: 'The capture was taken at the client, so they got there: it ignores them.',
      certainty: 'near-certain',
    };
  return {
    says: 'From here it cannot be told whether they got lost on the way or the client ignored them.',
    certainty: 'inferred',
  };
}

/** A client that returned a cookie before can do so: then loss is the likelier cause. */
function support({ old }: Living, name: string): string {
  if (old.handshake === undefined || old.a.outcome === 'no-handshake') return '';
  return old.handshake.cookieExchange || old.handshake.helloRetryRequest
    ? `In ${old.a.id} this client did return a cookie, so loss on the way to it is the likelier cause.`
    : `In ${old.a.id} the server asked for no cookie: this client has not shown yet that it can answer a ${name}.`;
}

function keptAlive(living: Living, hello: number): string {
  const kept = stillSent(living, 1, hello).length;
  return kept > 0
    ? `The server went on under the old keys meanwhile (${count(kept, 'record')}), as it should.`
    : 'The server keeps the old association meanwhile, as it should.';
}
