/** O2: the explicit nonces are drawn at random instead of counted. */
import { cipherSuite } from '../../../crypto/suites.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { explicitNonce, hasExplicitNonces } from './explicit-nonces.ts';

export const randomGcmNonce: Rule = {
  scope: 'association',
  id: 'random-gcm-nonce',
  group: 'security',
  title: 'The nonces of the cipher are random',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 5288 §3', 'RFC 9325 §7.2.1'],
  advice:
    'Update the stack that writes them. Until then, renew the keys long before 2^32 records, after which a repeated nonce is likely.',
  alternatives: [
    'The nonces are a counter in disguise, such as an encrypted one: then none is repeated, and nothing is wrong.',
  ],
  looksLike: 'Eight bytes at the start of each protected record that neither are the record number nor count on.',
  why: 'A nonce may never come twice under one key. A counter makes sure of that; random numbers of 64 bits repeat after some billions of records, and then the key is in danger.',
  sources: ['CVE-2026-26014'],
  check: (subject) => (hasExplicitNonces(subject) ? randomNonces(subject) : []),
};

const LEAST = 4;
/** Records of a side and epoch that are looked at. */
const MOST = 16;
/** Counters and clocks go forward in small steps. */
const LARGE_STEP = 1n << 40n;

interface Numbered {
  readonly record: RecordFact;
  readonly nonce: bigint;
}

function randomNonces(subject: Subject): readonly Match[] {
  const { nonces } = subject.analysed.state;
  for (const written of subject.sorted.streams) {
    if (written.epoch === 0 || nonces.starts(written.side, written.epoch) < LEAST) continue;
    const stream = firstOf(subject, written.records);
    const [first] = stream;
    const last = stream.at(-1);
    if (!first || !last || stream.length < LEAST || !isRandom(stream)) continue;
    const { sender, epoch } = first.record;
    const cipher = cipherSuite(subject.a.cipherSuite?.id ?? -1)?.name ?? 'the suite';
    return [
      {
        title: `The explicit nonces of the ${sender} are random`,
        explanation: `Of ${stream.length} records of the ${sender} in epoch ${epoch}, no two nonces are as far apart as the record numbers, and none counts on from the one before. ${cipher} needs nonces that never repeat.`,
        evidence: [
          subject.evidence(
            first.record.index,
            `Record ${epoch}:${first.record.sequenceNumber}, nonce ${hex(first.nonce)}`,
          ),
          subject.evidence(
            last.record.index,
            `Record ${epoch}:${last.record.sequenceNumber}, nonce ${hex(last.nonce)}`,
          ),
        ],
        certainty: 'near-certain',
      },
    ];
  }
  return [];
}

/** The first of them that have a nonce; none as soon as two count on like the record numbers. */
function firstOf(subject: Subject, records: readonly number[]): readonly Numbered[] {
  const stream: Numbered[] = [];
  const offsets = new Set<bigint>();
  for (const index of records) {
    if (stream.length >= MOST) break;
    const record = subject.fact(index);
    if (record.mark === 'duplicate' || record.sequenceNumber === null || record.reason === 'authentication-failed')
      continue;
    const nonce = explicitNonce(subject, index);
    if (nonce === null) continue;
    const offset = BigInt.asUintN(64, nonce - BigInt(record.sequenceNumber));
    if (offsets.has(offset)) return [];
    offsets.add(offset);
    stream.push({ record, nonce });
  }
  return stream;
}

function isRandom(stream: readonly Numbered[]): boolean {
  return stream.slice(1).every(({ nonce }, i) => {
    const step = nonce - (stream[i]?.nonce ?? 0n);
    return step > LARGE_STEP || step < -LARGE_STEP;
  });
}

const hex = (nonce: bigint): string => nonce.toString(16).padStart(16, '0');
