/** K8: a record was changed on its way. */
import { alertDescriptionName } from '../../../dtls/registry.ts';
import { SENDERS } from '../../record-table.ts';
import { count, list, otherSender } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { arrivedMs } from './arrivals.ts';

export const corruptedRecord: Rule = {
  scope: 'association',
  id: 'corrupted-record',
  group: 'epochs',
  title: 'A record is damaged on its way',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.2.7', 'RFC 9147 §4.5.2'],
  advice:
    'Capture on both sides of every device on the path that may change packets: NAT, firewall, radio link. A wrong UDP checksum points at hardware.',
  alternatives: [
    'Somebody forged the record: then its number or its time does not fit the others.',
    'The record belongs to other keys than those given, such as those of an earlier association on these ports.',
    'The capturing machine damaged it, not the network: then the receiver answers it all the same.',
  ],
  looksLike:
    'With keys: a record that fails its check while the others of the same sender open. Without: a UDP checksum that is wrong.',
  why: 'A receiver drops in silence what fails its check, so damage looks like loss. In a handshake the flight is repeated; data is gone.',
  sample: 'openssl-corrupt-appdata.server.pcap',
  explains: [
    'flight-lost-and-recovered',
    'final-flight-lost-recovered',
    'partial-flight-held-up',
    'epoch-gap',
    'replay-window-drop',
    'plaintext-alert',
    'alert-ignored',
  ],
  check: damaged,
};

type Proof = 'points' | 'checksum' | 'keys';

interface Damaged {
  readonly record: RecordFact;
  readonly proof: Proof;
}

function damaged(subject: Subject): readonly Match[] {
  const found = damagedRecords(subject);
  const [first] = found;
  if (!first) return [];
  const { sender, epoch } = first.record;
  const last = found.at(-1) ?? first;
  const receiver = otherSender(sender);
  const n = found.length;
  const numbers = found.flatMap(({ record }) => record.sequenceNumber ?? []);
  const jump = jumpOf(subject, first);
  const whose = [...new Set(found.map((f) => f.record.sender))].join(' and the ');
  return [
    {
      title: jump
        ? `A record in the name of the ${sender} fails its check: forged or damaged, for its number is ${jump} above the others`
        : `${n === 1 ? 'A record' : `${n} records`} of the ${whose} ${n === 1 ? 'is' : 'are'} damaged on the way: ${TITLES[first.proof]}`,
      explanation: `${count(n, 'record')} of the ${whose}, the first in epoch ${epoch}${numbers.length > 0 ? `, number ${list(numbers)},` : ''} ${PROOFS[first.proof]} ${reaction(subject, first.record)}`,
      evidence: evidenceOf(subject, first, last, receiver),
      certainty: first.proof === 'points' ? 'seen' : 'near-certain',
      ...(endedIt(subject, found) ? { severity: 'failure' } : {}),
    },
  ];
}

/** By how much the number of a record that fails its check is above all before it; null where it is about what is due. */
function jumpOf({ records }: Subject, { record, proof }: Damaged): number | null {
  if (proof !== 'keys' || record.sequenceNumber === null) return null;
  let highest = -1;
  for (const r of records) {
    if (r.index >= record.index) break;
    if (r.side === record.side && r.epoch === record.epoch) highest = Math.max(highest, r.sequenceNumber ?? -1);
  }
  const jump = record.sequenceNumber - highest;
  return highest >= 0 && jump > WINDOW ? jump : null;
}

/** A sender that lost so many records in a row would be a wonder. */
const WINDOW = 64;

const TITLES: { readonly [proof in Proof]: string } = {
  points: 'the two capture points differ',
  checksum: 'the UDP checksum is wrong',
  keys: 'the check under its keys fails',
};

const PROOFS: { readonly [proof in Proof]: string } = {
  points: 'left the sender with other bytes than those that arrived.',
  checksum: 'came in a datagram whose UDP checksum does not fit its bytes.',
  keys: 'cannot be opened with the keys that open the others of the same sender.',
};

/** More that do not open than that do: other keys, and no damage. */
const MOST_SHARE = 0.5;

