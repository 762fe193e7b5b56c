/** The part of the nonce that AES-GCM and AES-CCM of DTLS 1.2 write in the clear (RFC 5288 §3, RFC 6655 §3). */
import { cipherSuite } from '../../../crypto/suites.ts';
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import type { Subject } from '../subject.ts';

const HEADER = 13;
const LENGTH = 8;

/** Whether its records have an explicit nonce. */
export function hasExplicitNonces(subject: Subject): boolean {
  const protection = cipherSuite(subject.a.cipherSuite?.id ?? -1)?.protection;
  return !subject.is13 && protection?.kind === 'aead' && protection.explicitNonceLength === LENGTH;
}

/** Null where the record has none that can be read. */
export function explicitNonce(subject: Subject, index: number): bigint | null {
  const words = explicitNonceWords(subject, index);
  return words && (BigInt(words[0]) << 32n) | BigInt(words[1]);
}

/** Its two halves. */
function explicitNonceWords(subject: Subject, index: number): readonly [number, number] | null {
  const c = subject.trace.records.columns;
  const datagram = subject.datagram(index);
  // Where nobody knows who sent a record, two sides share their numbers.
  if (c.epoch[index] === 0 || !datagram.directed) return null;
  const { payload } = datagram;
  const from = c.from[index] ?? 0;
  const isCid = payload[from] === CONTENT_TYPE.tls12Cid;
  const cid = isCid ? subject.analysed.state.connectionIds[c.side[index] === 0 ? 1 : 0][0] : undefined;
  if (isCid && !cid) return null;
  const at = HEADER + (cid?.length ?? 0);
  if (Math.min(c.length[index] ?? 0, payload.length - from) < at + LENGTH) return null;
  return [wordAt(payload, from + at), wordAt(payload, from + at + 4)];
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

const WORD = 2 ** 32;

/**
 * From one record to the next the nonces of these grow just as the record numbers do, so that each has one of its own:
 * what nearly every stack writes. Records whose nonce cannot be read say nothing.
 */
export function countWithNumbers(subject: Subject, records: readonly number[]): boolean {
  const { sequenceNumber } = subject.trace.records.columns;
  let first: readonly [number, number] | null = null;
  for (const index of records) {
    const words = explicitNonceWords(subject, index);
    if (!words) continue;
    const number = sequenceNumber[index] ?? Number.NaN;
    if (Number.isNaN(number)) return false;
    const low = words[1] - (number % WORD);
    const high = words[0] - Math.floor(number / WORD) - (low < 0 ? 1 : 0);
    const ahead = [(high + WORD) % WORD, (low + WORD) % WORD] as const;
    first ??= ahead;
    if (ahead[0] !== first[0] || ahead[1] !== first[1]) return false;
  }
  return true;
}
