/** F8: what was sent again has the record number of the first time, so the receiver takes it for a replay. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { DUPLICATE_ORIGINS } from '../../record-table.ts';
import { duration } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const retransmissionReusesRecordNumber: Rule = {
  scope: 'association',
  id: 'retransmission-reuses-record-number',
  group: 'loss',
  title: 'Repeats have the record numbers of the first transmission',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1', 'RFC 6347 §4.1.2.6'],
  advice: 'Give every transmission a new record sequence_number. Only message_seq stays the same.',
  alternatives: [
    'The network doubled the datagram: then both copies have one IP identification and lie close together.',
    'Somebody replays what was captured before: then it follows no timer.',
  ],
  looksLike: 'Byte-identical records, a timer apart, in new IP packets.',
  why: 'The receiver’s anti-replay window drops a number that it has seen, so the repeat is of no use once the first copy arrived.',
  sources: ['werift flight.ts', 'zephyr#49071', 'wolfssl#7273'],
  check: reused,
};

/** What comes sooner follows no timer: a proxy or a relay that sends twice makes new IP packets as well. */
const SHORTEST_TIMER_MS = 40;
const REUSED_NUMBER = DUPLICATE_ORIGINS.indexOf('reused-number') + 1;

/** A stateless server answers every ClientHello under the ClientHello's own number (RFC 6347 §4.2.1). */
function copiesNumber(subject: Subject, record: number): boolean {
  return subject
    .carried(record)
    .some(
      (c) =>
        c.kind === 'fragment' &&
        (c.type === HANDSHAKE_TYPE.helloVerifyRequest || c.type === HANDSHAKE_TYPE.serverHello),
    );
}

function reused(subject: Subject): readonly Match[] {
  if (subject.a.records.duplicate === 0) return [];
  const c = subject.trace.records.columns;
  const gapOf = (index: number) =>
    subject.trace.timeMs(index) - subject.trace.timeMs(Math.max(0, c.repeats.get(index) - 1));
  const copies = subject.records.filter(
    (r) =>
      c.duplicateOrigin.get(r.index) === REUSED_NUMBER &&
      gapOf(r.index) >= SHORTEST_TIMER_MS &&
      !copiesNumber(subject, r.index),
  );
  const [first] = copies;
  if (!first) return [];
  const original = c.repeats.get(first.index) - 1;
  const gap = first.timeMs - subject.trace.timeMs(Math.max(0, original));
  return [
    {
      title: `The ${first.sender} repeats records under their old numbers`,
      explanation: `${copies.length === 1 ? 'One record was' : `${copies.length} records were`} sent again byte for byte, number included, the first after ${duration(gap)}. A receiver that has the first copy throws the repeat away as a replay.`,
      evidence: [
        subject.evidence(first.index, 'The same record again, in a new packet'),
        ...(original >= 0 ? [subject.evidence(original, 'The record for the first time')] : []),
      ],
      certainty: 'near-certain',
    },
  ];
}
