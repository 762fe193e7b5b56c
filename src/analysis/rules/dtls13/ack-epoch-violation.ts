/** N6: an ACK names records of a later epoch than its own. */
import { count } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Ack, acksFrom } from './acks.ts';

export const ackEpochViolation: Rule = {
  scope: 'association',
  id: 'ack-epoch-violation',
  group: 'dtls13',
  title: 'An ACK names records of a later epoch than its own',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §7', 'rfc9147bis §7.2'],
  advice:
    'Update the stack that sends it: an ACK has to be sent in the epoch of what it names, or a later one. Receivers should refuse others.',
  alternatives: ['Somebody else sent it: an ACK in the clear can be forged by anyone who knows the addresses.'],
  looksLike: 'A plaintext ACK that names records of epoch 2, or one in epoch 2 that names records of epoch 3.',
  why: 'Whoever can open a record of an epoch can also write in it. An ACK from below is proof of nothing, and if it is believed, a forged one stops retransmissions that are needed.',
  sources: ['dtls13-spec#291', 'dtls13-spec#327'],
  explains: ['plaintext-alert', 'alert-ignored'],
  check: (subject) => (subject.is13 ? violations(subject) : []),
};

const ILLEGAL_PARAMETER = 47;

function violations(subject: Subject): readonly Match[] {
  for (const side of [0, 1] as const) {
    const bad = acksFrom(subject, side).filter((ack) => ack.names.some((n) => n.epoch > ack.epoch));
    const [first] = bad;
    if (first) return [match(subject, bad, first)];
  }
  return [];
}

function match(subject: Subject, bad: readonly Ack[], first: Ack): Match {
  const { sender } = subject.fact(first.record);
  const above = first.names.find((n) => n.epoch > first.epoch);
  const alert = subject.endingAlert;
  const refused =
    subject.unfinished && alert !== null && alert.sender !== sender && alert.code === ILLEGAL_PARAMETER ? alert : null;
  const last = bad.at(-1);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(
      first.record,
      `An ACK in epoch ${first.epoch} that names ${above?.epoch}:${above?.sequenceNumber}`,
    ),
    ...(last && last !== first ? [subject.evidence(last.record, `The last of ${bad.length}`)] : []),
    ...(refused ? [subject.evidence(refused.record, `The ${refused.sender} refuses it`)] : []),
  ];
  return {
    title: `An ACK of the ${sender} in epoch ${first.epoch} names a record of epoch ${above?.epoch}`,
    explanation: `${count(bad.length, 'ACK')} of the ${sender} ${bad.length === 1 ? 'names' : 'name'} records of a later epoch than ${bad.length === 1 ? 'its' : 'their'} own. RFC 9147 §7 asks for an epoch that is at least as high during the handshake; the draft of its successor has receivers refuse others.${
      first.epoch === 0 ? ' This one is in the clear, so anybody on the path could have written it.' : ''
    }${refused ? ` The ${refused.sender} ended the handshake with illegal_parameter.` : ''}`,
    evidence,
    certainty: 'seen',
    ...(refused ? { severity: 'failure' as const } : {}),
  };
}
