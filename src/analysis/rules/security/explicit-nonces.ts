/** The part of the nonce that AES-GCM and AES-CCM of DTLS 1.2 write in the clear (RFC 5288 §3, RFC 6655 §3). */
import { cipherSuite } from '../../../crypto/suites.ts';
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import { toHex } from '../../../wire/text.ts';
import type { RecordFact, Subject } from '../subject.ts';

const HEADER = 13;
const LENGTH = 8;

/** Whether its records have an explicit nonce. */
export function hasExplicitNonces(subject: Subject): boolean {
  const protection = cipherSuite(subject.a.cipherSuite?.id ?? -1)?.protection;
  return !subject.is13 && protection?.kind === 'aead' && protection.explicitNonceLength === LENGTH;
}

/** Null where the record has none that can be read. */
export function explicitNonce(subject: Subject, { index, epoch, side }: RecordFact): bigint | null {
  const datagram = subject.datagram(index);
  // Where nobody knows who sent a record, two sides share their numbers.
  if (epoch === 0 || !datagram.directed) return null;
  const c = subject.trace.records.columns;
  const from = c.from[index] ?? 0;
  const bytes = datagram.payload.subarray(from, from + (c.length[index] ?? 0));
  const cid =
    bytes[0] === CONTENT_TYPE.tls12Cid ? subject.analysed.state.connectionIds[side === 0 ? 1 : 0][0] : undefined;
  if (bytes[0] === CONTENT_TYPE.tls12Cid && !cid) return null;
  const at = HEADER + (cid?.length ?? 0);
  return bytes.length < at + LENGTH ? null : BigInt(`0x${toHex(bytes.subarray(at, at + LENGTH))}`);
}
