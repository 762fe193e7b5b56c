/** E3: part of a flight arrived and had to wait for the rest, which was lost. */

import type { AnalysedHandshake } from '../../analyse.ts';
import { startOf } from '../../answers.ts';
import { isLastFlight, isStateless } from '../../flight-parts.ts';
import { SENDERS } from '../../record-table.ts';
import type { SentFlight } from '../../transmissions.ts';
import { count, duration, list, milliseconds, otherSender, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { missingTexts, type PartArrival, partArrivals } from './arrived-parts.ts';

export const partialFlightHeldUp: Rule = {
  scope: 'association',
  id: 'partial-flight-held-up',
  group: 'fragmentation',
  title: 'One lost part keeps a whole flight waiting',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.3', 'RFC 6347 §3.2.1', 'RFC 9147 §7.1'],
  advice:
    'Nothing, if it happens once. If it happens often, send fewer and smaller datagrams: short chains, ECDSA certificates, several messages in one datagram.',
  alternatives: [
    'Only large datagrams are lost: then the same part is missing in every round, and smaller pieces get through.',
    'The missing part arrived later or damaged: then a copy of it is in a capture at the receiver.',
  ],
  looksLike:
    'Records of a flight are there, and one between them is missing by its number or by the ACKs. The other side waits until it comes again.',
  why: 'A message counts only when all its bytes are there, and a flight only when all its messages are. In DTLS 1.2 the receiver cannot ask for the missing part.',
  sample: 'openssl-loss-cert-middle.client.pcap',
  explains: ['flight-lost-and-recovered', 'gave-up', 'epoch-gap'],
  check: heldUp,
};

function heldUp(subject: Subject): readonly Match[] {
  if (subject.a.retransmissions === 0 && !subject.unfinished) return [];
  return subject.analysed.handshakes.flatMap((handshake) =>
    handshake.flights.flatMap((flight) => {
      // The last flight has a rule of its own, and a stateless answer has one message.
      if (isStateless(flight) || (isLastFlight(flight, handshake.state) && !subject.unfinished)) return [];
      const parts = partArrivals(subject, flight).filter((p) => !isChangeOfCipherOnly(p));
      const [first, ...others] = parts;
      return first ? matchOf(subject, handshake, flight, [first, ...others]) : [];
    }),
  );
}

/** It has a rule of its own. */
const isChangeOfCipherOnly = ({ messages }: PartArrival): boolean => messages.every((m) => m === 'ChangeCipherSpec');

function matchOf(
  subject: Subject,
  handshake: AnalysedHandshake,
  flight: SentFlight,
  parts: readonly [PartArrival, ...PartArrival[]],
): readonly Match[] {
  const [first] = parts;
  const last = parts.at(-1) ?? first;
  const whole = flight.transmissions.find((t) => t.number > last.transmission.number);
  const went = wentOn(handshake, flight);
  // Nobody had to wait: the other side went on at once, or nothing shows that it did not.
  if (went && !whole) return [];
  if (!went && !isStuckHere(handshake, flight)) return [];
  return [went && whole ? recovered(subject, flight, parts, whole) : stuck(subject, flight, parts)];
}

/** Something that follows the flight was sent, or the handshake was done with it. */
function wentOn({ flights, decided }: AnalysedHandshake, flight: SentFlight): boolean {
  return decided.outcome === 'established' || flights.some((f) => f.number > flight.number && f.side !== flight.side);
}

const isStuckHere = ({ flights }: AnalysedHandshake, flight: SentFlight): boolean =>
  flights.every((f) => f.number <= flight.number || f.side === flight.side);

function recovered(
  subject: Subject,
  flight: SentFlight,
  parts: readonly [PartArrival, ...PartArrival[]],
  whole: SentFlight['transmissions'][number],
): Match {
  const [first] = parts;
  const sender = SENDERS[flight.side] ?? 'client';
  const waitMs = startOf(whole) - startOf(first.transmission);
  const what = list(first.messages, 3);
  const gone = goneAs(first);
  return {
    title: `Flight ${flight.number} of the ${sender} is held up for ${waitText(waitMs)}: ${what} ${first.messages.length > 1 ? 'are' : 'is'} ${gone} while the rest arrives`,
    explanation: `${parts
      .slice(0, 3)
      .map((p) => arrivalSentence(p, flight))
      .join(
        ' ',
      )} ${howSentence(subject, first, sender)} What came had to wait until transmission ${whole.number}, ${waitText(waitMs)} later.`,
    evidence: [
      ...shownBy(first),
      { record: whole.units[0]?.record ?? 0, says: `Sent again, transmission ${whole.number}` },
    ],
    certainty: CERTAINTIES[first.how],
    verdict: verdictOf(subject, flight, sender, `its ${gone} part, ${what}`, waitMs),
  };
}

const CERTAINTIES: Readonly<Record<PartArrival['how'], Match['certainty']>> = {
  points: 'seen',
  numbers: 'near-certain',
  acks: 'inferred',
};

/** An ACK tells what its sender lacks, and not why. */
const goneAs = ({ how }: PartArrival): string => (how === 'acks' ? 'missing' : 'lost');

const waitText = (ms: number): string => (ms < 100 ? milliseconds(ms) : duration(ms));

function verdictOf(subject: Subject, flight: SentFlight, sender: string, what: string, waitMs: number): string {
  const { handshakeMs } = subject.a;
  const took =
    subject.established && handshakeMs !== null
      ? `Established after ${duration(handshakeMs)}`
      : 'The handshake goes on';
  return `${took}: flight ${flight.number} of the ${sender} had to wait ${waitText(waitMs)} for ${what}.`;
}

function stuck(subject: Subject, flight: SentFlight, parts: readonly [PartArrival, ...PartArrival[]]): Match {
  const [first] = parts;
  const last = parts.at(-1) ?? first;
  const sender = SENDERS[flight.side] ?? 'client';
  const sent = flight.transmissions.length;
  const over = subject.a.outcome === 'failed';
  const messages = list([...new Set(parts.flatMap((p) => p.messages))], 3);
  return {
    title: `Flight ${flight.number} of the ${sender} never arrives whole: ${messages} ${parts.length > 1 ? `missing in ${parts.length} of ${count(sent, 'transmission')}` : 'missing'}`,
    explanation: `${parts
      .slice(0, 3)
      .map((p) => arrivalSentence(p, flight))
      .join(
        ' ',
      )} ${howSentence(subject, first, sender)} It was sent ${times(sent)}, and the ${otherSender(sender as 'client' | 'server')} never went on.${
      over ? '' : ' The capture ends too early to tell whether more repeats follow.'
    }`,
    evidence: [...shownBy(first), ...(last === first ? [] : shownBy(last))],
    certainty: CERTAINTIES[first.how],
    severity: over ? 'failure' : 'warning',
    verdict: `Stopped at flight ${flight.number}: in none of ${count(sent, 'transmission')} of the ${sender} all of it arrived; ${messages} ${parts.length > 1 ? 'were missing' : 'was missing'}.`,
  };
}

function arrivalSentence({ transmission, arrived, messages, bytes }: PartArrival, flight: SentFlight): string {
  const known = new Set(bytes.map((b) => b.message));
  const rest = messages.filter((m) => !known.has(m));
  const missing = list([...missingTexts(bytes), ...rest], 4);
  return `Of transmission ${transmission.number} of flight ${flight.number}, ${count(arrived.length, 'record')} arrived, and ${missing} did not.`;
}

function howSentence(subject: Subject, { how }: PartArrival, sender: string): string {
  const place =
    how === 'points'
      ? 'The two capture points prove it.'
      : how === 'acks'
        ? `The ACKs name what arrived, so the ${sender} had to send only the rest. From here it cannot be told whether that was lost, damaged or late.`
        : `The record numbers of the ${sender} show it: the missing ones were lost before this capture point.`;
  return subject.is13 ? place : `${place} DTLS 1.2 has no ACK for a part, so all of it has to come again.`;
}

function shownBy({ shownBy: [first = 0, ...rest], how, messages }: PartArrival): readonly [Evidence, ...Evidence[]] {
  const says =
    how === 'acks'
      ? `This ACK does not name ${list(messages, 3)}`
      : how === 'points'
        ? `Sent here, and lost on the way: ${list(messages, 3)}`
        : `Before this record a number is missing: ${list(messages, 3)}`;
  return [{ record: first, says }, ...rest.slice(0, 1).map((record) => ({ record, says }))];
}
