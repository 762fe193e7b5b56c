/** O5: a handshake was completed although a message is missing that it must have. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { isAbbreviated } from '../../flight-parts.ts';
import { surroundingsOf } from '../../flight-setting.ts';
import type { HandshakeState } from '../../handshake-state.ts';
import { MARK, type Side } from '../../record-table.ts';
import type { Sender } from '../../trace.ts';
import { otherSender } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const handshakeSkippedMessage: Rule = {
  scope: 'association',
  id: 'handshake-skipped-message',
  group: 'security',
  title: 'A handshake was completed without a message that it needs',
  severity: 'security',
  rank: 'proof',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.3', 'RFC 5246 §7.4.9', 'RFC 6347 §4.2.4'],
  advice:
    'Update the side that went on: it lets a peer leave out what proves who it is, or what makes the keys. Treat it as open until then.',
  alternatives: ['The message was sent, and this capture lost it together with its number: a second capture tells.'],
  looksLike:
    'Numbers of messages and records without a gap, a message that its suite needs not among them, and a peer that goes on all the same.',
  why: 'Some stacks do not check that every message came before they go on. An attacker who leaves out a certificate, a signature or Finished is then let in.',
  sources: ['CVE-2020-2655', 'CVE-2020-24613'],
  check: (subject) => (subject.is13 || !subject.a.rolesKnown || isEmpty(subject) ? [] : skipped(subject)),
};

const APPLICATION_DATA = 23;
const CHANGE_CIPHER_SPEC = 20;

/** Nobody went on. */
const isEmpty = ({ sorted }: Subject): boolean => sorted.streams.every((s) => s.epoch === 0);

function skipped(subject: Subject): readonly Match[] {
  const state = subject.analysed.handshakes[0]?.state;
  if (!state?.serverHello || !state.clientHello || isAbbreviated(state)) return [];
  const found = withoutServerMessage(subject, state) ?? withoutKeyExchange(subject, state) ?? withoutFinished(subject);
  return found ? [found] : [];
}

/** The client went on without a message of the server; message_seq of the others shows that none was lost. */
function withoutServerMessage(subject: Subject, state: HandshakeState): Match | null {
  const done = subject.said('ServerHelloDone', 'server')[0];
  const suite = cipherSuite(state.serverHello?.cipherSuite ?? -1);
  const keys = subject.said('ClientKeyExchange', 'client')[0];
  if (!done || !suite || !keys) return null;
  const names = subject
    .flightWith('ServerHelloDone', 'server')
    ?.messages.filter((m) => m !== 'ChangeCipherSpec' && m !== 'Finished');
  const seqs = state.messages.filter((m) => m.side === 1 && m.messageSeq <= done.message.messageSeq);
  const first = subject.said('ServerHello', 'server').find((s) => !s.decoded.isHelloRetryRequest);
  if (!names || !first || seqs.some((m) => m.completedBy === null)) return null;
  const numbers = new Set(seqs.map((m) => m.messageSeq));
  for (let seq = first.message.messageSeq; seq <= done.message.messageSeq; seq++) if (!numbers.has(seq)) return null;
  const missing = neededOf(suite.keyExchange, suite.authentication).find((name) => !names.includes(name));
  return missing
    ? match(subject, 'server', missing, [
        subject.evidence(done.record, `The server's flight ends without ${missing}`),
        subject.evidence(keys.record, 'The client goes on'),
      ])
    : null;
}

function neededOf(keyExchange: string, authentication: string | null): string[] {
  const certificate = authentication === 'RSA' || authentication === 'ECDSA' || authentication === 'DSS';
  const ephemeral = /^(ECDHE|DHE|EECDH)/.test(keyExchange);
  return [...(certificate ? ['Certificate'] : []), ...(ephemeral ? ['ServerKeyExchange'] : [])];
}

/** The server went on without ClientKeyExchange; record numbers show that none was lost. */
function withoutKeyExchange(subject: Subject, state: HandshakeState): Match | null {
  if (state.find(0, CLIENT_KEY_EXCHANGE) || subject.said('ServerHelloDone', 'server').length === 0) return null;
  const change = subject.others.find((r) => r.side === 0 && r.epoch === 0 && r.contentType === CHANGE_CIPHER_SPEC);
  const wentOn = change && serverAfter(subject, change);
  if (!change || !wentOn || hasGaps(subject, 0, change.epoch)) return null;
  return match(subject, 'client', 'ClientKeyExchange', [
    subject.evidence(change.index, 'ChangeCipherSpec of the client, and no ClientKeyExchange before it'),
    subject.evidence(wentOn.index, 'The server goes on'),
  ]);
}

const CLIENT_KEY_EXCHANGE = 16;

/** The client's first record under keys is data, and the server answers under keys. */
function withoutFinished(subject: Subject): Match | null {
  if (subject.flights.some((f) => f.sender === 'client' && f.messages.includes('Finished'))) return null;
  const { sequenceNumber } = subject.trace.records.columns;
  const start = subject.sorted.stream(0, 1)?.records.find((r) => sequenceNumber.get(r) === 0);
  const first = start === undefined ? null : subject.fact(start);
  if (first?.contentType !== APPLICATION_DATA || first.mark !== 'original') return null;
  const wentOn = serverAfter(subject, first);
  return wentOn
    ? match(subject, 'client', 'Finished', [
        subject.evidence(first.index, "The client's record 1:0 is application data"),
        subject.evidence(wentOn.index, 'The server goes on under keys'),
      ])
    : null;
}

function serverAfter(subject: Subject, { index }: RecordFact): RecordFact | null {
  const { mark } = subject.trace.records.columns;
  const next = subject.sorted.stream(1, 1)?.records.find((r) => r > index && mark[r] !== MARK.duplicate);
  return next === undefined ? null : subject.fact(next);
}

function hasGaps({ trace, analysed }: Subject, side: Side, epoch: number): boolean {
  return surroundingsOf(trace, analysed).gaps.some((g) => g.side === side && g.epoch === epoch);
}

function match(subject: Subject, who: Sender, missing: string, evidence: [Evidence, ...Evidence[]]): Match {
  const other = otherSender(who);
  const state = subject.established
    ? 'The handshake was completed all the same.'
    : `The ${other} went on all the same.`;
  return {
    title: `The ${who} sends no ${missing}, and the ${other} goes on all the same`,
    explanation: `The ${who} has to send ${missing} with ${subject.a.cipherSuite?.name ?? 'this suite'}. It is not in this capture, and the numbers before and after it have no gap. ${state}`,
    evidence,
    certainty: 'near-certain',
  };
}
