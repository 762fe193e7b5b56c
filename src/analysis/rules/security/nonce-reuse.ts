/** O3: two different records under one key and one nonce. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { sameBytes } from '../../../wire/text.ts';
import { MARK, STATE } from '../../record-table.ts';
import type { Match, Rule } from '../rule.ts';
import { type Stream, UNAUTHENTIC } from '../stream.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { hasExplicitNonces, isDirected, nonceKey } from './explicit-nonces.ts';

export const nonceReuse: Rule = {
  scope: 'association',
  id: 'nonce-reuse',
  group: 'security',
  title: 'Two records share a key and a nonce',
  severity: 'security',
  rank: 'proof',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9325 §7.2.1', 'RFC 5288 §3', 'RFC 6347 §4.1'],
  advice:
    'Update the sender, and treat what was sent under these keys as readable and forgeable. A repeat needs a new record number.',
  alternatives: [
    'One of the two was changed on its way, or made up by somebody: with keys only the real one opens.',
    'They belong to two associations on the same ports: then only one opens with the keys of each.',
  ],
  looksLike:
    'The same epoch and record number, or the same explicit nonce, on two protected records with different bytes.',
  why: 'An AEAD cipher with the same key and nonce gives away the difference of the two texts; with AES-GCM also the key that its tags are made with.',
  check: (subject) => (isAead(subject) ? reused(subject) : []),
};

/** Records that are remembered: hostile captures have no end. */
const MOST = 200_000;

function isAead(subject: Subject): boolean {
  return cipherSuite(subject.a.cipherSuite?.id ?? -1)?.protection?.kind === 'aead';
}

function reused(subject: Subject): readonly Match[] {
  const explicit = hasExplicitNonces(subject);
  const streams = subject.sorted.streams.filter((s) => s.epoch > 0 && mayRepeat(subject, s, explicit));
  if (streams.length === 0) return [];
  const last = subject.analysed.state.records[MOST] ?? Number.POSITIVE_INFINITY;
  // In order of capture, whoever sent them.
  const records = streams.flatMap((s) => wholeOf(subject, s).filter((r) => r < last)).sort((x, y) => x - y);
  const seen = new Map<number, Map<number | string, number>>();
  const { epoch, side } = subject.trace.records.columns;
  for (const record of records) {
    const nonce = nonceOf(subject, record, explicit);
    if (nonce === null) continue;
    const key = (epoch[record] ?? 0) * 2 + (side[record] ?? 0);
    const nonces = seen.get(key) ?? new Map<number | string, number>();
    seen.set(key, nonces);
    const index = nonces.get(nonce);
    if (index === undefined) {
      nonces.set(nonce, record);
      continue;
    }
    const [before, again] = [subject.fact(index), subject.fact(record)];
    if (areTwo(subject, before, again)) return [match(before, again, explicit)];
  }
  return [];
}

/** Whose numbers all differ, and whose nonces count as the numbers do, has a nonce of its own for each record. */
function mayRepeat(subject: Subject, stream: Stream, explicit: boolean): boolean {
  if (stream.repeatsNumber) return true;
  return explicit && (stream.unnumbered > 0 || subject.analysed.state.nonces.mayShare(stream.side, stream.epoch));
}

/** Those that their sender wrote, as far as is known. */
function wholeOf({ trace }: Subject, { records }: Stream): readonly number[] {
  const { mark, state, reason } = trace.records.columns;
  return records.filter((r) => mark[r] !== MARK.duplicate && state[r] !== STATE.malformed && reason[r] !== UNAUTHENTIC);
}

function nonceOf(subject: Subject, record: number, explicit: boolean): number | string | null {
  if (explicit) return nonceKey(subject, record);
  const number = subject.trace.records.columns.sequenceNumber.get(record);
  return Number.isNaN(number) || !isDirected(subject.trace, record) ? null : number;
}

/** At the end of every record is its tag, which another text changes all over; damage changes few bytes. */
const TAG = 8;
const MOST_DAMAGED = 4;

function areTwo(subject: Subject, one: RecordFact, other: RecordFact): boolean {
  // What is read holds only until the next is.
  const x = subject.trace.bytesOf(one.index).slice();
  const y = subject.trace.bytesOf(other.index);
  if (sameBytes(x, y)) return false;
  if (one.state === 'decrypted' && other.state === 'decrypted') return true;
  // Where one opens, the other one is damaged, or not of this sender.
  if (one.state !== other.state) return false;
  const tag = y.subarray(-TAG);
  return x.subarray(-TAG).reduce((n, byte, i) => n + Number(byte !== tag[i]), 0) > MOST_DAMAGED;
}

function match(one: RecordFact, other: RecordFact, explicit: boolean): Match {
  const opened = one.state === 'decrypted' && other.state === 'decrypted';
  const what = explicit ? 'explicit nonce' : `record number ${one.epoch}:${one.sequenceNumber}`;
  return {
    title: `Two records of the ${one.sender} have the same ${what} and different bytes`,
    explanation: `Two protected records of the ${one.sender} in epoch ${one.epoch} have the same ${what}, but differ in what they hold. ${
      opened
        ? 'Both open with the same key, so it did use one nonce twice.'
        : 'Both are closed here, so it cannot be told whether they were sealed with the same key.'
    }`,
    evidence: [
      { record: one.index, says: `${one.epoch}:${one.sequenceNumber}, the first time` },
      { record: other.index, says: `${other.epoch}:${other.sequenceNumber}, with other bytes` },
    ],
    certainty: opened ? 'seen' : 'inferred',
  };
}
