/** K9: what has to be protected is sent in the clear. */
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { count, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const plaintextAfterKeys: Rule = {
  scope: 'association',
  id: 'plaintext-after-keys',
  group: 'epochs',
  title: 'Data or a Finished is sent without protection',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1', 'RFC 9147 §4.2.1', 'RFC 9147 §6.1'],
  advice:
    'Update both stacks. A receiver must drop application data and Finished in epoch 0: else anybody can write into the association.',
  alternatives: [
    'Somebody forged the record to see whether it is accepted: then its time or address does not fit.',
    'The bytes are no DTLS at all and only look like it: then nothing around them fits.',
  ],
  looksLike:
    'Application data in epoch 0, a Finished in epoch 0, or a record of a later epoch in which a handshake message can be read.',
  why: 'Epoch 0 has no keys. Some old stacks took such records for good, so that one forged packet was data to them.',
  sources: ['CVE-2019-20786', 'CVE-2020-24585', 'tinydtls#13'],
  check: inTheClear,
};

interface Kind {
  readonly name: string;
  readonly says: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'Application data in epoch 0',
    says: 'Epoch 0 has no keys: anybody on the path can read it, and anybody can forge it.',
  },
  {
    name: 'A Finished in epoch 0',
    says: 'It proves nothing, for it has to be the first record under the new keys.',
  },
  {
    name: 'A handshake message in the clear, marked as a later epoch',
    says: 'Its header claims keys, and the message behind it can be read all the same: its sender forgot to encrypt.',
  },
];

function inTheClear(subject: Subject): readonly Match[] {
  // What is plain application data is none of these.
  const kinds = subject.others.map((r) => kindOf(subject, r));
  if (kinds.every((kind) => kind === null)) return [];
  return KINDS.flatMap(({ name, says }, kind) => {
    const records = subject.others.filter((_, i) => kinds[i] === kind);
    const [first] = records;
    if (!first) return [];
    const peer = otherSender(first.sender);
    const answered = subject.records.find((r) => r.index > first.index && r.sender === peer && r.epoch > 0);
    return [
      {
        title: `${name}, sent by the ${first.sender}`,
        explanation: `${count(records.length, 'record')} of this kind, the first in packet ${subject.trace.packetOf(first.index)}. ${says}${
          answered ? ` The ${peer} goes on after it, so perhaps it accepted it.` : ''
        }`,
        evidence: [subject.evidence(first.index, name)],
        certainty: 'seen' as const,
      },
    ];
  });
}

function kindOf(subject: Subject, r: RecordFact): 0 | 1 | 2 | null {
  if (r.state === 'malformed') return null;
  if (r.epoch === 0) {
    if (r.contentType === CONTENT_TYPE.applicationData) return 0;
    const finished = subject
      .carried(r.index)
      .some((item) => item.kind === 'fragment' && item.type === HANDSHAKE_TYPE.finished);
    return finished ? 1 : null;
  }
  const closed = r.state === 'undecryptable' && r.contentType === CONTENT_TYPE.handshake;
  return closed && subject.analysed.state.unsealed.includes(r.index) ? 2 : null;
}
