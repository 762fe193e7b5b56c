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

/** The same for the same nonce, and for no other. */
export function nonceKey(subject: Subject, index: number): number | string | null {
  const words = explicitNonceWords(subject, index);
  if (!words) return null;
  const [high, low] = words;
  return high < EXACT ? high * WORD + low : `${high} ${low}`;
}

const WORD = 2 ** 32;
const EXACT = 2 ** 21;
/** More starts than this are no counters. */
const MOST_COUNTERS = 8;

/** Nonces that grow just as the record numbers do: nonce and record number are this far apart. */
interface Counter {
  readonly high: number;
  readonly low: number;
  /** Record numbers that it was seen with. */
  least: number;
  most: number;
}

/**
 * Records that have each a number of its own may still share a nonce; but not where the nonces are counted up as the
 * numbers are, as nearly every stack does, from a few starts. True where that is not sure. A record whose nonce cannot
 * be read says nothing.
 */
export function mayShareNonce(subject: Subject, records: readonly number[]): boolean {
  const { sequenceNumber } = subject.trace.records.columns;
  const counters: Counter[] = [];
  for (const index of records) {
    const words = explicitNonceWords(subject, index);
    if (!words) continue;
    const number = sequenceNumber[index] ?? Number.NaN;
    if (Number.isNaN(number)) return true;
    const low = words[1] - (number % WORD);
    const high = words[0] - Math.floor(number / WORD) - (low < 0 ? 1 : 0);
    const ahead = { high: (high + WORD) % WORD, low: (low + WORD) % WORD };
    const counter = counters.find((c) => c.low === ahead.low && c.high === ahead.high);
    if (counter) {
      if (number < counter.least) counter.least = number;
      if (number > counter.most) counter.most = number;
    } else if (counters.length < MOST_COUNTERS) counters.push({ ...ahead, least: number, most: number });
    else return true;
  }
  return counters.length > 1 && mayMeet(counters);
}

/** Two counters passed over the same nonces, or one over the end of its range. */
function mayMeet(counters: readonly Counter[]): boolean {
  const ranges = counters.map(({ high, low, least, most }) => {
    const start = (BigInt(high) << 32n) | BigInt(low);
    return { from: start + BigInt(least), to: start + BigInt(most) };
  });
  if (ranges.some(({ from, to }) => from >> 64n !== to >> 64n)) return true;
  const inOrder = ranges.map(({ from, to }) => ({ from: BigInt.asUintN(64, from), to: BigInt.asUintN(64, to) }));
  inOrder.sort((x, y) => (x.from < y.from ? -1 : 1));
  return inOrder.some(({ from }, i) => i > 0 && from <= (inOrder[i - 1]?.to ?? 0n));
}
