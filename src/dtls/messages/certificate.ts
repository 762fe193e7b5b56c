/** Certificate (RFC 5246 §7.4.2, RFC 8446 §4.4.2, RFC 7250 §3). What is in a certificate is read elsewhere. */
import type { ByteReader, Span } from '../../wire/reader.ts';
import { decodeExtensions, type Extension } from '../extensions/extensions.ts';
import { decodeList } from '../extensions/vectors.ts';
import { certificateTypeOf, isVersion13, type MessageContext } from './context.ts';

export interface CertificateEntry {
  /** DER of an X.509 certificate, or of a SubjectPublicKeyInfo where the message says `raw-public-key`. */
  readonly bytes: Uint8Array;
  /** Without the length in front. */
  readonly at: Span;
  /** Of DTLS 1.3 only. */
  readonly extensions: readonly Extension[];
}

export interface Certificate {
  readonly form: 'x509' | 'raw-public-key' | 'other';
  /** certificate_request_context of DTLS 1.3; null before. */
  readonly requestContext: Uint8Array | null;
  /** The sender's own first; none where a client has no certificate. */
  readonly certificates: readonly CertificateEntry[];
}

const RAW_PUBLIC_KEY = 2;

export function decodeCertificate(r: ByteReader, context: MessageContext): Certificate {
  const certificateType = certificateTypeOf(context);
  const raw = certificateType === RAW_PUBLIC_KEY;
  const form = raw ? 'raw-public-key' : certificateType === 0 ? 'x509' : 'other';
  const field = raw ? 'ASN1_subjectPublicKeyInfo' : 'cert_data';
  if (isVersion13(context)) {
    const requestContext = r.vector('certificate_request_context', 1);
    const certificates = decodeList(r, 'certificate_list', 3, 3, (body) =>
      body.group('CertificateEntry', () => ({
        ...decodeBytes(body, field),
        extensions: decodeExtensions(body, 'certificate'),
      })),
    );
    return { form, requestContext, certificates };
  }
  if (raw) {
    // RFC 7250 §3: one key and no list around it, before version 1.3.
    const { bytes, at } = decodeBytes(r, field);
    const certificates = bytes.length > 0 ? [{ bytes, at, extensions: [] }] : [];
    return { form, requestContext: null, certificates };
  }
  const certificates = decodeList(r, 'certificate_list', 3, 3, (body) => ({
    ...decodeBytes(body, 'ASN.1Cert'),
    extensions: [],
  }));
  return { form, requestContext: null, certificates };
}

function decodeBytes(r: ByteReader, field: string): { readonly bytes: Uint8Array; readonly at: Span } {
  const bytes = r.vector(field, 3);
  return { bytes, at: r.span(r.offset - bytes.length) };
}
