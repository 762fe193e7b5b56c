/** K4: records arrive in another order than they were sent. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { count, milliseconds } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { arrivedMs, goesOnCounting, inOrderedCarrier, isNumbered } from './arrivals.ts';

export const reordering: Rule = {
  scope: 'association',
  id: 'reordering',
  group: 'epochs',
  title: 'Records arrive out of order',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.2.6', 'RFC 6347 §4.2.2', 'RFC 9147 §4.5.1'],
  advice:
    'Nothing to do as long as it goes well: DTLS puts messages in order by their message_seq. If it is frequent, look for load balancing by packet.',
  alternatives: [
    'The capture shows packets in another order than they came, as several queues of a network card may do.',
    'The sender writes its records out of order: then a capture at the sender shows the same.',
  ],
  looksLike: 'Record numbers of one sender and epoch that go down.',
  why: 'UDP promises no order. Several paths or queues deliver a later datagram first.',
  sample: 'openssl-reorder-cert-fragments.client.pcap',
  check: outOfOrder,
};

/** RFC 6347 §4.1.2.6: a window of 64 is preferred, and older records are dropped. */
const WINDOW = 64;

interface Late {
  readonly record: RecordFact;
  /** The first that overtook it, and the highest of all. */
  readonly overtook: RecordFact;
  readonly before: RecordFact;
  /** Places by its number, but no more than there are records. */
  readonly places: number;
  /** Records with rising numbers that came before it. */
  readonly overtakers: number;
}

/** Of the 64 or more that came before it, so many at least are in the capture. */
const MANY = 32;

function outOfOrder(subject: Subject): readonly Match[] {
  const twoPoints = subject.atTwoPoints;
  if ((subject.a.records.reordered === 0 && !twoPoints) || inOrderedCarrier(subject)) return [];
  const late = lateRecords(subject, twoPoints);
  const [first] = late;
  if (!first) return [];
  const deepest = late.reduce((x, y) => (y.places > x.places ? y : x));
  const longest = late.reduce((x, y) => (latenessMs(y) > latenessMs(x) ? y : x));
  const senders = [...new Set(late.map((l) => l.record.sender))];
  // In epoch 0 there is nothing to protect, and many stacks keep no window there.
  const dropped =
    deepest.record.epoch > 0 &&
    deepest.overtakers >= MANY &&
    (deepest.before.sequenceNumber ?? 0) - (deepest.record.sequenceNumber ?? 0) > WINDOW;
  return [
    {
      title: `${count(late.length, 'record')} of ${senders.length > 1 ? 'client and server' : `the ${senders[0]}`} ${late.length === 1 ? 'arrives' : 'arrive'} out of order, at most ${count(deepest.places, 'place')} and ${milliseconds(latenessMs(longest))} late`,
      explanation: `${late.length === 1 ? 'A record was' : `${late.length} records were`} overtaken by later ones of the same sender. The furthest, number ${deepest.record.sequenceNumber} of epoch ${deepest.record.epoch}, came after number ${deepest.before.sequenceNumber}. ${
        dropped
          ? `That is beyond the window of ${WINDOW} that receivers keep against replay, so it will be dropped.`
          : 'That is within the window that receivers keep against replay.'
      }`,
      evidence: [
        subject.evidence(first.overtook.index, `Number ${first.overtook.sequenceNumber} comes first`),
        subject.evidence(first.record.index, `Number ${first.record.sequenceNumber} comes after it`),
        ...(deepest === first ? [] : [subject.evidence(deepest.record.index, 'The furthest out of its place')]),
      ],
      certainty: 'seen',
      ...(dropped ? { severity: 'warning' } : {}),
    },
  ];
}

const latenessMs = ({ record, overtook }: Late): number => record.timeMs - overtook.timeMs;

/** With two points in the order and at the times of arrival, without what never got there. */
function arrived(subject: Subject): readonly RecordFact[] {
  return subject.records
    .flatMap((r) => {
      const timeMs = arrivedMs(subject, r.index);
      return timeMs === null || copiesNumber(subject, r) ? [] : [{ ...r, timeMs }];
    })
    .sort((x, y) => x.timeMs - y.timeMs || x.index - y.index);
}

/** HelloVerifyRequest has the number of the ClientHello that it answers. */
const copiesNumber = (subject: Subject, { index }: RecordFact): boolean =>
  subject.carried(index).some((item) => item.kind === 'fragment' && item.type === HANDSHAKE_TYPE.helloVerifyRequest);

/** With the first record that overtook each of them, and by how much the highest did. */
function lateRecords(subject: Subject, twoPoints: boolean): readonly Late[] {
  const late: Late[] = [];
  const highest = new Map<number, RecordFact[]>();
  const counts = new Map<number, number>();
  for (const record of twoPoints ? arrived(subject) : subject.records) {
    if (!isNumbered(record) || record.sequenceNumber === null) continue;
    const key = record.epoch * 2 + record.side;
    const rising = highest.get(key) ?? [];
    highest.set(key, rising);
    const seen = counts.get(key) ?? 0;
    counts.set(key, seen + 1);
    const top = rising.at(-1);
    const isLate = twoPoints ? record.sequenceNumber < (top?.sequenceNumber ?? -1) : record.mark === 'reordered';
    if (isLate && top) {
      const at = firstAbove(rising, record.sequenceNumber);
      const places = Math.min((top.sequenceNumber ?? 0) - record.sequenceNumber, seen);
      late.push({ record, overtook: rising[at] ?? top, before: top, places, overtakers: rising.length - at });
    } else if (!top || record.sequenceNumber > (top.sequenceNumber ?? 0)) rising.push(record);
  }
  const ownCounters = new Map<number, boolean>();
  return late.filter(({ record: { side, epoch } }) => {
    const key = epoch * 2 + side;
    const known = ownCounters.get(key) ?? goesOnCounting(subject, side, epoch) !== null;
    ownCounters.set(key, known);
    // Its sender has two counters for this epoch, so its numbers do not tell.
    return !known;
  });
}

/** Of records with rising numbers, the place of the first with a higher one. */
function firstAbove(rising: readonly RecordFact[], number: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle]?.sequenceNumber ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
