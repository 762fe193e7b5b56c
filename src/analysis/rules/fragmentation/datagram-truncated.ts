/** E8: a record is longer than its datagram, and the capture did not cut it. */
import { count, duration, list, otherSender } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { sizeOf } from './datagram-sizes.ts';

export const datagramTruncated: Rule = {
  scope: 'association',
  id: 'datagram-truncated',
  group: 'fragmentation',
  title: 'A record is longer than the datagram that carries it',
  severity: 'warning',
  rank: 'proof',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1.2.7', 'RFC 9147 §4.5.2'],
  advice:
    'Look for what cuts datagrams between sender and capture: a buffer that is too small in a proxy, relay or driver. Datagrams cut at the same size point to it.',
  alternatives: [
    'The length field is wrong, by damage or a faulty sender: then the datagram is whole and its checksum may tell.',
    'Bytes that only look like a record: then the sender uses this port for something else too.',
  ],
  looksLike:
    'The length in a record header goes beyond the end of the UDP datagram, though the capture has all of that.',
  why: 'Whoever forwards datagrams and reads them into too short a buffer cuts their end off. The receiver drops such a record in silence.',
  sample: 'openssl-truncate-flight4.client.pcap',
  explains: [
    'flight-lost-and-recovered',
    'final-flight-lost-recovered',
    'partial-flight-held-up',
    'corrupted-record',
    'epoch-gap',
  ],
  check: cutRecords,
};

interface CutRecord {
  readonly record: RecordFact;
  /** With the header, as the header says. */
  readonly promised: number;
}

function cutRecords(subject: Subject): readonly Match[] {
  if (subject.a.records.malformed === 0) return [];
  const found = subject.others.flatMap((record): CutRecord[] => {
    const promised = record.state === 'malformed' ? promisedLength(subject, record) : null;
    return promised !== null && promised > record.length ? [{ record, promised }] : [];
  });
  const [first] = found;
  return first ? [match(subject, first, found)] : [];
}

const HEADER = 13;
const LEAST_TYPE = 20;
const MOST_TYPE = 27;
const WITH_CID = 25;

/** Header and length of a record that the datagram ends before; null where the capture cut it, or nothing tells. */
function promisedLength(subject: Subject, { index, length }: RecordFact): number | null {
  const { payload, missing } = subject.datagram(index);
  const from = subject.trace.records.columns.from.get(index);
  if (missing > 0 || from + length < payload.length) return null;
  const type = payload[from] ?? 0;
  if (type >= LEAST_TYPE && type <= MOST_TYPE && type !== WITH_CID)
    return length >= HEADER ? HEADER + uint16(payload, from + HEADER - 2) : null;
  // The unified header of DTLS 1.3 without connection ID and with a length (RFC 9147 §4).
  if (type >> 5 !== 0b001 || (type & 0x14) !== 0x04) return null;
  const header = type & 0x08 ? 5 : 4;
  return length >= header ? header + uint16(payload, from + header - 2) : null;
}

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

function match(subject: Subject, first: CutRecord, found: readonly CutRecord[]): Match {
  const { record, promised } = first;
  const n = found.length;
  const sizes = [...new Set(found.map((f) => sizeOf(subject, f.record.index)))];
  const whose = [...new Set(found.map((f) => f.record.sender))].join(' and the ');
  const again = subject.records.find(
    (r) => r.handshake === record.handshake && r.flight === record.flight && r.transmission > record.transmission,
  );
  const stuck = record.flight > 0 && subject.unfinished && n > 1;
  return {
    title:
      n === 1
        ? `A datagram of the ${record.sender} ends ${count(promised - record.length, 'byte')} before its record does`
        : `${n} datagrams of the ${whose} end before their records do`,
    explanation: `The record in packet ${subject.trace.packetOf(record.index)} says that it has ${count(promised, 'byte')} with its header, and the datagram ends after ${record.length} of them. The capture has all of the datagram, so it was cut before it got here.${
      n > 1 && sizes.length === 1 ? ` All ${n} are cut to ${count(sizes[0] ?? 0, 'byte')}.` : ''
    }${n > 1 && sizes.length > 1 ? ` They are cut to ${list(sizes, 4)} bytes.` : ''} ${
      record.flight > 0 && again
        ? `The ${otherSender(record.sender)} drops it; the flight comes again ${duration(again.timeMs - record.timeMs)} later.`
        : record.flight > 0
          ? `The ${otherSender(record.sender)} drops it, and the flight is incomplete.`
          : `The ${otherSender(record.sender)} drops it, and what it carried is gone.`
    }`,
    evidence: [
      subject.evidence(record.index, `${promised} bytes promised, ${record.length} there`),
      ...found
        .slice(1, 3)
        .map(
          (f): Evidence => subject.evidence(f.record.index, `${f.promised} bytes promised, ${f.record.length} there`),
        ),
      ...(again ? [subject.evidence(again.index, 'Sent again')] : []),
    ],
    certainty: 'seen',
    severity: stuck ? 'failure' : 'warning',
  };
}
