/** N11: several ACKs, or several repeats, of one moment each set off another transmission of a flight. */
import type { FlightView, TransmissionView } from '../../trace.ts';
import { count, milliseconds, otherSender, times, timesInWords } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Ack, acksFrom, namedBy } from './acks.ts';

export const ackStormDuplicateFlight: Rule = {
  scope: 'association',
  id: 'ack-storm-duplicate-flight',
  group: 'dtls13',
  title: 'Acknowledgements set off needless repeats of a flight',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §7.1', 'RFC 9147 §7.2', 'RFC 9147 §5.8.3'],
  advice:
    'It costs bandwidth, not time. In the stack that repeats, answer several ACKs of one round trip once; in the one that acknowledges, send one ACK for a burst of records.',
  alternatives: [
    'Several records were lost one after the other, and each repeat was needed: then the ACKs name ever more records.',
  ],
  looksLike:
    'Several ACKs within a round trip that ask for the same records, or one flight sent three times and more within milliseconds, far sooner than any timer.',
  why: 'An ACK of part of a flight asks for the rest at once. A receiver that sends one for every record asks several times, and a sender that answers each repeats what is already on its way.',
  sample: 'wolfssl13-lost-serverhello.client.pcap',
  explains: ['retransmission-storm', 'timer-too-aggressive', 'spurious-retransmission-rtt'],
  check: (subject) => (subject.is13 ? storm(subject) : []),
};

/** Shorter than any timer, whatever the path. */
const BURST_MS = 40;
/** Flights that are looked at: the handshake has no more. */
const MAX_FLIGHTS = 16;
const LEAST_REPEATS = 2;
const LEAST_ASKS = 3;

function waited({ established, story }: Subject): boolean {
  const { client, server } = story.timing.timerWaitMs;
  return !established || client + server > 0;
}

function storm(subject: Subject): readonly Match[] {
  for (const flight of subject.flights.slice(0, MAX_FLIGHTS)) {
    const found = repeatsIn(flight);
    if (found.length === 0) continue;
    if (found.length >= LEAST_REPEATS) return [repeated(subject, flight, found)];
    const asks = asksFor(subject, flight, found);
    if (asks.length >= LEAST_ASKS) return [asked(subject, flight, asks, found)];
  }
  return [];
}

/** The longest run of transmissions that each followed the one before at once: no timer set them off. */
function repeatsIn({ messages, transmissions }: FlightView): readonly TransmissionView[] {
  if (messages.every((m) => m === 'ACK')) return [];
  let longest: readonly TransmissionView[] = [];
  let run: TransmissionView[] = [];
  for (const t of transmissions) {
    const asked = t.cause === 'partial-ack' || t.cause === 'peer-retransmission';
    if (asked && (t.sincePreviousMs ?? BURST_MS) < BURST_MS) run.push(t);
    else run = [];
    if (run.length > longest.length) longest = [...run];
  }
  return longest;
}

/** ACKs of the other side around the repeat that name part of the flight, or nothing. */
function asksFor(subject: Subject, flight: FlightView, repeats: readonly TransmissionView[]): readonly Ack[] {
  const startMs = repeats[0]?.startMs;
  if (startMs === undefined) return [];
  const records = new Set(flight.transmissions.flatMap((t) => t.records.map((r) => r - 1)));
  return acksFrom(subject, flight.sender === 'client' ? 1 : 0).filter(
    (ack) =>
      Math.abs(ack.timeMs - startMs) < BURST_MS &&
      ack.epoch < 3 &&
      (ack.names.length === 0 || namedBy(subject, ack).some((r) => records.has(r))),
  );
}

function repeated(subject: Subject, flight: FlightView, repeats: readonly TransmissionView[]): Match {
  const { sender, transmissions, number } = flight;
  const [first, last] = [repeats[0], repeats.at(-1)];
  const before = transmissions.find((t) => t.number === (first?.number ?? 2) - 1);
  const spanMs = (last?.startMs ?? 0) - (before?.startMs ?? 0);
  const says = (t: TransmissionView) => `Transmission ${t.number} of flight ${number}`;
  return {
    title: `The ${sender} sends flight ${number} ${timesInWords(repeats.length + 1)} within ${milliseconds(spanMs)}`,
    explanation: `Flight ${number} of the ${sender} came ${times(transmissions.length)}, and ${count(repeats.length, 'repeat')} followed within ${milliseconds(spanMs)}: too soon for a timer. Each answers an ACK or a repeat of the ${otherSender(sender)}, and one would have done.`,
    evidence: [
      before ? subject.sentEvidence(before, says(before)) : { timeMs: 0, says: `Flight ${number}` },
      ...(first ? [subject.sentEvidence(first, says(first))] : []),
      ...(last && last !== first ? [subject.sentEvidence(last, says(last))] : []),
    ],
    certainty: 'near-certain',
    // Where no timer had to expire, it cost nothing but datagrams.
    severity: waited(subject) ? 'warning' : 'note',
  };
}

function asked(
  subject: Subject,
  { sender, number }: FlightView,
  asks: readonly Ack[],
  repeats: readonly TransmissionView[],
): Match {
  const [first, last] = [asks[0], asks.at(-1)];
  const repeat = repeats[0];
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(first?.record ?? 0, `The first of ${asks.length} ACKs`),
    subject.evidence(last?.record ?? 0, 'The last of them'),
    ...(repeat ? [subject.sentEvidence(repeat, `Flight ${number} comes again`)] : []),
  ];
  return {
    title: `The ${otherSender(sender)} asks ${times(asks.length)} within ${milliseconds((last?.timeMs ?? 0) - (first?.timeMs ?? 0))} for the rest of flight ${number}`,
    explanation: `The ${otherSender(sender)} sends an ACK for every record that it cannot use yet: ${asks.length} of them around the repeat of flight ${number}. Each asks for the rest of the flight, and one would have done.`,
    evidence,
    certainty: 'near-certain',
    // Where no timer had to expire, it cost nothing but datagrams.
    severity: waited(subject) ? 'warning' : 'note',
  };
}
