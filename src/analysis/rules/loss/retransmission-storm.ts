/** F12: both sides answer every repeat with a repeat. */
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { episodes } from './episodes.ts';

export const retransmissionStorm: Rule = {
  scope: 'association',
  id: 'retransmission-storm',
  group: 'loss',
  title: 'Both sides answer every repeat with a repeat',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4'],
  advice:
    'Answer only the last message of a repeated flight, and not again within a quarter of the timer. NSS does so to avoid such wars.',
  alternatives: ['Each repeat has a loss of its own behind it: then the gaps are as long as timers.'],
  looksLike: 'Six repeats or more, by turns of both sides, within two seconds and with nothing new among them.',
  why: 'Every record of a repeated flight sets off a whole flight of the other side, whose records set off the next.',
  sources: ['Mbed-TLS#2825', 'botan#5835'],
  check: storm,
};

function waited({ established, story }: Subject): boolean {
  const { client, server } = story.timing.timerWaitMs;
  return !established || client + server > 0;
}

const WINDOW_MS = 2000;
const TURNS = 6;

function storm(subject: Subject): readonly Match[] {
  if (subject.a.retransmissions < TURNS) return [];
  const repeats = episodes(subject)
    .flatMap((e) => e.repeats.map((t) => ({ sender: e.flight.sender, transmission: t })))
    .sort((a, b) => a.transmission.startMs - b.transmission.startMs);
  let from = 0;
  let turns = 1;
  for (const [i, { sender, transmission }] of repeats.entries()) {
    const before = repeats[i - 1];
    const tooLate = transmission.startMs - (repeats[from]?.transmission.startMs ?? 0) > WINDOW_MS;
    if (!before || tooLate) [from, turns] = [i, 1];
    else if (before.sender !== sender) turns++;
    const start = repeats[from];
    if (turns < TURNS || !start) continue;
    return [
      {
        title: `Repeats of both sides answered each other, ${turns} in ${Math.round(transmission.startMs - start.transmission.startMs)} ms`,
        explanation:
          'Each side repeated its flight because the other did. Nothing new was sent in between, so one repeat would have been enough.',
        evidence: [
          subject.sentEvidence(start.transmission, 'The first of the repeats'),
          subject.sentEvidence(transmission, 'And still repeating'),
        ],
        certainty: 'seen',
        // Where no timer had to expire, it cost nothing but datagrams.
        severity: waited(subject) ? 'warning' : 'note',
      },
    ];
  }
  return [];
}
