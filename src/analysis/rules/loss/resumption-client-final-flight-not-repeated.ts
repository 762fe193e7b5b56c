/** F7: the client ends an abbreviated handshake and does not repeat its last flight when the server asks for it. */
import { times, timesInWords } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const resumptionClientFinalFlightNotRepeated: Rule = {
  scope: 'association',
  id: 'resumption-client-final-flight-not-repeated',
  group: 'loss',
  title: 'The client ends a resumed handshake and never repeats its last flight',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4'],
  advice:
    'In a resumed handshake the client sends the last flight and must answer repeats with it. Upgrade the client, or do a full handshake.',
  alternatives: [
    'The server’s repeats do not reach the client: a capture at the client shows none of them.',
    'The client’s repeats are lost: a capture at the client shows them leaving.',
  ],
  looksLike:
    'The server repeats ServerHello to Finished two times or more; the client sent its Finished once and then data, or nothing.',
  why: 'Some stacks take it for granted that the server sends the last flight, and have no answer ready.',
  explains: ['gave-up', 'final-flight-holder-silent', 'resumption-failed'],
  check(subject) {
    if (subject.established || subject.is13 || !subject.handshake?.kind.startsWith('resumed')) return [];
    return episodes(subject).flatMap((e) => deaf(subject, e));
  },
};

function deaf(subject: Subject, { flight, last, before, first, repeats }: Episode): readonly Match[] {
  if (!last || flight.sender !== 'client' || repeats.length > 0 || !before) return [];
  const asked = before.transmissions.filter((t) => t.startMs > first.endMs);
  const lastAsked = asked.at(-1);
  if (asked.length < 2 || !lastAsked) return [];
  const { position } = subject.story.vantage;
  return [
    {
      title: `The server asked ${times(asked.length)} for the client’s last flight, which was sent once`,
      explanation: `The handshake is resumed, so the client’s flight ${flight.number} ends it. The server repeated flight ${before.number} ${timesInWords(asked.length)} after that, and the client did not send flight ${flight.number} again.`,
      evidence: [
        subject.sentEvidence(first, 'The client’s last flight, sent once'),
        subject.sentEvidence(lastAsked, 'The server asks again'),
      ],
      certainty: position === 'client' || position === 'both' ? 'near-certain' : 'inferred',
    },
  ];
}
