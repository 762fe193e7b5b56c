/** K6: datagrams that the network delivered twice. */
import { count, list, milliseconds, otherSender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { arrivedMs, copiedBy, inOrderedCarrier } from './arrivals.ts';

export const duplicateByNetwork: Rule = {
  scope: 'association',
  id: 'duplicate-by-network',
  group: 'epochs',
  title: 'The network delivers datagrams twice',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1.2.6', 'RFC 9147 §4.5.1'],
  advice: 'Nothing to do: DTLS drops copies by their record number. If all is doubled, look for a loop or a bridge.',
  alternatives: [
    'The capture shows each packet twice, as on a mirror port: then the copies are too regular, and their IP headers differ.',
    'Somebody replays packets: then the copies come later, and mostly of one kind.',
    'The sender repeats under used numbers: then the copy follows its timer.',
  ],
  looksLike:
    'The same record number and the same bytes twice within milliseconds, in one IP packet with the same identification.',
  why: 'Radio links, bridges and failing routers repeat packets. A retransmission by the stack would have a new record number.',
  sample: 'openssl-dup-all.server.pcap',
  check: copies,
};

function copies(subject: Subject): readonly Match[] {
  if (subject.a.records.duplicate === 0 || inOrderedCarrier(subject)) return [];
  const copied = subject.records.filter((r) => r.mark === 'duplicate' && copiedBy(subject, r.index) === 'network');
  const [first] = copied;
  if (!first) return [];
  const { columns: c } = subject.trace.records;
  const copies = new Set(copied.map((r) => c.datagram.get(r.index))).size;
  const datagrams = new Set(copied.map((r) => c.datagram.get(originalOf(subject, r).index))).size;
  const receivers = [...new Set(copied.map((r) => otherSender(r.sender)))];
  const afterMs = copied.reduce((most, r) => Math.max(most, r.timeMs - firstArrivalMs(subject, r)), 0);
  return [
    {
      title: `${howOften(datagrams, copies)}, at most ${milliseconds(afterMs)} later: the network copied ${datagrams === 1 ? 'it' : 'them'}`,
      explanation: `${count(copied.length, 'record')} came again with the same number and the same bytes. No stack writes the same record twice, so the copies were made on the way. The ${list(receivers)} has to drop them.`,
      evidence: [
        subject.evidence(originalOf(subject, first).index, 'The record'),
        subject.evidence(first.index, 'The same again'),
      ],
      certainty: 'near-certain',
    },
  ];
}

function howOften(datagrams: number, copies: number): string {
  if (datagrams === 1) return `A datagram arrives ${times(copies + 1)}`;
  if (datagrams === copies) return `${datagrams} datagrams arrive twice`;
  return `${datagrams} datagrams arrive again, ${copies} times in all`;
}

function firstArrivalMs(subject: Subject, copy: RecordFact): number {
  const original = originalOf(subject, copy);
  return arrivedMs(subject, original.index) ?? original.timeMs;
}

function originalOf(subject: Subject, { index }: RecordFact): RecordFact {
  const original = subject.trace.records.columns.repeats.get(index);
  return subject.fact(original > 0 ? original - 1 : index);
}
