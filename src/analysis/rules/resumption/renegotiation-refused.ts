/** I4: one side wants to renegotiate, and the other refuses. */
import { count, otherSender, sender } from '../../words.ts';
import { isAlert } from '../reassociation/protected-records.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { closedOpening, type Opening, openingOf, renegotiations } from './renegotiation-messages.ts';

export const renegotiationRefused: Rule = {
  scope: 'association',
  id: 'renegotiation-refused',
  group: 'resumption',
  title: 'A renegotiation was refused',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.2.2', 'RFC 5246 §7.4.1.1', 'RFC 7925 §17', 'RFC 9325 §3.5'],
  advice:
    'Turn renegotiation off at the side that asks for it. To get new keys or another identity, open a new association: most stacks refuse renegotiation, and DTLS 1.3 has none.',
  alternatives: [
    'Without keys the record may be another handshake message and the alert a close: keys tell.',
    'The peer closed for a reason of its own just then: its log tells.',
  ],
  looksLike:
    'After the handshake a handshake record under keys that is no Finished. The peer answers it with an alert, no_renegotiation (100) or a fatal one, and no new epoch begins.',
  why: 'Renegotiation had security holes and constrained devices must not do it, so many stacks refuse. Some end the association with a fatal alert instead of a warning.',
  sources: ['californium#618', 'californium#1095', 'bc-java#593'],
  explains: ['encrypted-alert-ended-it', 'plaintext-alert', 'alert-ignored', 'gave-up', 'no-close-notify'],
  check: refused,
};

const NO_RENEGOTIATION = 100;
const CLOSE_NOTIFY = 0;
const FATAL = 2;
/** A close that comes this soon, and before anything else, is the answer. */
const AT_ONCE_MS = 1000;

function refused(subject: Subject): readonly Match[] {
  if (!subject.established) return [];
  const closed = closedOpening(subject);
  const openings = renegotiations(subject)
    .filter((h) => h.decided.outcome !== 'established' && !h.state.serverHello)
    .flatMap((h) => openingOf(subject, h, 'ClientHello') ?? openingOf(subject, h, 'HelloRequest') ?? []);
  return [...openings, ...(closed ? [closed] : [])].flatMap((opening) => {
    const answer = refusalOf(subject, opening);
    return answer ? [match(subject, opening, answer)] : [];
  });
}

/** The alert with which the other side answers. */
function refusalOf(subject: Subject, { side, records, opened }: Opening): RecordFact | null {
  const [first] = records;
  for (const r of subject.records) {
    if (r.index <= first.index || r.side === side || r.epoch === 0) continue;
    if (!isAlert(subject, r)) {
      // What was on its way already may come before the answer.
      if (r.contentType === APPLICATION_DATA && r.timeMs - first.timeMs < AT_ONCE_MS) continue;
      return null;
    }
    const seen = subject.analysed.state.alerts.find((a) => a.record === r.index);
    if (!seen) return opened ? null : r;
    if (seen.code === NO_RENEGOTIATION || (seen.level === FATAL && seen.code !== CLOSE_NOTIFY)) return r;
    return seen.code === CLOSE_NOTIFY && r.timeMs - first.timeMs < AT_ONCE_MS ? r : null;
  }
  return null;
}

const APPLICATION_DATA = 23;

function match(subject: Subject, { kind, side, records, opened }: Opening, answer: RecordFact): Match {
  const [first] = records;
  const asking = sender(side);
  const refusing = otherSender(asking);
  const alert = subject.a.alerts.find((a) => a.record - 1 === answer.index);
  const name = alert ? `the ${alert.level} alert ${alert.description}` : 'an encrypted alert';
  const after = subject.records.some((r) => r.index > answer.index && r.contentType === APPLICATION_DATA);
  return {
    title: `The ${asking} wanted to renegotiate, and the ${refusing} refused with ${name}`,
    explanation: [
      opened
        ? `Under the keys of the association the ${asking} sent a ${kind} (${count(records.length, 'time')}).`
        : `Under the keys of the association the ${asking} sent a handshake record that is no Finished (${count(records.length, 'time')}): it can only be a ${kind}.`,
      `The ${refusing} answered after ${span(answer.timeMs - first.timeMs)} with ${name}, and no new epoch began.`,
      after ? 'The association goes on under its old keys.' : 'No data follows.',
    ].join(' '),
    evidence: [
      subject.evidence(first.index, opened ? `${kind} under keys` : 'A handshake record under keys, no Finished'),
      subject.evidence(answer.index, alert ? `The alert ${alert.description}` : 'An alert, encrypted'),
    ],
    certainty: !opened ? 'inferred' : alert?.code === NO_RENEGOTIATION ? 'seen' : 'near-certain',
  };
}
