/** E4: a flight comes again cut at other places; all of its bytes have arrived, and the receiver does not see it. */
import type { AnalysedHandshake } from '../../analyse.ts';
import { answers, startOf } from '../../answers.ts';
import { isLastFlight, isStateless } from '../../flight-parts.ts';
import { lacksOf } from '../../lacks.ts';
import { SENDERS } from '../../record-table.ts';
import type { SentFlight, Transmission } from '../../transmissions.ts';
import { count, list, otherSender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const refragmentedRetransmissionNotReassembled: Rule = {
  scope: 'association',
  id: 'refragmented-retransmission-not-reassembled',
  group: 'fragmentation',
  title: 'A repeat is cut at other places and the receiver never puts it together',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.3', 'RFC 9147 §5.5'],
  advice:
    'Update the receiver: it must take overlapping fragments. Until then raise the MTU of the sender, so that the message is not cut at all.',
  alternatives: [
    'The receiver has the whole flight and refuses it in silence: then it would also ignore a repeat cut at the same places.',
    'Its answer never gets here: then a capture at the receiver shows the answer leaving.',
  ],
  looksLike:
    'The first transmission lacks a fragment. The next brings the missing bytes, but in fragments with other offsets, and the receiver asks again and again.',
  why: 'The sender may cut a message anew each time it repeats it. Some receivers keep one fragment per offset or add up lengths, and never see the message complete.',
  sources: ['pion/dtls#1099', 'OvenMediaEngine#2329'],
  explains: [
    'gave-up',
    'partial-flight-held-up',
    'flight-lost-and-recovered',
    'one-way-downlink-dead',
    'chain-too-big',
  ],
  check: neverPutTogether,
};

/** The receiver asked for it again so often after it had all bytes: one asking may have crossed them. */
const MIN_ASKINGS = 2;

/** Nobody waits for longer. */
const MAX_TRANSMISSIONS = 12;

function neverPutTogether(subject: Subject): readonly Match[] {
  if (!subject.unfinished || subject.a.retransmissions < MIN_ASKINGS) return [];
  return subject.analysed.handshakes.flatMap((handshake) => {
    const [asking, flight] = handshake.flights.slice(-2);
    if (!asking || !flight || !answers(flight, asking)) return [];
    if (isStateless(flight) || isLastFlight(flight, handshake.state)) return [];
    const match = deafTo(subject, asking, flight, handshake);
    return match ? [match] : [];
  });
}

function deafTo(subject: Subject, asking: SentFlight, flight: SentFlight, { state }: AnalysedHandshake): Match | null {
  const transmissions = flight.transmissions.slice(0, MAX_TRANSMISSIONS);
  const receiver = otherSender(SENDERS[flight.side] ?? 'server');
  // Only there the capture shows what arrived.
  if (!subject.capturedAt(receiver)) return null;
  const came = transmissions.map((t) => t.units.filter((u) => hasArrived(subject, u.record)));
  const units: Transmission['units'] = [];
  const whole = came.findIndex((c) => {
    for (const unit of c) units.push(unit);
    return lacksOf(flight, units).length === 0;
  });
  const last = transmissions[whole];
  // One transmission that is whole by itself needs no joining of fragments from several.
  if (whole < 1 || !last || came.slice(0, whole + 1).some((c) => lacksOf(flight, c).length === 0)) return null;
  const message = flight.parts.find((p) => p.message && isCutAnew(p, came.slice(0, whole + 1)));
  const asked = asking.transmissions.filter((t) => startOf(t) > startOf(last));
  if (!message || asked.length < MIN_ASKINGS || state.number > 1) return null;
  const sender = SENDERS[flight.side] ?? 'server';
  const cuts = [...new Set(came.slice(0, whole + 1).map((c) => cutsOf(message, c)))].filter((c) => c !== '');
  return {
    title: `The ${receiver} never puts the ${sender}'s ${message.name} together from fragments cut at different places`,
    explanation: `${message.name} has ${count(message.length, 'byte')}. No transmission of flight ${flight.number} arrived whole, but transmissions 1 to ${last.number} together brought every byte. They cut it at different places: ${list(cuts, 3)}. After that the ${receiver} asked ${times(asked.length)} more for the same flight.`,
    evidence: [
      subject.evidence(
        came[0]?.[0]?.record ?? 0,
        `Transmission 1 cuts ${message.name} at ${cuts[0] ?? 'other places'}`,
      ),
      subject.evidence(last.units[0]?.record ?? 0, `Transmission ${last.number} cuts it elsewhere and brings the rest`),
      subject.evidence(asked.at(-1)?.units[0]?.record ?? 0, `The ${receiver} still asks for it`),
    ],
    certainty: subject.surelyCapturedAt(receiver) ? 'near-certain' : 'inferred',
  };
}

function hasArrived(subject: Subject, record: number): boolean {
  return subject.datagram(record).transit === undefined || subject.trace.arrivalMs(record) !== null;
}

function isCutAnew(part: SentFlight['parts'][number], came: readonly Transmission['units'][]): boolean {
  return new Set(came.map((c) => cutsOf(part, c)).filter((c) => c !== '')).size > 1;
}

/** Where the fragments begin: "0, 231 and 462". */
function cutsOf(part: SentFlight['parts'][number], units: Transmission['units']): string {
  const starts = units.flatMap((u) => u.pieces.filter((p) => p.part === part).map((p) => p.from));
  return starts.length === 0 ? '' : list(starts, 4);
}
