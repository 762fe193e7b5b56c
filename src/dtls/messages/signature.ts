/** DigitallySigned (RFC 5246 §4.7): what a ServerKeyExchange ends in and a CertificateVerify is (RFC 8446 §4.4.3). */
import type { ByteReader } from '../../wire/reader.ts';
import { signatureSchemeName } from '../registry.ts';
import { type MessageContext, namesSignatureAlgorithms } from './context.ts';

export interface Signature {
  /** Null before version 1.2, where the certificate's key says it: MD5 and SHA-1 with RSA, SHA-1 with DSA and ECDSA. */
  readonly signatureScheme: number | null;
  readonly signature: Uint8Array;
}

export type CertificateVerify = Signature;

export function decodeSignature(r: ByteReader, context: MessageContext): Signature {
  const signatureScheme = namesSignatureAlgorithms(context) ? r.uint16('algorithm', signatureSchemeName) : null;
  return { signatureScheme, signature: r.vector('signature', 2) };
}
