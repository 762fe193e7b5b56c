/** F4: the flight that ends the handshake was lost, and only the peer's repeat brought it again. */
import { capital, duration, milliseconds, otherSender, times, timesInWords } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { certaintyOf, type Episode, episodes, lostAttempts, placeOf, waitOf } from './episodes.ts';

export const finalFlightLostRecovered: Rule = {
  scope: 'association',
  id: 'final-flight-lost-recovered',
  group: 'loss',
  title: 'The last flight was lost, and the other side’s repeat brought it again',
  severity: 'warning',
  rank: 'final-flight',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4'],
  advice:
    'It heals by itself and costs the timer of the side that waits. If it happens often, look for loss towards that side; a second capture there proves where.',
  alternatives: [
    'The last flight arrived and was thrown away, because its records came in the wrong order: a capture at the receiver shows it.',
    'The repeated flight was itself unnecessary, because the answer was only late: then the first copy arrives in the end.',
  ],
  looksLike:
    'The side that already sent its Finished repeats its whole flight, so records of epoch 0 follow records of epoch 1, and the last flight is sent again.',
  why: 'Whoever sends the last flight is done and has no timer. Only a repeat of the flight before makes it send its own again.',
  sample: 'openssl-loss-final-flight-x3.client.pcap',
  explains: ['flight-lost-and-recovered', 'ccs-lost', 'finished-before-ccs', 'partial-flight-held-up', 'epoch-gap'],
  check: (subject) => (subject.is13 ? [] : episodes(subject).flatMap((e) => lostLast(subject, e))),
};

function lostLast(subject: Subject, episode: Episode): readonly Match[] {
  const { flight, before, last, losses, repeats, handshake, first } = episode;
  if (!last || !before || handshake.outcome !== 'established') return [];
  const answering = repeats.filter((t) => t.cause === 'peer-retransmission');
  // A repeat before the last flight was first seen asked for nothing; unless numbers show that it was sent by then.
  const unseen = losses.some((l) => l.transmission === null);
  const asked = before.transmissions.some((t) => t.number > 1 && (unseen || t.startMs > first.startMs));
  // Without a loss that shows, a repeat of both last flights still says that the receiver went on waiting.
  if (!asked || (losses.length === 0 && (answering.length === 0 || cameWhole(subject, first)))) return [];
  const lost = Math.max(1, lostAttempts(losses));
  const owner = flight.sender;
  const waits = otherSender(owner);
  const { ms } = waitOf({ repeats: before.transmissions.slice(1) });
  const cost = ms > 0 ? `; waiting for it cost ${duration(ms)}` : '';
  const took = subject.a.handshakeMs;
  return [
    {
      title: `The ${owner}’s last flight was lost${lost > 1 ? ` ${times(lost)}` : ''}${cost}`,
      explanation: `Flight ${flight.number} ends the handshake, so the ${owner} has no timer for it. The ${waits} repeated flight ${before.number} ${timesInWords(before.transmissions.length - 1)}, and each repeat brought flight ${flight.number} again.${
        losses.length > 0 ? ` It was lost ${placeOf(losses)}.` : ' Where it was lost cannot be told from here.'
      }`,
      evidence: evidenceOf(subject, episode, before.transmissions),
      certainty: losses.length > 0 ? certaintyOf(losses) : 'inferred',
      verdict: `${took === null ? 'Established' : `Established after ${milliseconds(took)}`}: the ${owner}’s last flight was lost${lost > 1 ? ` ${times(lost)}` : ''}, and ${waits === 'client' ? 'the client' : 'the server'} had to repeat flight ${before.number}.`,
    },
  ];
}

/** Two capture points saw it leave and arrive: late or out of order, but not lost. */
function cameWhole(subject: Subject, { records }: Episode['first']): boolean {
  return records.length > 0 && records.every((r) => subject.trace.arrivalMs(r - 1) !== null);
}

function evidenceOf(
  subject: Subject,
  { losses, repeats, flight }: Episode,
  asking: Episode['repeats'],
): readonly [Evidence, ...Evidence[]] {
  const seen = new Set<number>();
  const lost = losses.flatMap((l): Evidence[] => {
    const record = l.records[0] ?? l.evidence.at(-1);
    // One datagram may hold records of two epochs, which are two losses but one thing to look at.
    const packet = record === undefined ? 0 : subject.trace.packetOf(record - 1);
    if (record === undefined || seen.has(packet)) return [];
    seen.add(packet);
    return [{ record: record - 1, says: l.reason }];
  });
  const asked = asking
    .slice(1, 4)
    .map((t) => subject.sentEvidence(t, `Flight ${flight.number - 1} again, transmission ${t.number}`));
  const answered = repeats.slice(-1).map((t) => subject.sentEvidence(t, capital(`flight ${flight.number} again`)));
  const [head, ...rest] = [...lost.slice(0, 4), ...asked, ...answered];
  return [head ?? { timeMs: subject.a.startMs, says: 'The handshake' }, ...rest];
}
