/** F2: a flight was repeated although it had arrived; its answer was only under way. */

import type { TransmissionView } from '../../trace.ts';
import { duration, milliseconds, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const spuriousRetransmissionRtt: Rule = {
  scope: 'association',
  id: 'spurious-retransmission-rtt',
  group: 'loss',
  title: 'A flight was repeated although nothing was lost',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4.1', 'RFC 9147 §5.8.2', 'RFC 7925 §11'],
  advice:
    'Set the first timer to one and a half to two times the round trip. RFC 7925 takes 9 seconds for slow networks.',
  alternatives: [
    'The first copy was lost and the answer belongs to the second: then a capture at the receiver has one copy only.',
    'The other side is slow to compute, not far away: then it answers late at its own capture point too.',
  ],
  looksLike:
    'A flight comes again after its timer, and the answer to the first copy follows sooner than any answer to the second could.',
  why: 'The round trip takes longer than the timer: over satellites, on narrow-band radio, or with a datagram that was held up on its way.',
  sources: ['zephyr#105304', 'Mbed-TLS#2825'],
  sample: 'openssl-delay-flight4-spurious.client.pcap',
  check: (subject) => episodes(subject).flatMap((e) => needless(subject, e)),
};

/** Timers of WebRTC stacks start at 50 ms: on any longer path they repeat as a matter of course. */
const SHORT_TIMER_MS = 200;

/** Each of these has a timer and an ACK of its own (RFC 9147 §5.8.4). */
const AFTER_HANDSHAKE: ReadonlySet<string> = new Set([
  'NewSessionTicket',
  'KeyUpdate',
  'NewConnectionId',
  'RequestConnectionId',
]);

function needless(subject: Subject, episode: Episode): readonly Match[] {
  const { first, repeats, last, losses } = episode;
  const again = repeats.find((t) => t.cause === 'timer' || overtakes(subject, t, first) > 0);
  if (!again || losses.length > 0) return [];
  // What follows the last flight, or a message after the handshake, is no answer to it.
  const answered = !last && !episode.flight.messages.some((m) => AFTER_HANDSHAKE.has(m));
  const found =
    overtaken(subject, episode, again) ??
    (answered ? (answeredBefore(subject, episode, again) ?? answeredLate(subject, episode, again)) : null);
  if (!found) return [];
  const short = (again.sincePreviousMs ?? 0) > 0 && (again.sincePreviousMs ?? 0) < SHORT_TIMER_MS;
  return [{ ...found, severity: short ? 'note' : 'warning' }];
}

/** By how much a repeat comes before the first copy, where both arrive: with two capture points at the receiver's. */
function overtakes({ trace }: Subject, again: TransmissionView, first: TransmissionView): number {
  const [one, other] = [first.records[0], again.records[0]].map((r) =>
    r === undefined ? null : trace.arrivalMs(r - 1),
  );
  return one != null && other != null ? one - other : first.startMs - again.startMs;
}

/** The first copy arrives after its own repeat: it was held up. */
function overtaken(subject: Subject, { flight, first }: Episode, again: TransmissionView): Match | null {
  const late = overtakes(subject, again, first);
  if (late <= 0) return null;
  return {
    title: `The first copy of flight ${flight.number} came ${late < 100 ? milliseconds(late) : duration(late)} after its repeat: held up, not lost`,
    explanation: `The ${flight.sender} repeated flight ${flight.number} because no answer came. The repeat overtook the first copy, which arrived ${milliseconds(late)} later.`,
    evidence: [
      subject.sentEvidence(again, 'The repeat, which arrives first'),
      subject.sentEvidence(first, 'The first copy, late'),
    ],
    certainty: 'seen',
  };
}

/** The answer had left when the repeat came, and that one copy of it arrived. */
function answeredBefore(subject: Subject, { flight, first, next }: Episode, again: TransmissionView): Match | null {
  const [answer, more] = next?.transmissions ?? [];
  if (!answer || more || answer.startMs >= again.startMs || answer.fate.fate !== 'delivered') return null;
  return {
    title: `Flight ${flight.number} of the ${flight.sender} was repeated while its answer was under way`,
    explanation: `Flight ${next?.number} was sent ${milliseconds(answer.startMs - first.startMs)} after flight ${flight.number}, once only, and it arrived: the ${flight.sender} went on from it. The repeat ${milliseconds(again.startMs - answer.startMs)} later had no loss behind it.`,
    evidence: [subject.sentEvidence(answer, 'The answer leaves'), subject.sentEvidence(again, 'The needless repeat')],
    certainty: 'near-certain',
  };
}

/** The answer comes after the repeat, but not as soon as answers come on this path. */
function answeredLate(subject: Subject, { flight, first, next }: Episode, again: TransmissionView): Match | null {
  const answer = next?.transmissions[0];
  if (!answer || answer.startMs <= again.startMs) return null;
  const peer = otherSender(flight.sender);
  const lost = subject.story.losses.some(
    (l) =>
      l.sender === peer &&
      (l.flight === next?.number || (l.flight === null && l.timeMs >= first.startMs && l.timeMs <= answer.startMs)),
  );
  if (lost) return null;
  if (first.fate.fate !== 'delivered') return null;
  return {
    title: `Flight ${flight.number} of the ${flight.sender} was repeated after ${duration(again.sincePreviousMs ?? 0)}, though nothing was lost`,
    explanation: `The answer began ${milliseconds(answer.startMs - first.startMs)} after the first copy, but the timer expired after ${milliseconds(again.sincePreviousMs ?? 0)}.`,
    evidence: [
      subject.sentEvidence(first, 'The first copy'),
      subject.sentEvidence(again, 'Sent again by the timer'),
      subject.sentEvidence(answer, `The answer, ${milliseconds(answer.startMs - again.startMs)} later`),
    ],
    certainty: first.fate.certainty === 'seen' ? 'near-certain' : 'inferred',
  };
}
