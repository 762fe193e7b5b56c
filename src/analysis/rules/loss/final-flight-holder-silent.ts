/** F6: one side has sent the last flight and answers no repeat of the flight before. */
import { otherSender, repeatTimes, timesInWords } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const finalFlightHolderSilent: Rule = {
  scope: 'association',
  id: 'final-flight-holder-silent',
  group: 'loss',
  title: 'The side that ends the handshake ignores repeats of the flight before',
  severity: 'failure',
  rank: 'final-flight',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.4'],
  advice:
    'Keep reading from the socket after the handshake, and keep the last flight for repeats for twice the segment lifetime, four minutes. Upgrade stacks that drop it sooner.',
  alternatives: [
    'Its last flight is sent and lost each time: a capture at that side shows it leaving.',
    'The repeats do not arrive there: a capture at that side shows none of them.',
  ],
  looksLike: 'A flight with a Finished is repeated two times or more, and no handshake record comes back.',
  why: 'Who sends the last flight is done and must still answer repeats (RFC 6347 §4.2.4). Some stacks forget the flight, or the application no longer reads.',
  sources: ['pion/dtls#479', 'Mbed-TLS#9911', 'licode#1887', 'webrtc-rs/rtc#243'],
  explains: ['gave-up'],
  check(subject) {
    if (!subject.unfinished || subject.is13) return [];
    return episodes(subject).flatMap((e) => unheard(subject, e));
  },
};

function unheard(subject: Subject, { flight, first, repeats, next, before }: Episode): readonly Match[] {
  if (!flight.messages.includes('Finished') || repeats.length < 2 || !before) return [];
  const owner = otherSender(flight.sender);
  const ownerSide = owner === 'client' ? 0 : 1;
  const asked = repeats[0]?.startMs ?? 0;
  const heard = subject.records.some((r) => r.side === ownerSide && r.timeMs > asked && r.mark !== 'duplicate');
  // Whoever repeats its own earlier flight has not come to the last one; and with a pre-shared key it may be the key.
  if (heard || before.transmissions.length > 1) return [];
  if (!next && (subject.a.keyExchange ?? '').includes('PSK')) return [];
  const sent = next?.transmissions[0];
  return [
    {
      title: sent
        ? `The ${owner} sent its last flight once and answers no repeat of flight ${flight.number}`
        : `Flight ${flight.number} is repeated, and nothing more comes from the ${owner}`,
      explanation: `The ${flight.sender} sent flight ${flight.number} ${timesInWords(1 + repeats.length)}, repeated after ${repeatTimes(flight.transmissions)}. ${
        sent
          ? `The ${owner} had sent flight ${next?.number} and said nothing more.`
          : `Before, the ${owner} had answered everything. From here it cannot be told whether it never got flight ${flight.number}, ignores it, or its answers are lost.`
      }`,
      evidence: [
        subject.sentEvidence(first, `Flight ${flight.number} for the first time`),
        ...(sent ? [subject.sentEvidence(sent, 'The last flight, sent once')] : []),
        subject.sentEvidence(repeats.at(-1) ?? first, 'Its last repeat, unanswered'),
      ],
      certainty: sent && subject.story.vantage.position === owner ? 'near-certain' : 'inferred',
    },
  ];
}
