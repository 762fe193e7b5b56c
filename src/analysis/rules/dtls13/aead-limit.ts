/** N4: more records under one key than its cipher can bear. */
import { cipherSuite } from '../../../crypto/suites.ts';
import type { EpochView } from '../../trace.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const aeadLimit: Rule = {
  scope: 'association',
  id: 'aead-limit',
  group: 'dtls13',
  title: 'One key protects more records than its cipher can bear',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §4.5.3', 'RFC 9325 §4.4'],
  advice:
    'Update the keys in time: with a KeyUpdate in DTLS 1.3, with a new handshake in DTLS 1.2. Do not use suites of CCM_8 in DTLS 1.3.',
  alternatives: [
    'Numbers were skipped, so that fewer records were sent than the last number says: some stacks do that.',
  ],
  looksLike:
    'Record numbers of one epoch beyond 2^24.5 with AES-GCM or 2^23 with AES-CCM, or the suite CCM_8 in DTLS 1.3.',
  why: 'Each record gives an attacker a little more to work with. Beyond these numbers the proofs that the cipher is safe no longer hold.',
  sources: ['dtls13-spec#249'],
  check: (subject) => [...worn(subject), ...shortTag(subject)],
};

/** Records under one key, rounded up (RFC 9147 §4.5.3); ChaCha20-Poly1305 has no limit that is reached. */
const LIMITS = { 'aes-gcm': Math.ceil(2 ** 24.5), 'aes-ccm': 2 ** 23 } as const;
const LIMIT_NAMES = { 'aes-gcm': 'AES-GCM, 2^24.5', 'aes-ccm': 'AES-CCM, 2^23' } as const;
/** Records that failed authentication; the limit of AES-CCM is the lowest, 2^23.5. */
const FAILED_LIMIT = Math.ceil(2 ** 23.5);
/** One forged number proves nothing. */
const LEAST_BEYOND = 3;

function worn(subject: Subject): Match[] {
  const suite = cipherSuite(subject.a.cipherSuite?.id ?? -1);
  const { protection } = suite ?? {};
  if (protection?.kind !== 'aead' || protection.cipher === 'chacha20-poly1305') return [];
  const { cipher } = protection;
  const limit = LIMITS[cipher];
  const found = subject.a.epochs.flatMap((epoch) => {
    if (epoch.epoch === 0 || (epoch.lastSequence ?? 0) < limit) return [];
    const beyond = subject.records.filter(
      (r) =>
        r.sender === epoch.sender &&
        r.epoch === epoch.epoch &&
        (r.sequenceNumber ?? 0) >= limit &&
        r.reason !== 'authentication-failed',
    );
    const first = beyond[0];
    return beyond.length >= LEAST_BEYOND && first ? [overLimit(subject, epoch, first.index, LIMIT_NAMES[cipher])] : [];
  });
  const failed = subject.a.records.undecryptableReasons['authentication-failed'];
  if (found.length > 0 || failed <= FAILED_LIMIT || cipher !== 'aes-ccm') return found;
  const first = subject.records.find((r) => r.reason === 'authentication-failed');
  return [
    {
      title: `${failed} records failed authentication under one set of keys`,
      explanation: `${failed} records failed authentication, and AES-CCM bears 2^23.5 of them. Whoever sends so many is trying to forge one.`,
      evidence: [
        first
          ? subject.evidence(first.index, 'The first of them')
          : { timeMs: subject.a.startMs, says: 'The association' },
      ],
      certainty: 'near-certain',
    },
  ];
}

function overLimit(subject: Subject, { sender, epoch, lastSequence }: EpochView, first: number, limit: string): Match {
  return {
    title: `The ${sender} has written more records in epoch ${epoch} than its key can bear`,
    explanation: `The record numbers of the ${sender} in epoch ${epoch} go up to ${lastSequence}. The limit of ${limit} records was passed without new keys.`,
    evidence: [subject.evidence(first, 'The first record beyond the limit')],
    certainty: 'near-certain',
  };
}

const SHORT_TAG = 8;

/** RFC 9147 §4.5.3: tags of 8 bytes must not be used without further safeguards. */
function shortTag(subject: Subject): Match[] {
  if (!subject.is13) return [];
  const suite = cipherSuite(subject.a.cipherSuite?.id ?? -1);
  if (suite?.protection?.kind !== 'aead' || suite.protection.tagLength !== SHORT_TAG) return [];
  const hello = subject.said('ServerHello', 'server').find((s) => !s.decoded.isHelloRetryRequest);
  if (!hello) return [];
  return [
    {
      title: `${suite.name} has tags of 8 bytes, which DTLS 1.3 does not allow by themselves`,
      explanation: `The server selected ${suite.name}. A forged record passes its check once in 2^64 tries, and a receiver of datagrams may be tried without end: RFC 9147 forbids it without further safeguards.`,
      evidence: [subject.evidence(hello.record, 'The server selects this suite')],
      certainty: 'seen',
      citations: ['RFC 9147 §4.5.3'],
    },
  ];
}
