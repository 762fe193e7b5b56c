/** I5: the server asks for a renegotiation, and the client does not react; or it asks in the clear. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { count } from '../../words.ts';
import { certainAt } from '../reassociation/living.ts';
import { isAlert } from '../reassociation/protected-records.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { closedOpening, type Opening, openingOf, renegotiations } from './renegotiation-messages.ts';

export const helloRequestIgnored: Rule = {
  scope: 'association',
  id: 'hello-request-ignored',
  group: 'resumption',
  title: 'The server asks for a renegotiation, and the client does not react',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.4.1.1', 'RFC 6347 §4.2.4', 'RFC 7925 §17'],
  advice:
    'Do not make the server ask for renegotiation: clients may ignore it. To get new keys let the server close, and the client open a new association.',
  alternatives: [
    'The HelloRequest is lost on the way: then a capture at the client does not have it.',
    'The client begins much later than this capture lasts: it may take its time (RFC 5246 §7.4.1.1).',
  ],
  looksLike:
    'A handshake record of the server under keys with the size of a HelloRequest, often repeated, and no handshake record of the client after it.',
  why: 'HelloRequest is only an invitation. A client without renegotiation drops it, and the server repeats it on its timer.',
  sources: ['tinydtls#93', 'CVE-2014-0221'],
  explains: ['no-retransmission-at-all', 'gave-up', 'flight-lost-and-recovered'],
  check: ignored,
};

/** Only a client that had this long to answer ignores it. */
const SILENCE_MS = 3000;

function ignored(subject: Subject): readonly Match[] {
  if (!subject.established || subject.is13) return [];
  const closed = closedOpening(subject);
  const openings = renegotiations(subject)
    .filter((h) => !h.state.clientHello && !h.state.messages.some((m) => m.side === 0))
    .flatMap((h) => openingOf(subject, h, 'HelloRequest') ?? []);
  const all: readonly Opening[] = [...openings, ...(closed?.kind === 'HelloRequest' ? [closed] : [])];
  return [...all.flatMap((o) => unanswered(subject, o) ?? []), ...inTheClear(subject)];
}

function unanswered(subject: Subject, { records, opened }: Opening): Match | null {
  const [first] = records;
  const last = records.at(-1) ?? first;
  const alert = subject.records.find((r) => r.index > first.index && r.epoch > 0 && isAlert(subject, r));
  const untilMs = alert?.timeMs ?? subject.all.captureEndMs;
  if (untilMs - first.timeMs < SILENCE_MS) return null;
  const alive = subject.records.find((r) => r.index > first.index && r.side === 0 && r.epoch > 0);
  return {
    title: `The server asked for a renegotiation ${count(records.length, 'time')}, and the client did not react`,
    explanation: [
      `The server sent ${opened ? 'HelloRequest' : 'a handshake record of the size of HelloRequest'} under the keys of the association, ${count(records.length, 'time')} in ${span(last.timeMs - first.timeMs)}.`,
      `No ClientHello and no alert came within ${span(untilMs - first.timeMs)}.`,
      alive ? 'The client went on under the old keys meanwhile.' : 'The client sent nothing else either.',
    ].join(' '),
    evidence: [
      subject.evidence(first.index, opened ? 'HelloRequest' : 'A handshake record of the size of HelloRequest'),
      ...(last.index === first.index ? [] : [subject.evidence(last.index, `The last of ${records.length}`)]),
      ...(alive ? [subject.evidence(alive.index, 'The client goes on under the old keys')] : []),
    ],
    certainty: opened && certainAt(subject, 'client') ? 'near-certain' : 'inferred',
  };
}

/** In the clear, while both sides have keys: anybody can send that. */
function inTheClear(subject: Subject): readonly Match[] {
  const message = subject.analysed.handshakes[0]?.state.find(1, HANDSHAKE_TYPE.helloRequest);
  if (!message || message.epoch > 0) return [];
  const record = message.appearances.find(({ record }) =>
    ([0, 1] as const).every((side) => subject.records.some((r) => r.side === side && r.epoch > 0 && r.index < record)),
  )?.record;
  if (record === undefined) return [];
  const hello = subject.records.find((r) => r.index > record && r.side === 0 && r.flight > 0);
  return [
    {
      title: 'A plaintext HelloRequest came while both sides had keys',
      explanation: `A HelloRequest in epoch 0 came after the handshake was done. Nothing protects it, so anybody can send it. ${
        hello ? 'The client reacted to it.' : 'The client did not react, which is right.'
      }`,
      evidence: [
        subject.evidence(record, 'HelloRequest in epoch 0'),
        ...(hello ? [subject.evidence(hello.index, 'The client starts a handshake')] : []),
      ],
      certainty: 'seen',
      severity: 'security',
      advice: 'Ignore handshake messages in epoch 0 once an association has keys, except a ClientHello.',
    },
  ];
}
