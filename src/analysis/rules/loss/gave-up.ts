/** F13: a flight was repeated until its sender stopped, or the capture did; what should follow never came. */
import { duration, repeatTimes, times, timesInWords } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const gaveUp: Rule = {
  scope: 'association',
  id: 'gave-up',
  group: 'loss',
  title: 'A flight was repeated without success until its sender gave up',
  severity: 'failure',
  rank: 'remark',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8'],
  advice:
    'Capture at the other endpoint as well. Both captures together show whether the flight arrived, and whether an answer left.',
  alternatives: [
    'The flight never arrives: loss or a filter on the path. A capture at the receiver has no copy of it.',
    'It arrives and is thrown away in silence, as records with a wrong MAC are: the receiver’s own log tells why.',
    'The answer never gets back: a capture at the receiver shows it leaving.',
  ],
  looksLike: 'The same flight again and again, at growing distances, and then nothing more.',
  why: 'Each stack stops after a number of repeats of its own, or when the application’s time is up. The RFC leaves the number open.',
  sample: 'openssl-loss-uplink-flight5-forever.client.pcap',
  explains: ['epoch-gap'],
  check(subject) {
    if (!subject.unfinished) return [];
    const repeated = episodes(subject).filter((e) => e.repeats.length > 0);
    const stuck = repeated.at(-1);
    return stuck ? [stopped(subject, stuck)] : [];
  },
};

function stopped(subject: Subject, { flight, first, repeats }: Episode): Match {
  const last = repeats.at(-1) ?? first;
  const horizon = subject.horizonMs(flight.transmissions);
  const over = subject.watched(last.endMs, horizon);
  const stacks = subject.story.timers[flight.sender]?.consistentWith ?? [];
  const fits = stacks.length > 0 && stacks.length <= 3 ? ` Its timer fits ${stacks.join(', ')}.` : '';
  return {
    title: `The ${flight.sender} sent flight ${flight.number} ${timesInWords(1 + repeats.length)} and never got on`,
    explanation: `Flight ${flight.number} (${flight.messages.join(', ')}) was repeated after ${repeatTimes(flight.transmissions)}. ${
      over
        ? `Then the ${flight.sender} sent no more of it: it gave up, or its further repeats were lost before this capture.`
        : `The capture ends ${duration(Math.max(0, subject.all.captureEndMs - last.endMs))} after the last repeat, too early to tell whether it gave up.`
    }${fits}`,
    evidence: [
      subject.sentEvidence(first, `Flight ${flight.number} for the first time`),
      subject.sentEvidence(last, `The last of ${1 + repeats.length} transmissions`),
    ],
    certainty: over ? 'near-certain' : 'inferred',
    verdict: `Stopped at flight ${flight.number}: the ${flight.sender} sent it ${times(1 + repeats.length)}, at ${repeatTimes(flight.transmissions)} after the first, and got no usable answer.`,
  };
}
