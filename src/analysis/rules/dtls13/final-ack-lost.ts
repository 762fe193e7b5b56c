/** N1: the ACK that ends the handshake of DTLS 1.3 did not reach the client, which sent its last flight again. */
import { closedShape } from '../../closed-shapes.ts';
import type { Certainty } from '../../story.ts';
import { times } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { acksFrom, gapBetween } from './acks.ts';

export const finalAckLost: Rule = {
  scope: 'association',
  id: 'final-ack-lost',
  group: 'dtls13',
  title: "The ACK of the client's Finished was lost",
  severity: 'warning',
  rank: 'final-flight',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §5.8.1', 'RFC 9147 §7.1'],
  advice:
    'Nothing, if it heals with the first repeat. If the server never acknowledges, update it: it has to answer every copy of the last flight.',
  alternatives: [
    "The client's last flight itself was lost: then the server would soon repeat its own flight.",
    'The server sends no ACK at all: a capture at the server shows whether it leaves.',
  ],
  looksLike:
    "The client sends its last flight again when its timer expires, although the server has gone on to application keys. The server's own flight is not repeated.",
  why: "The last flight of DTLS 1.3 has no answer but an ACK. Until it comes the client's timer runs, and tickets or application data do not stop it.",
  sources: ['wolfssl#8855', 'wolfssl#8882'],
  sample: 'wolfssl13-lost-final-ack.client.pcap',
  explains: ['flight-lost-and-recovered', 'spurious-retransmission-rtt', 'timer-too-slow', 'retransmission-storm'],
  check: (subject) => (subject.is13 && subject.a.rolesKnown ? lostAck(subject) : []),
};

const HANDSHAKE_EPOCH = 2;
const APPLICATION_EPOCH = 3;
/** No timer in use is shorter. */
const SHORTEST_TIMER_MS = 40;
/** Without keys only a long wait shows that an ACK did not just cross the repeat. */
const CLOSED_CROSSING_MS = 200;
const MAX_ROUNDS = 16;

