/** H12: records of the previous life arrive in the new one. */
import { count } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { livingBefore, stillSent } from './living.ts';
import { finishedBy } from './reboot-same-quartet-ok.ts';
import { span } from './time-words.ts';

export const oldRecordsInNewAssociation: Rule = {
  scope: 'association',
  id: 'old-records-in-new-association',
  group: 'reassociation',
  title: 'Late records of the earlier association arrive during or after the new handshake',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §5.11', 'RFC 6347 §4.2.8'],
  advice: 'Nothing to do: whoever has only the new keys throws them away, and nobody should count them as losses.',
  alternatives: [
    'They belong to the new association under numbers that went astray: keys tell, for only one opens them.',
  ],
  looksLike:
    'After a ClientHello with a new random, records in epoch 1 or later go on with the high numbers of the earlier association.',
  why: 'Datagrams of the earlier life were still on the way, or one side went on under the old keys because the new handshake was not done yet.',
  sources: ['RFC 9147 §5.11'],
  check: lateRecords,
};

function lateRecords(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.replaces === null || !subject.established) return [];
  const hello = subject.analysed.state.records[0] ?? 0;
  const living = livingBefore(subject);
  if (!living) return [];
  const { old } = living;
  const late = [...stillSent(living, 0, hello), ...stillSent(living, 1, hello)].sort((x, y) => x.index - y.index);
  const [first, last] = [late[0], late.at(-1)];
  if (!first || !last) return [];
  const done = finishedBy(subject);
  const during = late.filter((r) => r.index < done).length;
  return [
    {
      title: `After the new ClientHello came ${count(late.length, 'record')} under the keys of ${old.a.id}`,
      explanation: `The new handshake began at ${span(a.startMs)} of the trace. After that, ${count(late.length, 'record')} of ${old.a.id} came: ${during} before the new handshake was done, ${late.length - during} after. Only who still has the old keys can read them.`,
      evidence: [
        subject.evidence(first.index, `Sent by the ${first.sender} of ${old.a.id}, under the old keys`),
        ...(last === first ? [] : [subject.evidence(last.index, 'The last of them')]),
      ],
      certainty: late.every((r) => r.state === 'decrypted') ? 'seen' : 'near-certain',
    },
  ];
}