function damagedRecords(subject: Subject): readonly Damaged[] {
  const failing = subject.a.records.undecryptableReasons['authentication-failed'] > 0;
  const { surroundings } = subject.trace;
  if (!failing && surroundings.damaged.length === 0 && !subject.atTwoPoints) return [];
  const opened = failing ? openedByEpoch(subject) : new Map<number, Opened>();
  return subject.records.flatMap((record): Damaged[] => {
    const { capture, packet, transit } = subject.datagram(record.index);
    if (transit?.altered)
      return transit.sentNs === null && isAlteredHere(subject, record) ? [{ record, proof: 'points' }] : [];
    if (surroundings.isDamaged(capture, packet)) return [{ record, proof: 'checksum' }];
    if (record.reason !== 'authentication-failed' || record.mark === 'duplicate') return [];
    const { open, shut } = opened.get(record.epoch * 2 + record.side) ?? { open: 0, shut: 1 };
    return open > 0 && shut <= MOST_SHARE * (open + shut) ? [{ record, proof: 'keys' }] : [];
  });
}

interface Opened {
  open: number;
  shut: number;
}

function openedByEpoch({ records }: Subject): ReadonlyMap<number, Opened> {
  const opened = new Map<number, Opened>();
  for (const r of records) {
    if (r.epoch === 0 || r.mark === 'duplicate') continue;
    const key = r.epoch * 2 + r.side;
    const count = opened.get(key) ?? { open: 0, shut: 0 };
    opened.set(key, count);
    if (r.state === 'decrypted') count.open++;
    else if (r.reason === 'authentication-failed') count.shut++;
  }
  return opened;
}

/** Of a datagram that was altered, the record whose own bytes are not those that were sent. */
function isAlteredHere(subject: Subject, { index }: RecordFact): boolean {
  const { columns: c } = subject.trace.records;
  const original = c.repeats.get(index) - 1;
  if (original < 0) return true;
  const bytes = (record: number): Uint8Array => {
    const from = c.from.get(record);
    return subject.datagram(record).payload.subarray(from, from + c.length.get(record));
  };
  const [sent, arrived] = [bytes(original), bytes(index)];
  return sent.length !== arrived.length || sent.some((byte, i) => byte !== arrived[i]);
}

/** Its receiver refused the handshake right after what two points prove to be altered. */
function endedIt(subject: Subject, found: readonly Damaged[]): boolean {
  const alert = subject.endingAlert;
  if (!alert) return false;
  return found.some(({ record, proof }) => {
    const atMs = arrivedMs(subject, record.index);
    if (proof !== 'points' || atMs === null || record.sender === alert.sender || record.epoch > 0) return false;
    return alert.timeMs >= atMs && alert.timeMs - atMs < ANSWER_MS;
  });
}

/** An alert this soon after it answers it. */
const ANSWER_MS = 1000;

/** What its receiver made of it. */
function reaction(subject: Subject, record: RecordFact): string {
  const receiver = otherSender(record.sender);
  const alert = subject.analysed.state.alerts.find(
    (a) => a.record > record.index && SENDERS[a.side] === receiver && a.code !== 0,
  );
  if (alert) return `The ${receiver} then sends the alert ${alertDescriptionName(alert.code)}.`;
  if (record.flight > 0) return `The ${receiver} drops it, so the flight has to come again.`;
  return `The ${receiver} drops it and says nothing: what was in it is lost.`;
}

function evidenceOf(
  subject: Subject,
  { record }: Damaged,
  last: Damaged,
  receiver: string,
): readonly [Evidence, ...Evidence[]] {
  const again = subject.records.find(
    (r) =>
      r.index > record.index &&
      r.side === record.side &&
      r.flight === record.flight &&
      r.handshake === record.handshake &&
      r.transmission > record.transmission,
  );
  return [
    subject.evidence(record.index, `The damaged record, as it came to the ${receiver}`),
    ...(last.record === record ? [] : [subject.evidence(last.record.index, 'The last damaged one')]),
    ...(again && record.flight > 0 ? [subject.evidence(again.index, 'Its flight comes again')] : []),
  ];
}
