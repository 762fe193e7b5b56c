/** J4: an alert that anybody could have sent ended an association that had keys. */
import { alertDescriptionName } from '../../../dtls/registry.ts';
import type { AlertSeen } from '../../carried.ts';
import { SENDERS, type Side } from '../../record-table.ts';
import { count, duration } from '../../words.ts';
import { isAfterHandshake, isOriginal } from '../reassociation/protected-records.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const spoofableAlertAccepted: Rule = {
  scope: 'association',
  id: 'spoofable-alert-accepted',
  group: 'alerts',
  title: 'An unprotected alert ends an association that has keys',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1.2.7', 'RFC 9147 §4.5.2', 'RFC 9147 §5.10'],
  advice:
    'Once keys are in use, have the stack drop alerts in epoch 0. Anybody who can send a packet from the address of the peer could end the association with one.',
  alternatives: [
    'The peer did lose its state and says so the only way it can: then it answers nothing under the old keys either.',
    'The program wanted to stop at that moment: then its log knows nothing of an alert.',
  ],
  looksLike: 'An alert in epoch 0 after both sides wrote under keys, and from then on silence of the side that got it.',
  why: 'An alert in the clear has no proof of its origin. A stack that obeys it after the handshake can be shut down with one forged packet.',
  check: accepted,
};

const FATAL = 2;
const CLOSE_NOTIFY = 0;
/** A side that was heard before is silent for so long: it stopped. */
const STOPPED_MS = 3000;

function accepted(subject: Subject): readonly Match[] {
  const alerts = subject.analysed.state.alerts.filter(
    (a) => a.epoch === 0 && (a.level === FATAL || a.code === CLOSE_NOTIFY),
  );
  if (alerts.length === 0 || !subject.established) return [];
  const alert = alerts.find((a) => ([0, 1] as const).every((side) => wroteBefore(subject, side, a.record)));
  return alert ? obeyed(subject, alert) : [];
}

const wroteBefore = (subject: Subject, side: Side, record: number): boolean =>
  subject.records.some((r) => r.index < record && r.side === side && isAfterHandshake(subject, r));

function obeyed(subject: Subject, alert: AlertSeen): readonly Match[] {
  const receiver: Side = alert.side === 0 ? 1 : 0;
  const timeMs = subject.trace.timeMs(alert.record);
  const after = subject.records.filter((r) => r.index > alert.record && isOriginal(r) && isAfterHandshake(subject, r));
  if (after.some((r) => r.side === receiver)) return [];
  const named = after.filter((r) => r.side === alert.side);
  const starts = subject.all
    .onQuartet(subject)
    .find((other) => other.a.startMs > timeMs && other.a.startMs - timeMs < STOPPED_MS);
  if (named.length === 0 && !starts && !subject.watched(timeMs, STOPPED_MS)) return [];
  const [from, to] = [SENDERS[alert.side] ?? 'client', SENDERS[receiver] ?? 'server'];
  const name = alertDescriptionName(alert.code);
  const [next] = named;
  return [
    {
      title: `The ${to} stops after the unprotected alert ${name}, which anybody could have sent`,
      explanation: `Both sides had written under keys when the alert ${name} came in epoch 0, from the address of the ${from}. The ${to} sends nothing under its keys after that${
        next
          ? `, while the ${from} goes on (${count(named.length, 'record')}): the alert was not its own`
          : starts
            ? `, and ${duration(starts.a.startMs - timeMs)} later a new handshake begins`
            : `, and neither does the ${from}`
      }.`,
      evidence: [
        subject.evidence(alert.record, `The alert ${name} in epoch 0`),
        ...(next ? [subject.evidence(next.index, `The ${from} still writes under its keys`)] : []),
      ],
      certainty: next ? 'near-certain' : 'inferred',
    },
  ];
}
