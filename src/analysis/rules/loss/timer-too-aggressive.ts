/** F10: a flight is repeated far faster than any timer should allow. */
import { milliseconds, times, timesInWords } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const timerTooAggressive: Rule = {
  scope: 'association',
  id: 'timer-too-aggressive',
  group: 'loss',
  title: 'A flight is repeated far too often',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4.1', 'RFC 9147 §5.8.2'],
  advice: 'Start the timer at one second, or at 400 ms for media, and double it at each repeat.',
  alternatives: [
    'Each repeat answers a repeat or an ACK of the other side: then they come right after it.',
    'The same datagrams were captured twice: then their record numbers are the same.',
  ],
  looksLike:
    'Four transmissions or more of one flight, a few milliseconds apart, with nothing of the other side in between.',
  why: 'A timeout read as zero, or a loop that sends at every turn, fills the path and the receiver’s queue.',
  sources: ['janus#1345'],
  check: (subject) => episodes(subject).flatMap((e) => rushed(subject, e)),
};

const MANY = 4;
const FASTEST_MS = 40;

function rushed(subject: Subject, { flight, first, repeats }: Episode): readonly Match[] {
  const own = repeats.filter((t) => t.cause === 'timer' || t.cause === 'unknown');
  const gaps = own.flatMap((t) => t.sincePreviousMs ?? []).toSorted((a, b) => a - b);
  const median = gaps[gaps.length >> 1] ?? Number.POSITIVE_INFINITY;
  if (1 + own.length < MANY || median >= FASTEST_MS || own.length < repeats.length / 2) return [];
  return [
    {
      title: `Flight ${flight.number} was sent ${times(1 + repeats.length)}, every ${milliseconds(median)}`,
      explanation: `The ${flight.sender} repeated flight ${flight.number} ${timesInWords(repeats.length)}; half of the gaps are shorter than ${milliseconds(median)}. No timer in use is that short.`,
      evidence: [
        subject.sentEvidence(first, 'The first transmission'),
        subject.sentEvidence(repeats.at(-1) ?? first, 'The last one'),
      ],
      certainty: 'seen',
    },
  ];
}
