/** N5: an ACK named what its sender then needs again, and nobody sends it any more. */
import type { FlightView, TransmissionView } from '../../trace.ts';
import { capital, list, otherSender, times } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Ack, acksFrom, namedBy } from './acks.ts';

export const ackOfUnprocessed: Rule = {
  scope: 'association',
  id: 'ack-of-unprocessed',
  group: 'dtls13',
  title: 'A message was acknowledged, and then thrown away',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 9147 §7.1', 'RFC 9147 §7.2'],
  advice:
    'Update the side that acknowledges: it may only name records that it has processed or keeps for later. Its log should say what it dropped.',
  alternatives: [
    'The rest of the flight is lost each time, and the message that was acknowledged is not what is missing: compare what each repeat lacks.',
    'Both sides derived different keys: then whatever comes under keys is acknowledged by nobody.',
  ],
  looksLike:
    'An ACK names a record of the other side, which leaves its message out of all later repeats. The sender of the ACK repeats its own flight until it gives up.',
  why: 'What was acknowledged is never sent again. If its receiver dropped it all the same, both sides wait for each other.',
  sources: ['wolfssl#11177'],
  explains: [
    'gave-up',
    'flight-lost-and-recovered',
    'partial-flight-held-up',
    'final-flight-holder-silent',
    'retransmission-storm',
  ],
  check: (subject) => (subject.is13 && subject.unfinished ? deadlock(subject) : []),
};

const LEAST_REPEATS = 2;
/** A handshake has no more. */
const MAX_FLIGHTS = 16;

function deadlock(subject: Subject): readonly Match[] {
  for (const side of [0, 1] as const) {
    const acks = acksFrom(subject, side);
    if (acks.length === 0) continue;
    const who = side === 0 ? 'client' : 'server';
    const flights = subject.flights.slice(0, MAX_FLIGHTS).filter((f) => f.sender === otherSender(who));
    for (const flight of flights) {
      const own = subject.flights.find((f) => f.sender === who && f.number === flight.number - 1);
      const found = own && waiting(subject, acks, flight, own);
      if (found) return [found];
    }
  }
  return [];
}

function waiting(subject: Subject, acks: readonly Ack[], flight: FlightView, own: FlightView): Match | null {
  const named = namedIn(subject, acks, flight);
  const [ack] = named.acks;
  if (!ack) return null;
  const asks = own.transmissions.filter((t) => t.startMs > ack.timeMs && t.cause !== 'partial-ack');
  const repeats = flight.transmissions.filter((t) => t.startMs > ack.timeMs);
  if (asks.length < LEAST_REPEATS || repeats.length === 0) return null;
  const sent = repeats.flatMap((t) => t.records.flatMap((r) => piecesOf(subject, r - 1)));
  const never = named.pieces.filter((p) => !sent.some((s) => overlap(p, s)));
  if (never.length === 0) return null;
  return match(subject, { flight, own, ack, asks, repeats, never: [...new Set(never.map((p) => p.seq))] });
}

/** What the ACKs name of a flight, and those that name any of it. */
function namedIn(subject: Subject, acks: readonly Ack[], flight: FlightView) {
  const records = new Set(flight.transmissions.flatMap((t) => t.records.map((r) => r - 1)));
  const naming = acks.filter((ack) => namedBy(subject, ack).some((r) => records.has(r)));
  const found = naming.flatMap((ack) => namedBy(subject, ack).filter((r) => records.has(r)));
  return { acks: naming, pieces: [...new Set(found)].slice(0, MAX_PIECES).flatMap((r) => piecesOf(subject, r)) };
}

/** Part of a message, by message_seq. */
interface Piece {
  readonly seq: number;
  readonly from: number;
  readonly to: number;
}

const MAX_PIECES = 64;

const piecesOf = (subject: Subject, record: number): Piece[] =>
  subject
    .carried(record)
    .flatMap((c) =>
      c.kind === 'fragment'
        ? [{ seq: c.messageSeq, from: c.fragmentOffset, to: c.fragmentOffset + Math.max(1, c.fragmentLength) }]
        : [],
    );

const overlap = (x: Piece, y: Piece): boolean => x.seq === y.seq && x.from < y.to && y.from < x.to;

interface Deadlock {
  readonly flight: FlightView;
  readonly own: FlightView;
  readonly ack: Ack;
  readonly asks: readonly TransmissionView[];
  readonly repeats: readonly TransmissionView[];
  readonly never: readonly number[];
}

function match(subject: Subject, { flight, own, ack, asks, repeats, never }: Deadlock): Match {
  const who = own.sender;
  const state = subject.analysed.handshakes[0]?.state;
  const side = flight.sender === 'client' ? 0 : 1;
  const names = never.map((seq) => {
    const type = state?.messages.find((m) => m.side === side && m.messageSeq === seq)?.decoded?.type;
    return type && type !== 'Opaque' ? type : `message_seq ${seq}`;
  });
  const last = asks.at(-1);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(ack.record, `The ${who} acknowledges ${list(names, 3)}`),
    ...repeats.slice(0, 1).map((t) => subject.sentEvidence(t, `The ${flight.sender} repeats the rest`)),
    ...(last ? [subject.sentEvidence(last, `The ${who} still repeats its own flight`)] : []),
  ];
  return {
    title: `The ${who} acknowledged ${list(names, 3)} and still waits: the ${flight.sender} does not send it again`,
    explanation: `${capital(`the ${who}`)} acknowledged ${list(names, 3)}, so the ${flight.sender} left that out of ${repeats.length === 1 ? 'its repeat' : `its ${repeats.length} repeats`}. Yet the ${who} sent its own flight ${times(asks.length)} more, until ${span((last?.startMs ?? 0) - ack.timeMs)} after the ACK: what it acknowledged, it did not keep.`,
    evidence,
    certainty: 'inferred',
  };
}
