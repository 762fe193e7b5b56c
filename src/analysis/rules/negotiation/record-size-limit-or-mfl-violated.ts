/** C11: a record holds more than its receiver said it can take. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { maxFragmentLength, recordSizeLimit } from '../../../dtls/extensions/accessors.ts';
import type { Extension } from '../../../dtls/extensions/extensions.ts';
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import { count, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { serverHello } from './offers.ts';

export const recordSizeLimitOrMflViolated: Rule = {
  scope: 'association',
  id: 'record-size-limit-or-mfl-violated',
  group: 'negotiation',
  title: 'A record is larger than negotiated',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6066 §4', 'RFC 8449 §4'],
  advice:
    'Have the sender keep to the limit: it must split messages and application data. Until it does, do not negotiate the extension.',
  alternatives: ['The receiver takes it all the same, or drops it for another reason: its log tells.'],
  looksLike:
    'Either of max_fragment_length and record_size_limit in both hellos, then a record with more content than that.',
  why: 'Small devices have room for small records only, and say so. A record beyond that does not fit into their buffer: they drop it or answer with record_overflow.',
  sources: ['Mbed-TLS#7740', 'Mbed-TLS#387', 'californium#1813'],
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'alert-ignored', 'gave-up'],
  check: tooLarge,
};

const RECORD_OVERFLOW = 22;

interface Limit {
  /** Bytes of plaintext. */
  readonly bytes: number;
  readonly extension: 'max_fragment_length' | 'record_size_limit';
}

function tooLarge(subject: Subject): readonly Match[] {
  const offered = subject.clientHello?.extensions ?? [];
  if (recordSizeLimit(offered) === undefined && maxFragmentLength(offered) === undefined) return [];
  const answer = serverHello(subject);
  if (!answer) return [];
  const encrypted = subject.said('EncryptedExtensions', 'server')[0]?.decoded.extensions ?? [];
  const accepted = [...answer.decoded.extensions, ...encrypted];
  return (['client', 'server'] as const).flatMap((sender) => {
    const limit = limitOf(offered, accepted, sender);
    if (!limit) return [];
    const beyond = subject.records
      .filter((r) => r.sender === sender && r.index > answer.record && r.mark !== 'duplicate')
      .map((record) => ({ record, bytes: plaintextOf(subject, record, limit) }))
      .filter(({ bytes }) => bytes > limit.bytes);
    const [first] = beyond;
    if (!first) return [];
    const other = sender === 'client' ? 'server' : 'client';
    const alert = subject.a.alerts.find((a) => a.sender === other && a.code === RECORD_OVERFLOW);
    const fatal = alert !== undefined || subject.unfinished;
    return [
      {
        severity: fatal ? 'failure' : 'warning',
        title: `The ${sender} sends records of up to ${Math.max(...beyond.slice(0, 1000).map((b) => b.bytes))} bytes, where ${limit.bytes} were agreed`,
        explanation: `The hellos agree on ${limit.extension}: at most ${count(limit.bytes, 'byte')} in a record to the ${other}. The ${sender} sent more ${times(beyond.length)}, first ${first.bytes} bytes. ${
          alert ? `The ${other} answers with the alert ${alert.description}.` : 'No alert says that it did not fit.'
        }`,
        evidence: [
          subject.evidence(answer.record, `The ServerHello: ${limit.extension} is agreed on`),
          ...beyond
            .slice(0, 3)
            .map(({ record, bytes }) => subject.evidence(record.index, `${bytes} bytes in one record`)),
          ...(alert ? [{ record: alert.record - 1, says: `The ${other}'s alert ${alert.description}` }] : []),
        ],
        certainty: 'seen',
      } satisfies Match,
    ];
  });
}

function limitOf(
  offered: readonly Extension[],
  accepted: readonly Extension[],
  sender: 'client' | 'server',
): Limit | null {
  const [client, server] = [recordSizeLimit(offered), recordSizeLimit(accepted)];
  // RFC 8449 §5: with this extension the other one does not count.
  if (client !== undefined && server !== undefined)
    return { bytes: sender === 'client' ? server : client, extension: 'record_size_limit' };
  const length = maxFragmentLength(accepted);
  return length !== undefined && maxFragmentLength(offered) === length
    ? { bytes: length, extension: 'max_fragment_length' }
    : null;
}

const RECORD_HEADER = 13;

/** What the record holds, as the limit counts it; 0 where it cannot be told. */
function plaintextOf(subject: Subject, record: RecordFact, limit: Limit): number {
  // RFC 8449 §4 counts protected records only, and in version 1.3 the content type as well.
  if (limit.extension === 'record_size_limit' && record.epoch === 0) return 0;
  if (record.epoch === 0 && record.state === 'plaintext') return record.length - RECORD_HEADER;
  if (record.state === 'decrypted') {
    const content = subject.carried(record.index).reduce((sum, item) => {
      if (item.kind === 'fragment') return sum + 12 + item.fragmentLength;
      return item.kind === 'applicationData' ? sum + item.length : sum;
    }, 0);
    return content > 0 && subject.is13 && limit.extension === 'record_size_limit' ? content + 1 : content;
  }
  const protection = cipherSuite(subject.a.cipherSuite?.id ?? -1)?.protection;
  if (subject.is13 || protection?.kind !== 'aead' || record.contentType === CONTENT_TYPE.tls12Cid) return 0;
  return record.length - RECORD_HEADER - protection.explicitNonceLength - protection.tagLength;
}
