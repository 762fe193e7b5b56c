/** K3: the ChangeCipherSpec of a flight is lost and its Finished is not. DTLS 1.2 and older. */

import { SENDERS } from '../../record-table.ts';
import type { SentFlight, Transmission } from '../../transmissions.ts';
import { duration, otherSender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { arrivedMs } from './arrivals.ts';

export const ccsLost: Rule = {
  scope: 'association',
  id: 'ccs-lost',
  group: 'epochs',
  title: 'ChangeCipherSpec is lost while the rest of its flight arrives',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.5', 'RFC 6347 §4.2.4'],
  advice:
    'Have the sender put ChangeCipherSpec and Finished into one datagram, so that they arrive or get lost together. If it happens every time, look for what drops datagrams of 14 bytes.',
  alternatives: [
    'The capture missed it and the network did not: then the receiver goes on without a repeat.',
    'It was overtaken and comes later: then it is in the capture.',
  ],
  looksLike: 'A Finished in the next epoch, and before it a gap of one record number where ChangeCipherSpec should be.',
  why: 'ChangeCipherSpec is no handshake message and has no message_seq: a receiver without it does not take up the new keys, and drops the Finished.',
  sample: 'bc-lost-client-finished.server.pcap',
  explains: [
    'flight-lost-and-recovered',
    'partial-flight-held-up',
    'gave-up',
    'epoch-gap',
    'final-flight-holder-silent',
  ],
  check: lostAlone,
};

function lostAlone(subject: Subject): readonly Match[] {
  if (subject.is13) return [];
  return subject.analysed.handshakes.flatMap(({ flights }) =>
    flights.flatMap((flight) => {
      const last = flight.transmissions.at(-1);
      // The last one may have been enough: then the capture missed it, and the network did not.
      const without = flight.transmissions.filter((t) => (t !== last || subject.unfinished) && lacks(subject, t));
      const [first, ...others] = without;
      return first ? [match(subject, flight, [first, ...others])] : [];
    }),
  );
}

/** Its Finished arrived, its ChangeCipherSpec did not, and it was of no use. */
function lacks(subject: Subject, transmission: Transmission): boolean {
  if (!arrived(subject, transmission, 'Finished') || arrived(subject, transmission, 'ChangeCipherSpec')) return false;
  return subject.story.fates.get(transmission)?.fate !== 'delivered';
}

function arrived(subject: Subject, { units }: Transmission, name: string): boolean {
  return units.some((u) => u.pieces.some((p) => p.part.name === name) && arrivedMs(subject, u.record) !== null);
}

function match(subject: Subject, flight: SentFlight, without: readonly [Transmission, ...Transmission[]]): Match {
  const sender = SENDERS[flight.side] ?? 'client';
  const receiver = otherSender(sender);
  const n = flight.transmissions.length;
  const finishedOf = (t: Transmission) => t.units.find((u) => u.pieces.some((p) => p.part.name === 'Finished'));
  const [first] = without;
  const last = without.at(-1) ?? first;
  const between = without.some((t) =>
    t.units.some(
      (u) => u.pieces.some((p) => p.part.name === 'ChangeCipherSpec') && subject.lostBetweenPoints(u.record),
    ),
  );
  const startMs = finishedOf(first)?.timeMs ?? 0;
  const next = flight.transmissions.find((t) => t.number > last.number);
  const costMs = (next?.units[0]?.timeMs ?? startMs) - startMs;
  // Copies of which nothing useful came either do not make it less.
  const all = flight.transmissions.every((t) => !arrived(subject, t, 'ChangeCipherSpec'));
  return {
    title: `The ${sender}'s ChangeCipherSpec is lost${all && n > 1 ? ' every time' : ''} while its Finished arrives`,
    explanation: `Flight ${flight.number} was sent ${times(n)}. ${
      without.length === 1 ? 'Once' : `In ${without.length} of them`
    } the Finished is there and the ChangeCipherSpec before it is ${
      between ? 'lost between the two capture points' : 'not in this capture'
    }. The ${receiver} does not go on with that: ${
      next
        ? `the flight came again ${duration(costMs)} later.`
        : subject.unfinished
          ? 'the handshake was never finished.'
          : 'it waits for a repeat.'
    }`,
    evidence: [
      subject.evidence(
        finishedOf(first)?.record ?? first.units[0]?.record ?? 0,
        'A Finished without ChangeCipherSpec before it',
      ),
      ...(last === first
        ? []
        : [subject.evidence(finishedOf(last)?.record ?? last.units[0]?.record ?? 0, 'The same, for the last time')]),
      ...(next?.units[0] ? [subject.evidence(next.units[0].record, 'The flight comes again')] : []),
    ],
    certainty: between ? 'seen' : 'near-certain',
    ...(subject.unfinished && all ? { severity: 'failure' } : {}),
  };
}
