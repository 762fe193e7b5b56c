/** H8: data under keys that its sender had closed. */
import { count } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { isData, isOriginal, mayBeClose } from './protected-records.ts';
import { span } from './time-words.ts';

export const closeNotUnderstood: Rule = {
  scope: 'association',
  id: 'close-not-understood',
  group: 'reassociation',
  title: 'Data goes on after the association was closed',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.2.1', 'RFC 8446 §6.1', 'RFC 9147 §5.10'],
  advice:
    'Let the application wait for what it still has to send before it closes. After a close_notify it must not use the association, and a peer need not read what comes then.',
  alternatives: [
    'Without keys the alerts may be warnings of another kind, such as no_renegotiation: keys tell.',
    'The network delivered the close before data that was sent earlier: then the data has lower record numbers.',
  ],
  looksLike:
    'An alert in each direction under keys, the size of a close_notify, and after it application data with higher record numbers from a side that had closed.',
  why: 'After close_notify nothing more may be sent. A stack that answers the alert but does not tell its application goes on writing, and the data is lost.',
  check: dataAfterClose,
};

function dataAfterClose(subject: Subject): readonly Match[] {
  if (!subject.established) return [];
  const closes = ([0, 1] as const).map((side) => closeOf(subject, side));
  const [client, server] = closes;
  // One alert alone may be a warning; closing is mutual.
  if (!client || !server) return [];
  return ([client, server] as const).flatMap((close) => {
    const late = subject.factsAfter(close.index).filter((r) => isLater(r, close) && isData(subject, r));
    const [first, last] = [late[0], late.at(-1)];
    if (!first || !last) return [];
    return [
      {
        title: `The ${close.sender} sent ${count(late.length, 'record')} of data after it had closed`,
        explanation: `The ${close.sender} sent ${
          close.state === 'decrypted' ? 'close_notify' : 'an alert of the size of close_notify'
        }, and so did its peer. ${span(first.timeMs - close.timeMs)} later the ${close.sender} sent data under the same keys (${count(late.length, 'record')}). The peer will not read it.`,
        evidence: [
          subject.evidence(close.index, `The ${close.sender} closes`),
          subject.evidence(first.index, 'Data with a higher record number'),
          ...(last === first ? [] : [subject.evidence(last.index, 'The last of it')]),
        ],
        certainty: close.state === 'decrypted' ? ('seen' as const) : ('inferred' as const),
      },
    ];
  });
}

/** The first close of a side under keys. */
function closeOf(subject: Subject, side: 0 | 1): RecordFact | undefined {
  if (subject.analysed.state.alerts.length === 0 && subject.closedRecords === 0) return undefined;
  return subject.others.find((r) => r.side === side && r.epoch > 0 && isOriginal(r) && mayBeClose(subject, r));
}

/** Sent after it, not only captured after it. */
function isLater(r: RecordFact, close: RecordFact): boolean {
  if (r.side !== close.side || r.index <= close.index || r.epoch !== close.epoch || r.mark === 'reordered')
    return false;
  return r.sequenceNumber !== null && close.sequenceNumber !== null && r.sequenceNumber > close.sequenceNumber;
}
