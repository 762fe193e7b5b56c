/** The part of the nonce that AES-GCM and AES-CCM of DTLS 1.2 write in the clear (RFC 5288 §3, RFC 6655 §3). */
import { cipherSuite } from '../../../crypto/suites.ts';
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import type { AnalysedTrace } from '../../analyse.ts';
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
  const bytes = nonceBytes(subject, index);
  return bytes && new DataView(bytes.buffer, bytes.byteOffset, LENGTH).getBigUint64(0);
}

/** They hold only until other bytes are looked at. */
function nonceBytes({ trace, analysed }: Subject, index: number): Uint8Array | null {
  const c = trace.records.columns;
  // Where nobody knows who sent a record, two sides share their numbers.
  if (c.epoch[index] === 0 || !isDirected(trace, index)) return null;
  const bytes = trace.bytesOf(index);
  const isCid = bytes[0] === CONTENT_TYPE.tls12Cid;
  const cid = isCid ? analysed.state.connectionIds[c.side[index] === 0 ? 1 : 0][0] : undefined;
  if (isCid && !cid) return null;
  const at = HEADER + (cid?.length ?? 0);
  return bytes.length < at + LENGTH ? null : bytes.subarray(at, at + LENGTH);
}

/** Its addresses tell who sent it; of plain datagrams they always do. */
export function isDirected({ datagrams, records, datagramOf }: AnalysedTrace, index: number): boolean {
  return datagrams.plain(records.columns.datagram.get(index)) !== null || datagramOf(index).directed;
}

/** The same for the same nonce, and for no other. */
export function nonceKey(subject: Subject, index: number): number | string | null {
  const nonce = explicitNonce(subject, index);
  if (nonce === null) return null;
  return nonce <= Number.MAX_SAFE_INTEGER ? Number(nonce) : nonce.toString(36);
}
