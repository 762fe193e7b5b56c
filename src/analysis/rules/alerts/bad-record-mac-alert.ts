/** J6: bad_record_mac, which DTLS allows but does not ask for. */
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import { alertDescriptionName } from '../../../dtls/registry.ts';
import type { AlertSeen } from '../../carried.ts';
import { SENDERS } from '../../record-table.ts';
import { duration, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const badRecordMacAlert: Rule = {
  scope: 'association',
  id: 'bad-record-mac-alert',
  group: 'alerts',
  title: 'A record cannot be decrypted, and its receiver ends the association for it',
  severity: 'failure',
  rank: 'alert',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.2.1', 'RFC 6347 §4.1.2.7', 'RFC 5246 §7.2.2'],
  advice:
    'If it happens in every handshake, compare the keys or secrets of both ends. If it happens once in a while, capture at both ends and look for what damages packets.',
  alternatives: [
    'The keys of the two ends differ: then every attempt ends like this.',
    'The record was damaged or forged on its way: then another attempt succeeds.',
    'One of the two stacks derives keys or computes its tags wrongly: then it fails with other peers too.',
  ],
  looksLike: 'The alert bad_record_mac (20) or decryption_failed (21), mostly right after the first encrypted record.',
  why: 'RFC 6347 lets a receiver drop what it cannot decrypt, or end the association with this alert. Most drop it; those that end it can be made to by one forged record.',
  sources: ['openthread#622', 'Mbed-TLS#227'],
  sample: 'mbedtls-fail-psk-mismatch.pcap',
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'alert-ignored', 'spoofable-alert-accepted', 'epoch-gap'],
  check: badMac,
};

const CANNOT_DECRYPT: readonly number[] = [20, 21];

function badMac(subject: Subject): readonly Match[] {
  const { alerts } = subject.analysed.state;
  const alert = alerts.find((a) => CANNOT_DECRYPT.includes(a.code));
  if (!alert) return [];
  const bad = suspect(subject, alert);
  return [subject.established ? later(subject, alert, bad) : inHandshake(subject, alert, bad)];
}

/** The last protected record of the peer before the alert; one that does not open comes first. */
function suspect(subject: Subject, alert: AlertSeen): RecordFact | undefined {
  const before = subject.records.filter((r) => r.index < alert.record && r.side !== alert.side && r.epoch > 0);
  return before.findLast((r) => r.reason === 'authentication-failed') ?? before.at(-1);
}

function inHandshake(subject: Subject, alert: AlertSeen, bad: RecordFact | undefined): Match {
  const who = SENDERS[alert.side] ?? 'client';
  const peer = otherSender(who);
  const name = alertDescriptionName(alert.code);
  const what = bad?.contentType === CONTENT_TYPE.handshake ? 'Finished' : 'first encrypted record';
  return {
    title: `The ${who} cannot decrypt the ${peer}'s ${what} and ends the handshake with ${name}`,
    explanation: `The ${who} sends the alert ${name}${
      bad
        ? `, ${duration(subject.trace.timeMs(alert.record) - bad.timeMs)} after record ${bad.index + 1} of the ${peer}, the last one under keys`
        : ''
    }. ${keysSay(who, bad)}`,
    evidence: evidence(subject, alert, bad),
    certainty: 'seen',
  };
}

function later(subject: Subject, alert: AlertSeen, bad: RecordFact | undefined): Match {
  const who = SENDERS[alert.side] ?? 'client';
  const name = alertDescriptionName(alert.code);
  return {
    title: `The ${who} ends a working association with ${name}, because of a record it cannot decrypt`,
    explanation: `The association was established and in use. Then the ${who} sent the alert ${name}. ${keysSay(who, bad)} A receiver may drop such a record instead and go on.`,
    evidence: evidence(subject, alert, bad),
    certainty: 'seen',
    severity: 'warning',
    advice:
      'Set the stack to drop records that fail their check, or raise the number it tolerates. Then look for what damages packets on the path.',
  };
}

function keysSay(who: string, bad: RecordFact | undefined): string {
  if (!bad) return 'No encrypted record of its peer was captured before it.';
  if (bad.reason === 'authentication-failed')
    return `With the keys given here record ${bad.index + 1} does not open either: it was damaged, or written with another key.`;
  if (bad.state === 'decrypted')
    return `With the keys given here record ${bad.index + 1} opens, so it is intact as captured: the ${who} has other keys, or got it damaged.`;
  return 'Without keys it cannot be told whether that record is damaged or written with another key.';
}

function evidence(subject: Subject, alert: AlertSeen, bad: RecordFact | undefined): Match['evidence'] {
  const says = `The alert ${alertDescriptionName(alert.code)} of the ${SENDERS[alert.side] ?? 'client'}`;
  return [
    subject.evidence(alert.record, says),
    ...(bad ? [subject.evidence(bad.index, 'The encrypted record before it')] : []),
  ];
}
