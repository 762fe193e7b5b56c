/** J1: an alert in the clear says why the handshake ended. */
import { alertDescriptionName } from '../../../dtls/registry.ts';
import type { AlertSeen } from '../../carried.ts';
import { SENDERS } from '../../record-table.ts';
import { otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { EndingAlert, Subject } from '../subject.ts';
import { causeOf } from './alert-causes.ts';
import { answeredMessage, answersSentence, isAnswer } from './answered-message.ts';

export const plaintextAlert: Rule = {
  scope: 'association',
  id: 'plaintext-alert',
  group: 'alerts',
  title: 'An alert ends the handshake and says why',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 5246 §7.2', 'RFC 8446 §6', 'RFC 9147 §5.10'],
  advice:
    'Read the log of the side that sent the alert: it knows more than the code says. Then compare what that side requires with what its peer sent.',
  alternatives: [
    'Anybody could forge an alert in the clear: then the side it seems to come from goes on as if nothing had been.',
  ],
  looksLike: 'A record of content type 21 and two bytes in epoch 0, before the handshake is done.',
  why: 'Whoever cannot go on says so with an alert and forgets the association. The code names the reason, often roughly.',
  sources: ['tradfri-client#351'],
  sample: 'openssl-fail-unknown-ca.pcap',
  explains: ['alert-ignored', 'gave-up', 'no-close-notify', 'epoch-gap'],
  check: alertInTheClear,
};

const CLOSE_NOTIFY = 0;
const USER_CANCELED = 90;
const FATAL = 2;
/** One of each side, and what an answer to it may add. */
const MOST = 3;

function alertInTheClear(subject: Subject): readonly Match[] {
  const { alerts } = subject.analysed.state;
  if (alerts.length === 0) return [];
  const told = new Set<string>();
  const matches: Match[] = [];
  for (const alert of alerts) {
    const key = `${alert.side} ${alert.code}`;
    if (alert.epoch > 0 || told.has(key)) continue;
    told.add(key);
    matches.push(match(subject, alert));
    if (matches.length === MOST) break;
  }
  return matches;
}

function match(subject: Subject, seen: AlertSeen): Match {
  const who = SENDERS[seen.side] ?? 'client';
  const name = alertDescriptionName(seen.code);
  const alert: EndingAlert = {
    record: seen.record,
    sender: who,
    code: seen.code,
    name,
    epoch: 0,
    timeMs: subject.trace.timeMs(seen.record),
  };
  const fatal = isFatal(subject, seen);
  const answered = answeredMessage(subject, alert);
  const { means, usual, advice } = causeOf(seen.code);
  return {
    title: titleOf(alert, fatal, answered && isAnswer(subject, alert, answered) ? answered.name : null),
    explanation: `The ${who} sends the ${fatal ? 'fatal alert' : 'alert'} ${name} (${seen.code}) in the clear. It says that ${means}. ${answersSentence(subject, alert)} Usual causes: ${usual.join('; ')}.`,
    evidence: [
      subject.evidence(seen.record, `The alert ${name} of the ${who}`),
      ...(answered
        ? [subject.evidence(answered.record, `The last message of the ${otherSender(who)} before it: ${answered.name}`)]
        : []),
    ],
    certainty: 'seen',
    ...(fatal ? {} : { severity: 'note' }),
    ...(advice && fatal ? { advice } : {}),
    ...(fatal
      ? {}
      : { advice: 'Look for what the sender waited for in vain: a close in the clear is mostly a consequence.' }),
  };
}

function titleOf({ sender, code, name }: EndingAlert, fatal: boolean, answered: string | null): string {
  if (code === CLOSE_NOTIFY) return `The ${sender} closes before the handshake is done`;
  const to = answered ? `, in answer to ${answered}` : '';
  return fatal
    ? `The ${sender} ends the handshake with the alert ${name}${to}`
    : `The ${sender} warns with the alert ${name}${to}`;
}

/** DTLS 1.3 gives the level no meaning (RFC 8446 §6). */
function isFatal({ is13 }: Subject, { level, code }: AlertSeen): boolean {
  if (code === CLOSE_NOTIFY || code === USER_CANCELED) return false;
  return level === FATAL || is13;
}