/** From one transmission of the last flight to the next. */
interface Round {
  /** 0-based record of each. */
  readonly sent: number;
  readonly again: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Why the server is believed to have had the flight before it came again. */
interface Reason {
  readonly round: Round;
  readonly certainty: Certainty;
  readonly kind: 'captured-ack' | 'gap' | 'went-on';
  readonly record: number;
}

function lostAck(subject: Subject): readonly Match[] {
  const rounds = roundsOf(subject);
  if (rounds.length === 0) return [];
  const reasons = rounds.slice(0, MAX_ROUNDS).flatMap((round) => reasonOf(subject, round) ?? []);
  const [first] = reasons;
  return first ? [match(subject, rounds, first)] : [];
}

function roundsOf(subject: Subject): readonly Round[] {
  const flight = subject.flights.find((f) => f.sender === 'client' && f.messages.includes('Finished'));
  if (!flight) return closedRounds(subject);
  const { transmissions } = flight;
  return transmissions.slice(1).flatMap((t, i) => {
    const before = transmissions[i];
    const [sent, again] = [before?.records[0], t.records[0]];
    if (!before || sent === undefined || again === undefined || t.cause !== 'timer') return [];
    return [{ sent: sent - 1, again: again - 1, fromMs: before.endMs, toMs: t.startMs }];
  });
}

/** Without keys: the largest record of the client's last flight comes again with the same length. */
function closedRounds(subject: Subject): readonly Round[] {
  if (subject.a.outcome === 'no-handshake' || subject.closedRecords === 0) return [];
  const closed = subject.others.filter(
    (r) => r.side === 0 && r.epoch === HANDSHAKE_EPOCH && r.state === 'undecryptable' && r.mark !== 'duplicate',
  );
  const startMs = closed[0]?.timeMs ?? 0;
  const first = closed.filter((r) => r.timeMs - startMs < SHORTEST_TIMER_MS);
  const largest = first.toSorted((x, y) => y.length - x.length)[0];
  if (!largest) return [];
  const rounds: Round[] = [];
  let before = largest;
  for (const r of closed) {
    if (r.length !== largest.length || r.timeMs - before.timeMs < SHORTEST_TIMER_MS) continue;
    rounds.push({ sent: before.index, again: r.index, fromMs: before.timeMs, toMs: r.timeMs });
    before = r;
  }
  return rounds;
}

function reasonOf(subject: Subject, round: Round): Reason | null {
  const between = subject.records.filter(
    (r) => r.side === 1 && r.mark !== 'duplicate' && r.timeMs > round.fromMs && r.timeMs < round.toMs,
  );
  // The server asks for the flight itself: it does not have it.
  if (between.some((r) => r.epoch <= HANDSHAKE_EPOCH && !isAck(subject, r))) return null;
  const acks = between.filter((r) => isFinalAck(subject, r));
  const captured = acks.at(-1);
  if (captured) return capturedAck(subject, round, captured);
  const wentOn = between.find((r) => r.epoch >= APPLICATION_EPOCH);
  if (!wentOn) return null;
  const gap = gapBetween(subject, 1, round.fromMs, wentOn.timeMs + 1);
  if (gap) return { round, kind: 'gap', record: wentOn.index, certainty: 'near-certain' };
  // Before the client has finished, a server may send data, but it can neither read nor answer any.
  const ticket = subject.carried(wentOn.index).some((c) => c.kind === 'fragment');
  const heard = subject.records.some(
    (r) => r.side === 0 && r.epoch >= APPLICATION_EPOCH && r.timeMs > round.fromMs && r.timeMs < wentOn.timeMs,
  );
  return ticket || heard || wentOn.state === 'undecryptable'
    ? { round, kind: 'went-on', record: wentOn.index, certainty: 'inferred' }
    : null;
}

/** An ACK that passed here before the repeat: lost after that, or only late. */
function capturedAck(subject: Subject, round: Round, ack: RecordFact): Reason | null {
  const found = (certainty: Certainty): Reason => ({ round, kind: 'captured-ack', record: ack.index, certainty });
  if (subject.lostBetweenPoints(ack.index)) return found('seen');
  if (subject.trace.arrivalMs(ack.index) !== null) return null;
  if (ack.state === 'undecryptable') return round.toMs - ack.timeMs >= CLOSED_CROSSING_MS ? found('inferred') : null;
  const flight = subject.flights.find((f) => f.number === ack.flight && f.sender === 'server');
  const fate = flight?.transmissions.find((t) => t.records.includes(ack.index + 1))?.fate;
  return fate?.fate === 'lost-after-capture' ? found(fate.certainty) : null;
}

const isAck = (subject: Subject, { index, state }: RecordFact): boolean =>
  state === 'undecryptable'
    ? closedShape(subject.trace, subject.analysed.state, index) === 'ack'
    : subject.carried(index).some((c) => c.kind === 'ack');

/** In a flight of its own: it names a Finished. Closed, it can be told by its size alone. */
const isFinalAck = (subject: Subject, record: RecordFact): boolean =>
  isAck(subject, record) && (record.flight > 0 || record.state === 'undecryptable');

function match(subject: Subject, rounds: readonly Round[], { round, kind, record, certainty }: Reason): Match {
  const last = rounds.at(-1) ?? round;
  const firstMs = subject.trace.timeMs(round.sent);
  const healed = healingAck(subject, last);
  const n = rounds.length + 1;
  const never = healed === null && rounds.length > 2 && acksFrom(subject, 1).length === 0;
  const why = {
    'captured-ack': `The server's ACK passed this capture point ${span(round.toMs - subject.trace.timeMs(record))} before the repeat, and the client still waited for it.`,
    gap: 'The server had gone on to its application keys, and a record of it is missing here just before: the ACK was lost on its way to this point.',
    'went-on': 'The server had gone on to its application keys, as it does when it has the Finished.',
  }[kind];
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(round.sent, "The client's last flight"),
    subject.evidence(record, kind === 'captured-ack' ? 'The ACK, without effect' : 'The server goes on'),
    subject.evidence(last.again, rounds.length === 1 ? 'The client sends it again' : `Transmission ${n}`),
    ...(healed === null ? [] : [subject.evidence(healed, 'This ACK ends it')]),
  ];
  return {
    title: never
      ? `The server does not acknowledge the client's Finished, which was sent ${times(n)}`
      : `The ACK of the client's Finished was lost: the client sent its last flight again after ${span(round.toMs - firstMs)}`,
    explanation: `The client sent its last flight ${times(n)}, the last time ${span(last.toMs - firstMs)} after the first. ${why} ${
      healed === null
        ? 'No later ACK of it was captured.'
        : `The ACK of the last copy came ${span(subject.trace.timeMs(healed) - firstMs)} after the first.`
    }`,
    evidence,
    certainty,
    ...(subject.unfinished && never ? { severity: 'failure' as const } : {}),
    ...(kind === 'captured-ack' && certainty === 'inferred'
      ? { alternatives: ['The ACK was only late: then its path is slower than the timer of the client.'] }
      : {}),
  };
}

/** The first ACK of the server after the last repeat; null for none. */
function healingAck(subject: Subject, { toMs }: Round): number | null {
  return subject.records.find((r) => r.side === 1 && r.timeMs >= toMs && isFinalAck(subject, r))?.index ?? null;
}
