/** F9: a flight stayed unanswered, and its sender, though alive, never repeated it. */
import { duration, sender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Episode, episodes } from './episodes.ts';

export const noRetransmissionAtAll: Rule = {
  scope: 'association',
  id: 'no-retransmission-at-all',
  group: 'loss',
  title: 'One side never repeats its unanswered flight',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8.1'],
  advice:
    'Drive the timer: call the library’s timeout function from the event loop, such as DTLSv1_handle_timeout. A blocking read without a timeout does not do it.',
  alternatives: [
    'The repeats were lost before this capture: then record numbers are missing, or a capture at that side shows them.',
    'Its application stopped before the first timer expired.',
  ],
  looksLike:
    'A flight without an answer, and for many seconds nothing more from its sender; its next record has the next number.',
  why: 'Most libraries have no thread of their own: they repeat only when the application asks them to. Some small ones cannot repeat at all.',
  sources: ['ex_dtls#6', 'asio_dtls#15', 'openssl#10908'],
  sample: 'tinydtls-lost-server-hello-flight.server.pcap',
  explains: ['gave-up', 'server-mute-after-cookie', 'partial-flight-held-up', 'no-close-notify'],
  check(subject) {
    if (!subject.unfinished) return [];
    // With DTLS inside STUN, ICE repeats what it carries.
    if (subject.a.carriers.some((c) => c.includes('STUN'))) return [];
    const all = episodes(subject);
    const last = all.at(-1);
    return last && last.repeats.length === 0 ? quietAfter(subject, last) : [];
  },
};

/** Longer than the first timer of nearly every stack (RFC 7925 takes 9 s). */
const PATIENT_MS = 9500;

function quietAfter(subject: Subject, { flight, first, last }: Episode): readonly Match[] {
  if (last || flight.messages.includes('HelloVerifyRequest') || flight.messages.includes('HelloRetryRequest'))
    return [];
  const side = flight.sender === 'client' ? 0 : 1;
  const from = first.endMs;
  const own = subject.records.filter((r) => r.side === side && r.timeMs > from);
  const alive = own.find((r) => r.timeMs - from >= PATIENT_MS);
  // Nothing more from that side at all may as well be its end.
  if (!alive || own.some((r) => r.timeMs < alive.timeMs)) return [];
  const sent = subject.records.findLast((r) => r.side === side && r.timeMs <= from);
  const joined =
    sent !== undefined &&
    sent.epoch === alive.epoch &&
    sent.sequenceNumber !== null &&
    alive.sequenceNumber === sent.sequenceNumber + 1;
  const lost = sent?.epoch === alive.epoch && !joined;
  if (lost) return [];
  return [
    {
      title: `The ${sender(side)} never repeated flight ${flight.number}, which nobody answered`,
      explanation: `Flight ${flight.number} (${flight.messages.join(', ')}) was sent once. The ${sender(side)} said nothing for ${duration(alive.timeMs - from)}, and then something else. ${
        joined
          ? 'Its record numbers go on without a gap, so nothing was sent in between.'
          : 'Whether repeats were lost before this capture cannot be told from the numbers.'
      }`,
      evidence: [
        subject.sentEvidence(first, `Flight ${flight.number}, sent once`),
        subject.evidence(alive.index, `The next record of the ${sender(side)}`),
      ],
      certainty: joined ? 'seen' : 'inferred',
      verdict: `Stopped at flight ${flight.number}: nobody answered it, and the ${sender(side)} never sent it again.`,
    },
  ];
}
