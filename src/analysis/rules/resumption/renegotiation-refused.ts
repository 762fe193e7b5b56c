/** I4: one side wants to renegotiate, and the other refuses. */
import { count, otherSender, sender } from '../../words.ts';
import { isAlert, isOriginal } from '../reassociation/protected-records.ts';
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
    if (answer) return [match(subject, opening, answer)];
    const ignored = opening.kind === 'ClientHello' && ignoredBy(subject, opening);
    return ignored ? [unanswered(subject, opening, ignored)] : [];
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
/** A server that goes on with other things for so long does not want to. */
const SILENCE_MS = 3000;

/** What the server sent instead, while the client repeated its ClientHello; null where it sent nothing, or went on. */
function ignoredBy(subject: Subject, { records }: Opening): RecordFact | null {
  const [first] = records;
  const last = records.at(-1) ?? first;
  if (records.length < 2 || last.timeMs - first.timeMs < SILENCE_MS) return null;
  const after = subject.records.filter((r) => r.side === 1 && r.index > first.index && isOriginal(r));
  return after.every((r) => r.contentType === APPLICATION_DATA) ? (after[0] ?? null) : null;
}

function unanswered(subject: Subject, { records, opened }: Opening, instead: RecordFact): Match {
  const [first] = records;
  const last = records.at(-1) ?? first;
  const what = opened ? 'ClientHello' : 'handshake record that can only be a ClientHello';
  return {
    title: `The client wanted to renegotiate, and the server did not react to ${count(records.length, 'record')}`,
    explanation: `Under the keys of the association the client sent a ${what}, in ${count(records.length, 'record')} within ${span(last.timeMs - first.timeMs)}. The server went on with data under the old keys and did not react: no ServerHello, no alert.`,
    evidence: [
      subject.evidence(first.index, opened ? 'ClientHello under keys' : 'A handshake record under keys, no Finished'),
      subject.evidence(instead.index, 'The server goes on with data'),
      subject.evidence(last.index, 'The client still asks'),
    ],
    certainty: 'inferred',
    alternatives: [
      'The ServerHello is lost again and again, while smaller records get through: keys at the server tell.',
    ],
  };
}

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
