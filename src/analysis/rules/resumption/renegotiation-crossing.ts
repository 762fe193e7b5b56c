/** I6: HelloRequest and ClientHello cross, and after that the two sides count messages differently. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import type { AnalysedHandshake } from '../../analyse.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { openingOf, renegotiations } from './renegotiation-messages.ts';

export const renegotiationCrossing: Rule = {
  scope: 'association',
  id: 'renegotiation-crossing',
  group: 'resumption',
  title: 'Both sides start the renegotiation at once, and their message numbers do not fit',
  severity: 'failure',
  rank: 'proof',
  phase: 'any',
  keys: 'needed',
  citations: ['RFC 6347 §4.2.2', 'RFC 5246 §7.4.1.1'],
  advice:
    'Let only one side start renegotiations, or none. A client that has sent its ClientHello must take the HelloRequest for answered and still accept message_seq 1 for the ServerHello.',
  alternatives: [
    'The ServerHello is lost again and again: then a capture at the client does not have it.',
    'The client takes its time with a large certificate: then it answers later.',
  ],
  looksLike:
    'Under keys a ClientHello with message_seq 0 and a HelloRequest with message_seq 0 cross. The ServerHello has message_seq 1, the client waits for 0, and both repeat.',
  why: 'HelloRequest takes a message_seq of the server. A client that did not count it, for it had started on its own, waits for a ServerHello with another number.',
  sources: ['openssl#9279'],
  explains: ['gave-up', 'flight-lost-and-recovered', 'hello-request-ignored', 'renegotiation-refused'],
  check: crossing,
};

function crossing(subject: Subject): readonly Match[] {
  return renegotiations(subject)
    .filter((h) => h.decided.outcome !== 'established')
    .flatMap((h) => crossed(subject, h) ?? []);
}

function crossed(subject: Subject, handshake: AnalysedHandshake): Match | null {
  const hello = openingOf(subject, handshake, 'ClientHello');
  const request = openingOf(subject, handshake, 'HelloRequest');
  const answer = handshake.state.find(1, HANDSHAKE_TYPE.serverHello);
  const answered = answer?.appearances[0]?.record;
  if (!hello || !request || !answer || answered === undefined) return null;
  const apartMs = request.records[0].timeMs - hello.records[0].timeMs;
  // The hello was on its way when the request was sent: it is no answer to it.
  const roundTrip = subject.story.timing.roundTripMs.server ?? 0;
  if (apartMs < 0 && -apartMs >= roundTrip / 2) return null;
  if (answer.messageSeq === 0) return null;
  const repeats = hello.records.filter((r) => r.index > answered);
  const server = handshake.flights.find((f) => f.side === 1 && f.parts.some((p) => p.message === answer));
  if (repeats.length === 0 || (server?.transmissions.length ?? 0) < 2) return null;
  const last = repeats.at(-1) ?? hello.records[0];
  return {
    title: 'HelloRequest and ClientHello crossed, and the client waits for a ServerHello with another message_seq',
    explanation: `The client sent its ClientHello and the server its HelloRequest ${span(Math.abs(apartMs))} apart: neither answers the other. The ServerHello has message_seq ${answer.messageSeq}, for the HelloRequest was number 0. The client repeated its ClientHello after it, and the server its flight ${(server?.transmissions.length ?? 2) - 1} times: they do not find together.`,
    evidence: [
      subject.evidence(hello.records[0].index, 'ClientHello under keys, message_seq 0'),
      subject.evidence(request.records[0].index, 'HelloRequest under keys, message_seq 0'),
      subject.evidence(answered, `ServerHello, message_seq ${answer.messageSeq}`),
      subject.evidence(last.index, 'The client still repeats its ClientHello'),
    ],
    certainty: 'near-certain',
  };
}
