/** Explicit nonces of AES-GCM and AES-CCM (RFC 5288 §3): many stacks count them up from a random start. */
import type { RecordFact, Subject } from '../subject.ts';

const RECORD_HEADER = 13;
const NONCE = 8;

/** From one record to a later one the nonce grew as the record number did, and it is not the record number itself. */
export function noncesGoOn(one: Subject, earlier: RecordFact, other: Subject, later: RecordFact): boolean {
  const suite = one.a.cipherSuite?.name ?? '';
  if (one.is13 || !(suite.includes('_GCM') || suite.includes('_CCM')) || earlier.epoch !== later.epoch) return false;
  const [from, to] = [nonceOf(one, earlier), nonceOf(other, later)];
  if (from === null || to === null || earlier.sequenceNumber === null || later.sequenceNumber === null) return false;
  const counts = to - from === BigInt(later.sequenceNumber - earlier.sequenceNumber);
  return counts && !isRecordNumber(from, earlier);
}

/** A nonce made of epoch and record number proves no more than they do. */
function isRecordNumber(nonce: bigint, { epoch, sequenceNumber }: RecordFact): boolean {
  return nonce === (BigInt(epoch) << 48n) + BigInt(sequenceNumber ?? 0);
}

function nonceOf(subject: Subject, { index, length }: RecordFact): bigint | null {
  const from = subject.trace.records.columns.from.get(index);
  const { payload } = subject.datagram(index);
  const at = from + RECORD_HEADER;
  if (length < RECORD_HEADER + NONCE || payload.length < at + NONCE) return null;
  return new DataView(payload.buffer, payload.byteOffset + at, NONCE).getBigUint64(0);
}
