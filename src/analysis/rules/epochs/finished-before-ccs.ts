/** K2: Finished arrives before the ChangeCipherSpec that goes before it. DTLS 1.2 and older. */

import { SENDERS } from '../../record-table.ts';
import type { SentFlight } from '../../transmissions.ts';
import { duration, milliseconds, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { arrivedMs, inOrderedCarrier } from './arrivals.ts';

export const finishedBeforeCcs: Rule = {
  scope: 'association',
  id: 'finished-before-ccs',
  group: 'epochs',
  title: 'Finished overtakes ChangeCipherSpec',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 6347 §4.1'],
  advice:
    'Have the sender put the whole flight into one datagram, so that nothing can overtake. A receiver should keep a record of the next epoch until ChangeCipherSpec has come.',
  alternatives: [
    'The capture shows packets in another order than they arrived, as several queues of a network card may do.',
    'The Finished was damaged as well: then it does not open with the keys.',
  ],
  looksLike: 'A handshake record of epoch 1 before the ChangeCipherSpec of the same sender and transmission.',
  why: 'Records travel in datagrams of their own, and paths may reorder them. The epoch in the header tells what came early; whoever drops it waits for a repeat.',
  sources: ['tinydtls#79', 'tinydtls#85', 'contiki-ng#998'],
  sample: 'openssl-reorder-c-ccs-finished.server.pcap',
  explains: [
    'flight-lost-and-recovered',
    'final-flight-lost-recovered',
    'spurious-retransmission-rtt',
    'slow-peer-crypto',
    'reordering',
    'epoch-gap',
    'plaintext-alert',
  ],
  check: overtaken,
};

/** An alert this soon after it answers it. */
const ANSWER_MS = 1000;

function overtaken(subject: Subject): readonly Match[] {
  if (subject.is13 || inOrderedCarrier(subject)) return [];
  return subject.analysed.handshakes.flatMap(({ flights }) => {
    for (const flight of flights) {
      const found = pairOf(subject, flight);
      if (found && isItsOwn(subject, found.finished)) return [match(subject, flight, found)];
    }
    return [];
  });
}

/** Of two associations on the same ports, both ways, a closed Finished may be the other's. */
function isItsOwn(subject: Subject, finished: number): boolean {
  return (
    subject.fact(finished).state === 'decrypted' || !subject.story.relations.some((r) => r.kind === 'simultaneous')
  );
}

interface Pair {
  readonly finished: number;
  readonly changeCipherSpec: number;
  readonly laterMs: number;
  readonly transmission: number;
}

/** The first transmission in which they arrived the wrong way round. */
function pairOf(subject: Subject, { transmissions }: SentFlight): Pair | null {
  for (const { number, units } of transmissions) {
    const finished = units.find((u) => u.pieces.some((p) => p.part.name === 'Finished'))?.record;
    const changeCipherSpec = units.find((u) => u.pieces.some((p) => p.part.name === 'ChangeCipherSpec'))?.record;
    if (finished === undefined || changeCipherSpec === undefined) continue;
    const [finishedMs, otherMs] = [arrivedMs(subject, finished), arrivedMs(subject, changeCipherSpec)];
    if (finishedMs === null || otherMs === null) continue;
    const laterMs = otherMs - finishedMs;
    const single = subject.datagram(finished).transit === undefined;
    if (laterMs > 0 || (laterMs === 0 && single && finished < changeCipherSpec))
      return { finished, changeCipherSpec, laterMs, transmission: number };
  }
  return null;
}

function match(
  subject: Subject,
  flight: SentFlight,
  { finished, changeCipherSpec, laterMs, transmission }: Pair,
): Match {
  const sender = SENDERS[flight.side] ?? 'client';
  const receiver = otherSender(sender);
  const again = flight.transmissions[transmission];
  const alert = subject.endingAlert;
  const { timeMs } = subject.fact(finished);
  const fatal =
    alert?.sender === receiver && alert.timeMs >= timeMs && alert.timeMs - timeMs < ANSWER_MS ? alert : null;
  const againMs = again ? subject.trace.timeMs(again.units[0]?.record ?? finished) - timeMs : 0;
  return {
    title: fatal
      ? `The ${sender}'s Finished overtakes its ChangeCipherSpec, and the ${receiver} ends the handshake with ${fatal.name}`
      : again
        ? `The ${sender}'s Finished overtakes its ChangeCipherSpec and has to be sent again`
        : `The ${sender}'s Finished overtakes its ChangeCipherSpec, and the ${receiver} copes with it`,
    explanation: `The Finished of the ${sender} (epoch ${subject.fact(finished).epoch}) came ${milliseconds(laterMs)} before the ChangeCipherSpec that was sent first. ${
      fatal
        ? `The ${receiver} answers with the alert ${fatal.name} instead of waiting.`
        : again
          ? `The ${receiver} dropped it, and flight ${flight.number} came again ${duration(againMs)} later.`
          : `The ${receiver} kept it until the ChangeCipherSpec came: nothing was repeated.`
    }`,
    evidence: [
      subject.evidence(finished, `The Finished of the ${sender}`),
      subject.evidence(changeCipherSpec, 'Its ChangeCipherSpec, later'),
      ...(again?.units[0] ? [subject.evidence(again.units[0].record, 'The flight comes again')] : []),
      ...(fatal ? [subject.evidence(fatal.record, `The alert ${fatal.name}`)] : []),
    ],
    certainty: subject.capturedAt(receiver) ? 'seen' : 'inferred',
    ...(fatal ? { severity: 'failure' } : again ? {} : { severity: 'note' }),
  };
}
