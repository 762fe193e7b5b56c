/** E7: fragments of one message that contradict each other, or themselves. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { type HandshakeState, type MessageInstance, messageName } from '../../handshake-state.ts';
import { SENDERS, type Side } from '../../record-table.ts';
import { count, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const badFragmentHeader: Rule = {
  scope: 'association',
  id: 'bad-fragment-header',
  group: 'fragmentation',
  title: 'Fragments of one message contradict each other',
  severity: 'security',
  rank: 'proof',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.3', 'RFC 6347 §4.2.2', 'RFC 9147 §5.5'],
  advice:
    'Find out who sent it: compare time to live and address with the other datagrams. Keep the receiving library up to date, for such fragments were used in attacks.',
  alternatives: [
    'Damage on the way: then one record alone is odd, its UDP checksum may be wrong, and the repeat is right.',
    'Two handshakes on the same ports at once: then their randoms differ as well.',
    'A faulty sender: then it does so in every handshake.',
  ],
  looksLike:
    'A fragment that goes beyond the end of its message, or two with the same message_seq and another type, length or content.',
  why: 'Fragments in the clear are not protected: anybody on the path can add one. Receivers that trusted these fields wrote beyond their buffers (CVE-2014-0195).',
  sources: ['openssl#25356', 'CVE-2014-0195', 'tinydtls#54'],
  explains: ['plaintext-alert'],
  check: contradictions,
};

interface Contradiction {
  readonly side: Side;
  readonly what: string;
  /** 0-based. */
  readonly record: number;
  readonly against: number | null;
  readonly says: string;
  /** It breaks no rule in so many words. */
  readonly harmless: boolean;
}

function contradictions(subject: Subject): readonly Match[] {
  const found = [
    ...beyondTheEnd(subject),
    ...subject.analysed.handshakes.flatMap(({ state }) => [
      ...otherBytes(state),
      ...otherHeaders(state),
      ...empty(state),
    ]),
  ];
  return ([0, 1] as const).flatMap((side) => {
    const [first, ...others] = found.filter((c) => c.side === side);
    return first ? [match(subject, first, others.length)] : [];
  });
}

/** A fragment that ends after its message does; it was taken for no part of it. */
function beyondTheEnd(subject: Subject): readonly Contradiction[] {
  if (subject.a.records.malformed === 0) return [];
  return subject.others.flatMap((record) =>
    record.state !== 'malformed'
      ? []
      : subject.carried(record.index).flatMap((item): Contradiction[] => {
          if (item.kind !== 'fragment' || item.fragmentOffset + item.fragmentLength <= item.length) return [];
          const { fragmentOffset: from, fragmentLength, length } = item;
          return [
            {
              side: record.side,
              what: `has a fragment of bytes ${from} to ${from + fragmentLength - 1}, and the message has ${count(length, 'byte')}`,
              record: record.index,
              against: null,
              says: `fragment_offset ${from} and fragment_length ${fragmentLength}, but length ${length}`,
              harmless: false,
            },
          ];
        }),
  );
}

function otherBytes({ messages }: HandshakeState): readonly Contradiction[] {
  return messages.flatMap((m): Contradiction[] => {
    const at = m.conflict;
    if (at === null) return [];
    const copies = m.appearances.filter((a) => a.from <= at && at < a.to);
    const [first, second] = [copies[0], copies.at(-1)];
    if (!first || !second) return [];
    return [
      {
        side: m.side,
        what: `sends ${messageName(m)} twice with other bytes, the first at offset ${at}`,
        record: second.record,
        against: first.record,
        says: `Byte ${at} of ${messageName(m)} is not what it was before`,
        harmless: false,
      },
    ];
  });
}

/** A stateless server may ask for a cookie anew, and the client answers each time; and hellos come before all checks. */
const CHANGING: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.helloRequest,
  HANDSHAKE_TYPE.clientHello,
  HANDSHAKE_TYPE.helloVerifyRequest,
]);

/** One message_seq with two types, lengths or contents. */
function otherHeaders({ messages }: HandshakeState): readonly Contradiction[] {
  const bySeq = new Map<number, MessageInstance>();
  const started = new Set<Side>();
  const found: Contradiction[] = [];
  for (const m of messages) {
    if (CHANGING.has(m.type)) continue;
    const key = m.messageSeq * 2 + m.side;
    const before = bySeq.get(key);
    if (!before) {
      bySeq.set(key, m);
      continue;
    }
    // A ServerHello with another random begins another handshake: what follows belongs to that one.
    if (m.type === HANDSHAKE_TYPE.serverHello) started.add(m.side);
    const record = m.appearances[0]?.record;
    if (started.has(m.side) || record === undefined) continue;
    const [name, other] = [messageName(before), messageName(m)];
    found.push({
      side: m.side,
      what:
        m.type !== before.type
          ? `sends ${name} and ${other} under one message_seq, ${m.messageSeq}`
          : m.length !== before.length
            ? `says that ${name} has ${before.length} bytes, and then ${count(m.length, 'byte')}`
            : `sends ${name} again with other bytes`,
      record,
      against: before.appearances[0]?.record ?? null,
      says: `${other} with message_seq ${m.messageSeq} and ${count(m.length, 'byte')}`,
      harmless: false,
    });
  }
  return found;
}

/** Fragments without a byte, of messages that have some. */
function empty({ messages }: HandshakeState): readonly Contradiction[] {
  return messages.flatMap((m): Contradiction[] => {
    const none = m.length > 0 ? m.appearances.find((a) => a.from === a.to) : undefined;
    if (!none) return [];
    return [
      {
        side: m.side,
        what: `sends an empty fragment of ${messageName(m)}, which has ${count(m.length, 'byte')}`,
        record: none.record,
        against: null,
        says: `fragment_length 0 of ${count(m.length, 'byte')}`,
        harmless: true,
      },
    ];
  });
}

/** illegal_parameter, decode_error, unexpected_message, internal_error: how a receiver refuses such a fragment. */
const REFUSALS: ReadonlySet<number> = new Set([47, 50, 10, 80]);
const REFUSAL_MS = 1000;

function match(
  subject: Subject,
  { side, what, record, against, says, harmless }: Contradiction,
  others: number,
): Match {
  const sender = SENDERS[side] ?? 'client';
  const alert = subject.endingAlert;
  const afterMs = alert ? alert.timeMs - subject.trace.timeMs(record) : -1;
  const refused =
    alert !== null && alert.sender !== sender && REFUSALS.has(alert.code) && afterMs >= 0 && afterMs <= REFUSAL_MS;
  const clear = subject.fact(record).epoch === 0;
  return {
    title: `The ${sender} ${what}`,
    explanation: `${harmless ? 'That is of no use, and some receivers stumble over it.' : 'All fragments of one message must agree, and a repeat may be cut at other places but not changed.'} ${
      clear
        ? 'It was sent in the clear, so anybody on the path may have written it.'
        : 'It was sent under the keys of this association, so its sender wrote it.'
    }${others > 0 ? ` There are ${others} more of the kind.` : ''}${
      refused ? ` The ${otherSender(sender)} ends the handshake with the alert ${alert.name}.` : ''
    }`,
    evidence: [
      subject.evidence(record, says),
      ...(against === null ? [] : [subject.evidence(against, 'As it was first')]),
      ...(refused ? [subject.evidence(alert.record, `The alert ${alert.name}`)] : []),
    ],
    certainty: 'seen',
    severity: refused ? 'failure' : harmless ? 'note' : 'security',
  };
}
