/** I7: the numbers of records or epochs are nearly used up, or came round. */
import type { EpochView } from '../../trace.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const epochWrapOrCounterExhaustion: Rule = {
  scope: 'association',
  id: 'epoch-wrap-or-counter-exhaustion',
  group: 'resumption',
  title: 'Record numbers or epochs are nearly used up',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1', 'RFC 9147 §4.2.1'],
  advice:
    'Start a new association, or in DTLS 1.3 update the keys, long before the numbers end. A number must never come twice under one key.',
  alternatives: [
    'The header is damaged or forged: then the record does not open, and later ones have low numbers again.',
    'The stack uses part of the number for something else, such as a time: then the numbers jump from the start.',
  ],
  looksLike: 'Record numbers above 2^47 of at most 2^48, or an epoch above 65530, in records that follow each other.',
  why: 'A number has 48 bits and must not wrap within an epoch, and epochs have 16 bits. A stack that starts at a random high number, or runs for very long, gets there.',
  sources: ['wolfssl#11177'],
  check: exhaustion,
};

const HALF = 2 ** 47;
const END = 2 ** 48 - 2 ** 20;
const LAST_EPOCHS = 65_530;
/** After a wrap numbers begin anew. */
const AFTER_WRAP = 2 ** 20;

function exhaustion(subject: Subject): readonly Match[] {
  return subject.a.epochs.flatMap((view) => {
    if ((view.lastSequence ?? 0) > HALF) return counter(subject, view);
    // Epochs of DTLS 1.2 are in the clear; one damaged header is no epoch.
    return view.epoch >= LAST_EPOCHS && !subject.is13 && view.records > 1 ? [epochs(subject, view)] : [];
  });
}

function counter(subject: Subject, { sender, epoch }: EpochView): readonly Match[] {
  const high = subject.records.filter(
    (r) => r.sender === sender && r.epoch === epoch && (r.sequenceNumber ?? 0) > HALF && isCredible(r),
  );
  const [first, last] = [high[0], high.at(-1)];
  // One alone that nothing proves may be a damaged header.
  if (!first || !last || (high.length < 2 && first.state !== 'decrypted')) return [];
  const reached = high.reduce((most, r) => Math.max(most, r.sequenceNumber ?? 0), 0);
  const wrapped =
    reached >= END
      ? subject.records.find(
          (r) =>
            r.index > last.index &&
            r.sender === sender &&
            r.epoch === epoch &&
            r.mark !== 'duplicate' &&
            (r.sequenceNumber ?? AFTER_WRAP) < AFTER_WRAP &&
            isCredible(r),
        )
      : undefined;
  return [
    {
      title: wrapped
        ? `The record numbers of the ${sender} came round in epoch ${epoch}: numbers come twice under one key`
        : `The ${sender} is at record number ${reached} in epoch ${epoch}, of at most 2^48`,
      explanation: `The highest record number of the ${sender} in epoch ${epoch} is ${reached}, which leaves ${2 ** 48 - 1 - reached} until the end. ${
        wrapped
          ? `After it comes number ${wrapped.sequenceNumber} in the same epoch. With most ciphers a number that comes twice under one key gives away what it protects.`
          : reached >= END
            ? 'It ends soon: then the association has to be given up.'
            : 'More than half of all numbers are used up, or were skipped.'
      }`,
      evidence: [
        subject.evidence(first.index, `Record number ${first.sequenceNumber}`),
        ...(last === first ? [] : [subject.evidence(last.index, `Record number ${last.sequenceNumber}`)]),
        ...(wrapped ? [subject.evidence(wrapped.index, `Record number ${wrapped.sequenceNumber} after that`)] : []),
      ],
      certainty: first.state === 'decrypted' ? 'seen' : 'near-certain',
      ...(wrapped ? { severity: 'security' as const } : {}),
    },
  ];
}

const isCredible = ({ state, reason }: RecordFact): boolean =>
  state !== 'malformed' && reason !== 'authentication-failed';

function epochs(subject: Subject, { sender, epoch, firstPacket, startMs, records }: EpochView): Match {
  return {
    title: `The ${sender} is at epoch ${epoch}, of at most 65535`,
    explanation: `The ${sender} wrote ${records} records in epoch ${epoch}. Each renegotiation takes one, and ${65_535 - epoch} are left.`,
    evidence: [{ packet: firstPacket, timeMs: startMs, says: `The first record of epoch ${epoch}` }],
    certainty: subject.closedRecords === 0 ? 'seen' : 'near-certain',
  };
}
