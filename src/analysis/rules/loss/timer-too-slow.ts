/** F11: the first repeat comes only after many seconds, on a path that is fast. */
import { duration, list, milliseconds } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { episodes } from './episodes.ts';

export const timerTooSlow: Rule = {
  scope: 'association',
  id: 'timer-too-slow',
  group: 'loss',
  title: 'The first repeat comes only after many seconds',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 7925 §11', 'RFC 6347 §4.2.4.1'],
  advice:
    'Nine seconds suit narrow-band radio. On a fast path, set the first timer to a second, so that one loss does not cost so much.',
  alternatives: ['Earlier repeats were lost before this capture: then record numbers are missing.'],
  looksLike: 'A first gap of eight seconds or more between two transmissions, on a path that answers within a second.',
  why: 'OpenThread waits 8 s, the profile of RFC 7925 9 s, and libcoap on ESP-IDF 25 s, on purpose or left over from another network.',
  check: slow,
};

const SLOW_MS = 8000;
const FAST_PATH_MS = 1000;

function slow(subject: Subject): readonly Match[] {
  for (const { flight, first, repeats } of episodes(subject)) {
    const again = repeats[0];
    const gap = again?.cause === 'timer' ? (again.sincePreviousMs ?? 0) : 0;
    if (!again || gap < SLOW_MS) continue;
    const trip = subject.story.timing.roundTripMs[flight.sender];
    if (trip === null || trip >= FAST_PATH_MS) continue;
    const stacks = subject.story.timers[flight.sender]?.consistentWith ?? [];
    const fits = stacks.length > 0 ? ` That fits ${list(stacks)}.` : '';
    return [
      {
        title: `The ${flight.sender} waited ${duration(gap)} before it repeated flight ${flight.number}`,
        explanation: `The other side answers within ${milliseconds(trip)}, and the first repeat came after ${duration(gap)}.${fits}`,
        evidence: [
          subject.sentEvidence(first, 'The first transmission'),
          subject.sentEvidence(again, 'The first repeat'),
        ],
        certainty: 'near-certain',
      },
    ];
  }
  return [];
}
