/** F1: a flight, or part of it, was lost; it was sent again, and then the handshake went on. */
import { capital, duration, list, milliseconds, times } from '../../words.ts';
import { incompleteOf } from '../around.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { certaintyOf, type Episode, episodes, lostAttempts, placeOf, waitOf } from './episodes.ts';

export const flightLostAndRecovered: Rule = {
  scope: 'association',
  id: 'flight-lost-and-recovered',
  group: 'loss',
  title: 'A flight was lost and sent again',
  severity: 'warning',
  rank: 'silence',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8'],
  advice:
    'One loss heals by itself and costs one wait of the timer. If it happens often, look for loss on the path, or for large datagrams that alone are lost.',
  alternatives: [
    'The receiver got it and threw it away: damaged, out of order, or too early. A capture at the receiver shows it arriving.',
    'Its answer was lost instead: then a capture at the receiver shows the answer leaving.',
    'It was only late, and its repeat overtook it: then a capture at the receiver has both copies.',
  ],
  looksLike:
    'A flight comes again under new record numbers, a timer after the first time, and only then the other side goes on.',
  why: 'DTLS runs over UDP, which may lose any datagram. Each side repeats its flight until the other side answers.',
  sample: 'openssl-loss-flight4.client.pcap',
  mayHeadline: true,
  explains: ['epoch-gap'],
  check: (subject) => episodes(subject).flatMap((e) => recovered(subject, e)),
};

function recovered(subject: Subject, episode: Episode): readonly Match[] {
  const { flight, repeats, next, last, losses, lostSent, handshake } = episode;
  // The last flight has a rule of its own, and so has the stateless HelloVerifyRequest.
  if ((losses.length === 0 && lostSent.length === 0) || last || flight.messages.includes('HelloVerifyRequest'))
    return [];
  const went = next !== undefined || handshake.outcome === 'established';
  // A copy that never came is told from a hole in the capture by the whole copy that did come.
  const absent = losses.filter((l) => l.transmission === null);
  const missed = new Set(absent.flatMap((l) => l.messages));
  const whole = absent.some((l) => l.messages.length === 0) || flight.messages.every((m) => missed.has(m));
  const unseen = absent.length > 0 && whole && episode.first.complete;
  const again = repeats.length > 0 || unseen || lostSent.length > 0;
  if (!went || !again || isHoleOfPoint(subject, episode)) return [];
  const { expiries, ms } = waitOf(episode);
  const lost = Math.max(lostAttempts(losses), lostSent.length);
  const what = `Flight ${flight.number} of the ${flight.sender}`;
  const messages = [...new Set(losses.flatMap((l) => l.messages))];
  const part = messages.length > 0 && messages.length < flight.messages.length ? `: ${list(messages)}` : '';
  const cost = expiries > 0 ? `, which cost ${duration(ms)}` : '';
  return [
    {
      title: `${what} was lost ${lost > 1 ? `${times(lost)} ` : ''}and sent again${cost}`,
      explanation: `${what} was lost ${times(lost)} ${losses.length > 0 ? placeOf(losses) : 'after this capture point, or its receiver threw it away'}${part}. ${
        repeats.length > 0
          ? `It was sent again ${times(repeats.length)}, and then the handshake went on.`
          : 'Its repeat is the copy that this capture has.'
      }`,
      evidence: evidenceOf(subject, episode),
      certainty: losses.length > 0 ? certaintyOf(losses) : 'inferred',
      // One wait that nothing but its length speaks for: a slow endpoint looks the same.
      severity: losses.length > 0 ? 'warning' : 'note',
      verdict: verdictOf(subject, what, expiries > 0 ? ms : 0),
    },
  ];
}

/** The other capture point does not have it, nobody sent it again, and its receiver went on: only that capture lacks it. */
function isHoleOfPoint(subject: Subject, { repeats, losses }: Episode): boolean {
  return (
    repeats.length === 0 &&
    losses.length > 0 &&
    losses.every((l) => l.where === 'between' && l.records.length > 0) &&
    (certaintyOf(losses) === 'inferred' || incompleteOf(subject).length > 0)
  );
}

function verdictOf(subject: Subject, what: string, waitMs: number): string {
  const { handshakeMs } = subject.a;
  const took = subject.established && handshakeMs !== null ? `Established after ${milliseconds(handshakeMs)}` : null;
  const wait = waitMs > 0 ? `, ${duration(waitMs)} of it waiting for a timer` : '';
  return took
    ? `${took}${wait}: ${what.charAt(0).toLowerCase()}${what.slice(1)} was lost.`
    : `${capital(what)} was lost and sent again.`;
}

function evidenceOf(
  subject: Subject,
  { first, repeats, losses, lostSent, next }: Episode,
): readonly [Evidence, ...Evidence[]] {
  const shown = losses[0];
  const record = shown?.records[0] ?? shown?.evidence.at(-1);
  const head: Evidence =
    shown && record !== undefined
      ? { record: record - 1, says: shown.reason }
      : subject.sentEvidence(lostSent[0] ?? first, lostSent[0]?.fate.reason ?? 'The first transmission');
  const again = repeats.slice(0, 3).map((t) => subject.sentEvidence(t, `Sent again, transmission ${t.number}`));
  const answer = next?.transmissions[0];
  return [head, ...again, ...(answer ? [subject.sentEvidence(answer, 'The handshake goes on')] : [])];
}
