/** O8: which stack an endpoint may run, by its timer and its packets. A likeness, never a name. */
import type { HandshakeView, Sender, TransmissionView } from '../../trace.ts';
import { capital, list } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const stackGuess: Rule = {
  scope: 'association',
  id: 'stack-guess',
  group: 'security',
  title: 'The timer of an endpoint fits a known stack',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4.1', 'RFC 9147 §5.8.2'],
  advice:
    'Use it to find the right log, setting or issue. Make sure before you blame a stack: others may behave alike.',
  alternatives: [
    'Another stack with the same timer, or one whose application set it: its version string or log tells.',
  ],
  looksLike: 'Waits between repeats that follow the schedule of a stack, and records packed the way it does.',
  why: 'The RFCs leave the timer open, so stacks differ: in the first wait, in how it grows, and in what shares a datagram.',
  sample: 'openssl-loss-downlink-dead-after-sh.client.pcap',
  check: (subject) => (subject.a.retransmissions === 0 ? [] : guesses(subject)),
};

/** More names than this say nothing. */
const MOST_NAMES = 3;
/** One wait fits too many. */
const LEAST_WAITS = 2;

function guesses(subject: Subject): readonly Match[] {
  return (['client', 'server'] as const).flatMap((who) => {
    // Each wait that is known ended with a repeat by the timer.
    const timer = repeatsByTimer(subject.handshakes, who).length < LEAST_WAITS ? null : subject.story.timers[who];
    if (!timer || timer.samples.length < LEAST_WAITS) return [];
    const { consistentWith, samples, factor, hints } = timer;
    if (consistentWith.length === 0 || consistentWith.length > MOST_NAMES) return [];
    const evidence = repeats(subject, who);
    const [first, ...rest] = evidence;
    if (!first) return [];
    return [
      {
        title: `The timer of the ${who} fits ${listed(consistentWith)}`,
        explanation: [
          `${capital(`the ${who}`)} repeats after ${list(
            samples.map((s) => `${s} s`),
            6,
          )}${factor === null ? '' : `, ${factor} times as long each time`}: the schedule of ${listed(consistentWith)}.`,
          ...hints.slice(0, 3),
        ].join(' '),
        evidence: [first, ...rest],
        certainty: 'inferred' as const,
      },
    ];
  });
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

function repeatsByTimer(handshakes: readonly HandshakeView[], who: Sender): readonly TransmissionView[] {
  return handshakes.flatMap((h) =>
    h.flights.flatMap((f) => (f.sender === who ? f.transmissions.filter((t) => t.cause === 'timer') : [])),
  );
}

/** The repeats that its timer caused, the first and the last. */
function repeats(subject: Subject, who: Sender): Evidence[] {
  const all = repeatsByTimer(subject.handshakes.slice(0, 1), who);
  const [first, last] = [all[0], all.at(-1)];
  const says = (t: TransmissionView) => `Sent again after ${((t.sincePreviousMs ?? 0) / 1000).toPrecision(3)} s`;
  return [
    ...(first ? [subject.sentEvidence(first, says(first))] : []),
    ...(last && last !== first ? [subject.sentEvidence(last, says(last))] : []),
  ];
}
