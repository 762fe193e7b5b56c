/** F3: the other side had the flight and took longer than the timer to answer; then it answered every copy at once. */
import { duration, otherSender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const slowPeerCrypto: Rule = {
  scope: 'association',
  id: 'slow-peer-crypto',
  group: 'loss',
  title: 'The other side is slow to answer, and then answers every copy at once',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 7925 §11', 'RFC 6347 §4.2.4.1'],
  advice:
    'Give the timer more time than the slow side needs for its public-key operations. Drop copies of a flight that wait in its queue.',
  alternatives: [
    'The path has a long round trip: then all answers are late, not only those that need a signature.',
    'Its answers were held up on the way: a capture at the slow side shows when they left.',
  ],
  looksLike:
    'No gap in the record numbers, one long wait, and then as many answers as there were copies, within a tenth of a second.',
  why: 'A constrained device needs seconds for elliptic curves. Meanwhile the repeats wait in its socket.',
  sources: ['Mbed-TLS#2825', 'californium#1034', 'openthread#2176'],
  explains: ['spurious-retransmission-rtt'],
  check: (subject) => episodes(subject).flatMap((e) => slow(subject, e)),
};

const BURST_MS = 100;
const LONG_MS = 1000;

function slow(subject: Subject, { flight, first, repeats, next, losses }: Episode): readonly Match[] {
  const answers = next?.transmissions ?? [];
  const [answer, ...more] = answers;
  // What was held up on its way comes in the wrong order.
  if (!answer || repeats.length === 0 || losses.length > 0 || subject.a.records.reordered > 0) return [];
  const copies = 1 + repeats.filter((t) => t.startMs < answer.startMs).length;
  const burst = 1 + more.filter((t) => t.startMs - answer.startMs <= BURST_MS).length;
  const wait = answer.startMs - first.startMs;
  if (copies < 2 || burst < copies || wait < LONG_MS) return [];
  const peer = otherSender(flight.sender);
  return [
    {
      title: `The ${peer} took ${duration(wait)} to answer flight ${flight.number}, and then answered every copy`,
      explanation: `Flight ${flight.number} was sent ${times(copies)} before the first answer. The ${peer} then answered ${times(burst)} within ${BURST_MS} ms, so every copy had arrived.`,
      evidence: [
        subject.sentEvidence(first, `Flight ${flight.number} for the first time`),
        subject.sentEvidence(answer, 'The first answer'),
      ],
      certainty: 'inferred',
    },
  ];
}
