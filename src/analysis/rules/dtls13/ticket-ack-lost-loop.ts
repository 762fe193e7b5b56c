/** N2: the server repeats its NewSessionTicket because no ACK of it arrives. */

import { MARK, STATE } from '../../record-table.ts';
import type { Certainty } from '../../story.ts';
import type { FlightView, TransmissionView } from '../../trace.ts';
import { list, times } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { type Ack, acksFrom, gapBetween, lostAcks, namedBy } from './acks.ts';

export const ticketAckLostLoop: Rule = {
  scope: 'association',
  id: 'ticket-ack-lost-loop',
  group: 'dtls13',
  title: 'The server repeats its NewSessionTicket, for no ACK of it arrives',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §5.8.4', 'RFC 9147 §7.1'],
  advice:
    'Nothing, if it ends after a repeat or two: data are not held up. If the client never acknowledges, update it, or switch tickets off at the server.',
  alternatives: [
    'The ticket itself was lost, and there was nothing to acknowledge: a capture at the client shows whether it came.',
    'The client does not acknowledge tickets at all: then it does so in no capture.',
  ],
  looksLike:
    'After the handshake the server sends its ticket again and again on its timer, while application data flow. At the client each copy is answered by an ACK; at the server none arrives.',
  why: 'A ticket has a timer of its own until it is acknowledged. The ACK is one small datagram that is not repeated: if it is lost, the ticket comes again.',
  sources: ['openssl#32853'],
  sample: 'wolfssl13-lost-ticket-ack.server.pcap',
  explains: ['flight-lost-and-recovered', 'timer-too-slow', 'gave-up'],
  check: (subject) => (subject.is13 && subject.established ? repeatedTickets(subject) : []),
};

/** Tickets that are looked at. */
const MAX_FLIGHTS = 32;
/** So many transmissions without an ACK are no single loss. */
const LOOP = 3;
const APPLICATION_EPOCH = 3;

function repeatedTickets(subject: Subject): readonly Match[] {
  const tickets = subject.flights.filter((f) => f.sender === 'server' && f.messages.includes('NewSessionTicket'));
  if (tickets.length === 0) return closedTickets(subject);
  for (const flight of tickets.filter((f) => f.transmissions.length > 1).slice(0, MAX_FLIGHTS)) {
    const found = unheard(subject, flight);
    if (found) return [found];
  }
  return [];
}

function unheard(subject: Subject, flight: FlightView): Match | null {
  const { transmissions } = flight;
  const records = new Set(transmissions.flatMap((t) => t.records.map((r) => r - 1)));
  const acks = acksFrom(subject, 0).filter((ack) => namedBy(subject, ack).some((r) => records.has(r)));
  const lost = lostAcks(subject, 0);
  const missed = acks.find((ack) => lost.has(ack.record) || subject.lostBetweenPoints(ack.record));
  if (missed)
    return match(subject, transmissions, missed, subject.lostBetweenPoints(missed.record) ? 'seen' : 'near-certain');
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  if (!first || !last) return null;
  const early = acks.filter((ack) => ack.timeMs < last.startMs);
  if (early.length > 0) return null;
  const missing = gapBetween(subject, 0, first.endMs, last.startMs);
  if (missing && missing.epoch >= APPLICATION_EPOCH && !subject.capturedAt('client'))
    return match(subject, transmissions, null, 'near-certain', missing.after);
  return transmissions.length >= LOOP && acks.length === 0 && alive(subject, first.startMs)
    ? match(subject, transmissions, null, 'inferred')
    : null;
}

const alive = (subject: Subject, sinceMs: number): boolean => subject.spokeAfter(0, sinceMs);

function match(
  subject: Subject,
  transmissions: readonly TransmissionView[],
  ack: Ack | null,
  certainty: Certainty,
  afterGap?: number,
): Match {
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  const startMs = first?.startMs ?? 0;
  const n = transmissions.length;
  const waits = list(
    transmissions.slice(1).map((t) => span(t.startMs - startMs)),
    5,
  );
  const why = ack
    ? `The client's ACK passed this capture point and had no effect: it was lost after that.`
    : afterGap === undefined
      ? 'No ACK of it was captured, though the client goes on.'
      : 'Records of the client are missing here just then: its ACKs were lost on their way to this point.';
  const evidence: [Evidence, ...Evidence[]] = [
    first ? subject.sentEvidence(first, 'The ticket') : { timeMs: startMs, says: 'The ticket' },
    ...(ack ? [subject.evidence(ack.record, 'An ACK of it, without effect')] : []),
    ...(last ? [subject.sentEvidence(last, `Transmission ${n}`)] : []),
    ...(afterGap === undefined
      ? []
      : [subject.evidence(afterGap, 'Before this record, numbers of the client are missing')]),
  ];
  return {
    title:
      certainty === 'inferred'
        ? `The server sends its NewSessionTicket ${times(n)}, and no ACK of it is to be seen`
        : `The client's ACK of the NewSessionTicket was lost, and the server sent the ticket ${times(n)}`,
    explanation: `The server sent its ticket again after ${waits}. ${why} Application data are not held up by this.`,
    evidence,
    certainty,
  };
}

/** Without keys: a large record right after the handshake that comes again with the same length, on a timer that backs off. */
function closedTickets(subject: Subject): readonly Match[] {
  if (subject.closedRecords === 0) return [];
  const c = subject.trace.records.columns;
  const { timeMs } = subject.trace;
  const closed = [...subject.analysed.state.records].filter(
    (r) =>
      c.side[r] === 1 &&
      (c.epoch[r] ?? 0) >= APPLICATION_EPOCH &&
      c.state[r] === STATE.undecryptable &&
      c.mark[r] !== MARK.duplicate,
  );
  const [start] = closed;
  const first = closed.find((r) => c.length.get(r) >= SMALLEST_TICKET);
  if (start === undefined || first === undefined || timeMs(first) - timeMs(start) > AT_ONCE_MS) return [];
  const ticket = subject.fact(first);
  const copies = closed.filter((r) => c.length.get(r) === ticket.length && r >= first).map((r) => subject.fact(r));
  if (copies.length < LOOP || !backsOff(copies)) return [];
  const last = copies.at(-1) ?? ticket;
  return [
    {
      title: `A record of the size of a ticket comes ${times(copies.length)}, on a timer`,
      explanation: `Right after the handshake the server sends a record of ${ticket.length} bytes, and one of the same size again after ${list(
        copies.slice(1).map((r) => span(r.timeMs - ticket.timeMs)),
        5,
      )}. The waits double as those of a timer do: probably a NewSessionTicket of which no ACK arrives. Keys would show it.`,
      evidence: [
        subject.evidence(ticket.index, 'Probably the ticket'),
        subject.evidence(last.index, 'The same size, the last time'),
      ],
      certainty: 'inferred',
      alternatives: ['The application sends data of one size at growing intervals: keys tell.'],
    },
  ];
}

const SMALLEST_TICKET = 100;
const AT_ONCE_MS = 500;
const SHORTEST_WAIT_MS = 200;

function backsOff(copies: readonly RecordFact[]): boolean {
  const waits = copies.slice(1).map((r, i) => r.timeMs - (copies[i]?.timeMs ?? 0));
  return waits.every((ms, i) => {
    const before = waits[i - 1];
    return before === undefined ? ms >= SHORTEST_WAIT_MS : ms / before > 1.7 && ms / before < 2.3;
  });
}
