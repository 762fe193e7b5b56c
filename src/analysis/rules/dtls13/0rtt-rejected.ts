/** N7: the client sent data along with its ClientHello, and the server did not take them. */
import { hasEarlyData, preSharedKey } from '../../../dtls/extensions/accessors.ts';
import { count } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const earlyDataRejected: Rule = {
  scope: 'association',
  id: '0rtt-rejected',
  group: 'dtls13',
  title: 'The server rejects the early data of the client',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 8446 §4.2.10', 'RFC 9147 §5.6'],
  advice:
    'The application has to send these data again after the handshake. If it happens each time, check the ticket lifetime and the limit for early data at the server.',
  alternatives: [
    'The ticket is too old, of another server, or was used before: a new one from the same server may be accepted.',
    'The server never takes early data, or asks for a cookie or another group first: then it cannot take them.',
  ],
  looksLike:
    'Records of epoch 1 right after the ClientHello, and then a HelloRetryRequest, a ServerHello that selects no pre-shared key, or EncryptedExtensions without early_data.',
  why: 'Early data are sealed with a key from an earlier session before the server has said a word. A server that does not take them drops them unread, and the handshake goes on.',
  check: (subject) => (subject.is13 && subject.a.rolesKnown ? rejected(subject) : []),
};

const EARLY_EPOCH = 1;

function rejected(subject: Subject): readonly Match[] {
  const [hello] = subject.said('ClientHello', 'client');
  if (!hello || !hasEarlyData(hello.decoded.extensions)) return [];
  const early = subject.records.filter((r) => r.side === 0 && r.epoch === EARLY_EPOCH);
  const [first] = early;
  const sign = first && signOf(subject);
  return first && sign ? [match(subject, early, first, sign)] : [];
}

interface Sign {
  readonly record: number;
  readonly says: string;
  readonly short: string;
}

function signOf(subject: Subject): Sign | null {
  const answers = subject.said('ServerHello', 'server').filter((s) => s.handshake === 1);
  const retry = answers.find((s) => s.decoded.isHelloRetryRequest);
  if (retry)
    return {
      record: retry.record,
      says: 'The server answered with a HelloRetryRequest, and that rejects early data.',
      short: 'HelloRetryRequest',
    };
  const answer = answers.find((s) => !s.decoded.isHelloRetryRequest);
  if (answer && !preSharedKey(answer.decoded.extensions))
    return {
      record: answer.record,
      says: 'The ServerHello selects no pre-shared key: the ticket was not accepted, and the early data with it.',
      short: 'ServerHello without pre_shared_key',
    };
  const [encrypted] = subject.said('EncryptedExtensions', 'server');
  return encrypted && !hasEarlyData(encrypted.decoded.extensions)
    ? {
        record: encrypted.record,
        says: 'The EncryptedExtensions of the server lack early_data.',
        short: 'EncryptedExtensions without early_data',
      }
    : null;
}

function match(subject: Subject, early: readonly RecordFact[], first: RecordFact, sign: Sign): Match {
  const bytes = early.reduce((sum, r) => sum + r.length, 0);
  const last = early.at(-1);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(first.index, 'Early data, in epoch 1'),
    ...(last && last !== first ? [subject.evidence(last.index, `The last of ${early.length}`)] : []),
    subject.evidence(sign.record, sign.short),
  ];
  return {
    title: `The server rejects the early data of the client: ${count(early.length, 'record')}, ${bytes} bytes`,
    explanation: `The client sent ${count(early.length, 'record')} of early data, ${bytes} bytes with their headers. ${sign.says} The server drops them unread, so the application has to send them again.`,
    evidence,
    certainty: 'seen',
  };
}
