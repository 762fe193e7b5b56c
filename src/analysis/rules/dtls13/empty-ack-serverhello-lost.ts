/** N10: the client has encrypted records and no ServerHello to open them with, and says so with an empty ACK. */
import { least } from '../../extremes.ts';
import { count } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Ack, acksFrom } from './acks.ts';

export const emptyAckServerHelloLost: Rule = {
  scope: 'association',
  id: 'empty-ack-serverhello-lost',
  group: 'dtls13',
  title: 'The client got encrypted records without the ServerHello that opens them',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 9147 §7.1'],
  advice:
    'Nothing is wrong with the endpoints: the ACK makes the server repeat its ServerHello at once. If it happens often, look for loss or reordering on the way to the client.',
  alternatives: [
    'The ServerHello was not lost but overtaken: then the client goes on as soon as it arrives.',
    'If it goes on after the ServerHello came, the two sides derived different keys: then the handshake never ends.',
  ],
  looksLike: 'An ACK of the client in the clear that names no record at all, before anything under keys.',
  why: 'The keys come from the ServerHello. Without it the client cannot open what follows, nor acknowledge it, and an empty ACK asks for a retransmission sooner than any timer.',
  sample: 'wolfssl13-lost-serverhello.client.pcap',
  explains: [
    'flight-lost-and-recovered',
    'partial-flight-held-up',
    'ack-storm-duplicate-flight',
    'retransmission-storm',
    'spurious-retransmission-rtt',
    'timer-too-aggressive',
  ],
  check: (subject) => (subject.is13 ? emptyAcks(subject) : []),
};

const HANDSHAKE_EPOCH = 2;

function emptyAcks(subject: Subject): readonly Match[] {
  const empty = acksFrom(subject, 0).filter((ack) => ack.epoch === 0 && ack.names.length === 0);
  const [first] = empty;
  return first ? [match(subject, empty, first)] : [];
}

function match(subject: Subject, empty: readonly Ack[], first: Ack): Match {
  const hellos = serverHellos(subject);
  const before = hellos.filter((h) => h.timeMs < first.timeMs);
  const after = hellos.find((h) => h.timeMs >= first.timeMs);
  const went = subject.records.find((r) => r.side === 0 && r.epoch >= HANDSHAKE_EPOCH && r.timeMs >= first.timeMs);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(first.record, 'An ACK in the clear that names nothing'),
    ...before.slice(-1).map((h) => subject.evidence(h.record, 'The ServerHello had passed here')),
    ...(after ? [subject.evidence(after.record, 'The ServerHello comes after it')] : []),
  ];
  return {
    title: `The client got encrypted records without the ServerHello and says so in ${count(empty.length, 'empty ACK')}`,
    explanation: [
      'An ACK in the clear that names nothing says: records came that cannot be opened, for the ServerHello is missing.',
      whereabouts(subject, before.length > 0, after),
      after && went
        ? `The client went on ${span(went.timeMs - first.timeMs)} after its ${empty.length === 1 ? 'ACK' : 'first ACK'}.`
        : '',
    ]
      .filter((s) => s !== '')
      .join(' '),
    evidence,
    certainty: 'seen',
  };
}

interface Hello {
  readonly record: number;
  readonly timeMs: number;
  readonly number: number | null;
}

/** Every record with the start of a ServerHello, retries excepted. */
function serverHellos(subject: Subject): readonly Hello[] {
  const messages = subject.analysed.handshakes[0]?.state.messages ?? [];
  return messages
    .filter((m) => m.side === 1 && m.decoded?.type === 'ServerHello' && !m.decoded.isHelloRetryRequest)
    .flatMap((m) => m.appearances.filter((a) => a.from === 0))
    .map(({ record }) => {
      const { timeMs, sequenceNumber } = subject.fact(record);
      return { record, timeMs, number: sequenceNumber };
    })
    .sort((x, y) => x.timeMs - y.timeMs);
}

function whereabouts(subject: Subject, passed: boolean, after: Hello | undefined): string {
  if (passed) return 'The ServerHello had passed this capture point, so it was lost or overtaken after that.';
  if (!after) return 'No ServerHello was captured here.';
  const lowest = least(serverHellos(subject).map((h) => h.number ?? Number.POSITIVE_INFINITY));
  const lost = subject.story.losses.some(
    (l) => l.sender === 'server' && l.epoch === 0 && l.messages.includes('ServerHello'),
  );
  return !lost && after.number === lowest
    ? 'The ServerHello was not lost but overtaken: it came here after what follows it.'
    : 'The ServerHello never came to this capture point until the server repeated it.';
}
