/** CertificateRequest (RFC 4346 §7.4.4, RFC 5246 §7.4.4, RFC 8446 §4.3.2). */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeExtensions, type Extension, extensionValue } from '../extensions/extensions.ts';
import { decodeNumbers, decodeOpaques } from '../extensions/vectors.ts';
import { clientCertificateTypeName, EXTENSION_TYPE, signatureSchemeName } from '../registry.ts';
import { isVersion13, type MessageContext, namesSignatureAlgorithms } from './context.ts';

export interface CertificateRequest {
  /** Of DTLS 1.3; null before. */
  readonly requestContext: Uint8Array | null;
  /** ClientCertificateType; empty in DTLS 1.3, which has none. */
  readonly certificateTypes: readonly number[];
  /** SignatureScheme, or the TLS 1.2 pairs; empty before version 1.2. */
  readonly signatureSchemes: readonly number[];
  /** DER of distinguished names; empty means that any will do. */
  readonly certificateAuthorities: readonly Uint8Array[];
  /** Of DTLS 1.3; empty before. */
  readonly extensions: readonly Extension[];
}

export function decodeCertificateRequest(r: ByteReader, context: MessageContext): CertificateRequest {
  if (isVersion13(context)) {
    const requestContext = r.vector('certificate_request_context', 1);
    const extensions = decodeExtensions(r, 'certificate_request');
    return {
      requestContext,
      certificateTypes: [],
      signatureSchemes: extensionValue(extensions, EXTENSION_TYPE.signatureAlgorithms) ?? [],
      certificateAuthorities: extensionValue(extensions, EXTENSION_TYPE.certificateAuthorities) ?? [],
      extensions,
    };
  }
  const certificateTypes = decodeNumbers(r, 1, 1, {
    list: 'certificate_types',
    element: 'ClientCertificateType',
    meaning: clientCertificateTypeName,
  });
  const signatureSchemes = namesSignatureAlgorithms(context)
    ? decodeNumbers(r, 2, 2, {
        list: 'supported_signature_algorithms',
        element: 'SignatureAndHashAlgorithm',
        meaning: signatureSchemeName,
      })
    : [];
  return {
    requestContext: null,
    certificateTypes,
    signatureSchemes,
    certificateAuthorities: decodeOpaques(r, 'certificate_authorities', 2, 'DistinguishedName', 2),
    extensions: [],
  };
}
