/** J3: an alert under keys, directly after the handshake or in place of its end. */
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import type { Side } from '../../record-table.ts';
import { milliseconds, otherSender } from '../../words.ts';
import { hasDataBefore, isAlert, isData, isOriginal } from '../reassociation/protected-records.ts';
import type { Match, Rule } from '../rule.ts';
import type { EndingAlert, RecordFact, Subject } from '../subject.ts';
import { causeOf } from './alert-causes.ts';
import { answersSentence } from './answered-message.ts';

export const encryptedAlertEndedIt: Rule = {
  scope: 'association',
  id: 'encrypted-alert-ended-it',
  group: 'alerts',
  title: 'An encrypted alert ends the handshake or follows it at once',
  severity: 'failure',
  rank: 'alert',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.2', 'RFC 8446 §6', 'RFC 9147 §5.10'],
  advice: 'Give the key log: it names the alert. Or read the log of the side that sent it.',
  alternatives: [
    'Without keys a close_notify looks like any other alert: the program may simply have ended.',
    'In DTLS 1.3 the content type is hidden too, and only the length says that it is an alert: padding can make it lie.',
  ],
  looksLike:
    'A record of content type 21 under keys (in DTLS 1.3 a record of two bytes of content) right after the Finished or in its place, and nothing more of its sender.',
  why: 'In DTLS 1.3 certificates are checked under keys, so the refusal is encrypted. In DTLS 1.2 it is what a program finds out only after the handshake.',
  sample: 'wolfssl13-fail-expired-cert.pcap',
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'no-close-notify', 'epoch-gap'],
  check: encryptedAlert,
};

/** The catalogue's "directly after". */
const AT_ONCE_MS = 1000;
const HANDSHAKE_EPOCH_13 = 2;

function encryptedAlert(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert) return alert.epoch > 0 ? [named(subject, alert)] : [];
  if (subject.closedRecords === 0 || subject.handshakes.length === 0) return [];
  return subject.is13 ? inPlaceOfTheEnd(subject) : afterFinished(subject);
}

function named(subject: Subject, alert: EndingAlert): Match {
  const { means, usual, advice } = causeOf(alert.code);
  return {
    title: `The ${alert.sender} ends the handshake with the encrypted alert ${alert.name}`,
    explanation: `The ${alert.sender} sends the alert ${alert.name} (${alert.code}) under the keys of epoch ${alert.epoch}. It says that ${means}. ${answersSentence(subject, alert)} Usual causes: ${usual.join('; ')}.`,
    evidence: [subject.evidence(alert.record, `The alert ${alert.name} of the ${alert.sender}`)],
    certainty: 'seen',
    advice:
      advice ??
      'Read the log of the side that sent the alert: it knows more than the code says. Then compare what it requires with what its peer sent.',
  };
}

/** DTLS 1.3, and closed: the only record of its size that a side sends in an epoch in which something longer is due. */
function inPlaceOfTheEnd(subject: Subject): readonly Match[] {
  if (subject.established) return [];
  for (const side of [0, 1] as const) {
    const index = subject.sorted.lastOriginal(side);
    const last = index === null ? null : subject.fact(index);
    if (last?.state !== 'undecryptable' || last.epoch < HANDSHAKE_EPOCH_13 || !isAlert(subject, last)) continue;
    const inHandshake = last.epoch === HANDSHAKE_EPOCH_13;
    // Under application keys it counts only where nothing else was written there.
    if (!inHandshake && hasOthersUnderApplicationKeys(subject, last)) continue;
    return [
      {
        title: `The ${last.sender} seems to end the handshake with an encrypted alert`,
        explanation: `The last record of the ${last.sender} is encrypted and has ${last.length} bytes: room for an alert, but for no handshake message${
          inHandshake ? ' and for no useful ACK' : ''
        }. It comes where the ${last.sender} should have ${last.side === 0 ? 'sent its Finished' : "acknowledged the client's Finished"}. Which alert it is only the key log tells; often it refuses a certificate.`,
        evidence: [subject.evidence(last.index, `A record of the size of an alert, the last of the ${last.sender}`)],
        certainty: inHandshake ? 'near-certain' : 'inferred',
      },
    ];
  }
  return [];
}

function hasOthersUnderApplicationKeys({ sorted }: Subject, last: RecordFact): boolean {
  return sorted.streams.some((s) => s.epoch > HANDSHAKE_EPOCH_13 && s.records.some((r) => r !== last.index));
}

/** DTLS 1.2: the content type is in the clear, the alert is not. */
function afterFinished(subject: Subject): readonly Match[] {
  const alert = subject.others.find((r) => r.contentType === CONTENT_TYPE.alert && r.epoch > 0 && isOriginal(r));
  if (alert?.state !== 'undecryptable' || hasDataBefore(subject, alert.index)) return [];
  const finished = subject.others.findLast((r) => r.index < alert.index && isClosedOrOpenFinished(r));
  if (!finished || alert.timeMs - finished.timeMs > AT_ONCE_MS || isAnswered(subject, alert)) return [];
  const name = `an encrypted alert ${milliseconds(alert.timeMs - finished.timeMs)} after the last Finished`;
  const peer = otherSender(alert.sender);
  return [
    {
      title: subject.established
        ? `The ${alert.sender} sends ${name}, before any data: a close or a refusal`
        : `The ${alert.sender} ends the handshake with ${name}`,
      explanation: `The ${alert.sender} sends an alert under the new keys before any data went either way, and the ${peer} does not answer it with one of its own. Whether it is close_notify or says what went wrong, only keys tell. A certificate that is checked after the handshake is often refused like this.`,
      evidence: [
        subject.evidence(alert.index, `The alert of the ${alert.sender}`),
        subject.evidence(finished.index, 'The last Finished before it'),
      ],
      certainty: 'inferred',
      ...(subject.established ? { severity: 'note' } : {}),
    },
  ];
}

const isClosedOrOpenFinished = (r: RecordFact): boolean => r.epoch > 0 && r.contentType === CONTENT_TYPE.handshake;

/** The other side closes too, or goes on. */
function isAnswered(subject: Subject, alert: RecordFact): boolean {
  const peer: Side = alert.side === 0 ? 1 : 0;
  return subject.records.some(
    (r) =>
      r.index > alert.index &&
      r.side === peer &&
      r.epoch > 0 &&
      (r.contentType === CONTENT_TYPE.alert || isData(subject, r)),
  );
}
