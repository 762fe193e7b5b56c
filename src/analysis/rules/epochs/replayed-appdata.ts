/** K7: the same protected record again, long after. */
import { count, duration, endpointText, otherSender } from '../../words.ts';
import { isAfterHandshake, isAlert } from '../reassociation/protected-records.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { copiedBy, inOrderedCarrier } from './arrivals.ts';

export const replayedAppdata: Rule = {
  scope: 'association',
  id: 'replayed-appdata',
  group: 'epochs',
  title: 'Somebody sends a protected record again that was sent before',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1.2.6', 'RFC 9147 §4.5.1', 'RFC 9147 §11'],
  advice:
    'Check that the protection against replay is switched on at the receiver: it may be disabled in DTLS. Then find out who can write into this path.',
  alternatives: [
    'The network held a copy back for that long, which is rare.',
    'Somebody played a capture back on this network, such as a test tool.',
  ],
  looksLike: 'Epoch, number and bytes of an earlier record once more, later than networks deliver copies.',
  why: 'Whoever can read a packet can send it again. The window against replay drops it; without one the command in it is done twice.',
  sample: 'G_replayed_record.pcap',
  check: replays,
};

function replays(subject: Subject): readonly Match[] {
  if (subject.a.records.duplicate === 0 || inOrderedCarrier(subject)) return [];
  const replayed = subject.records.filter(
    (r) => r.mark === 'duplicate' && isAfterHandshake(subject, r) && !isAlert(subject, r) && isReplay(subject, r),
  );
  const [first] = replayed;
  if (!first) return [];
  const original = originalOf(subject, first);
  const [source, before] = [subject.datagram(first.index).source, subject.datagram(original.index).source];
  const elsewhere = endpointText(source) !== endpointText(before);
  const receiver = otherSender(first.sender);
  const answered = subject.records.find(
    (r) => r.index > first.index && r.side !== first.side && isAfterHandshake(subject, r),
  );
  return [
    {
      title: `A record of the ${first.sender} comes again ${duration(first.timeMs - original.timeMs)} after it was sent${elsewhere ? `, from ${endpointText(source)}` : ''}: a replay`,
      explanation: `${count(replayed.length, 'protected record')} of the ${first.sender} came again with the same number and the same bytes, the first ${duration(first.timeMs - original.timeMs)} after the original. ${
        elsewhere ? `It came from ${endpointText(source)} and not from ${endpointText(before)}. ` : ''
      }Networks deliver copies sooner, and no stack repeats data under the same number. ${
        answered
          ? `The ${receiver} sends something ${duration(answered.timeMs - first.timeMs)} later: whether that answers the replay, only its content tells.`
          : `The ${receiver} sends nothing after it, so it seems to have dropped it.`
      }`,
      evidence: [
        subject.evidence(original.index, 'The record as it was sent'),
        subject.evidence(first.index, 'The same record again'),
      ],
      certainty: 'near-certain',
    },
  ];
}

function isReplay(subject: Subject, { index }: RecordFact): boolean {
  return copiedBy(subject, index) === 'replay';
}

function originalOf(subject: Subject, { index }: RecordFact): RecordFact {
  const original = subject.trace.records.columns.repeats.get(index);
  return subject.fact(original > 0 ? original - 1 : index);
}
