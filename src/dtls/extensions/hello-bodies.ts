/** Bodies of hello extensions that need more than a few lines: names, status, SRTP, tickets, delegated credentials. */
import type { ByteReader } from '../../wire/reader.ts';
import { hexNumber, printable, toHex } from '../../wire/text.ts';
import { isGrease, serverNameTypeName, signatureSchemeName, srtpProfileName, statusTypeName } from '../registry.ts';
import type { HelloMessage } from './decoder.ts';
import type { DelegatedCredential, OidFilter, ServerName, StatusRequest, TicketRequest, UseSrtp } from './values.ts';
import { decodeList, decodeNumbers, decodeOpaques } from './vectors.ts';

/** Bytes from the wire as one line of text where that is safe to show, else as hex. */
export function shown(bytes: Uint8Array): string {
  const text = printable(bytes);
  return text === null || /[\t\r\n\u2028\u2029]/.test(text) ? toHex(bytes) : text;
}

/** A protocol of ALPN; RFC 8701 §2 reserves the sixteen two-byte names that look like its numbers. */
export function protocolName(bytes: Uint8Array): string {
  const [high = 0, low = 0] = bytes;
  const value = high * 256 + low;
  return bytes.length === 2 && isGrease(value) ? `GREASE (${hexNumber(value, 4)})` : shown(bytes);
}

/** RFC 6066 §3: a list in a ClientHello, nothing in an answer. */
export function decodeServerNames(r: ByteReader): ServerName[] {
  if (r.remaining === 0) return [];
  return decodeList(r, 'server_name_list', 2, 3, (body) => ({
    nameType: body.uint8('name_type', serverNameTypeName),
    name: body.vector('host_name', 2, shown),
  }));
}

/** RFC 6066 §8: a request in a ClientHello or CertificateRequest, empty in a ServerHello, a response in a 1.3 Certificate. */
export function decodeStatusRequest(r: ByteReader, message: HelloMessage): StatusRequest | null {
  if (r.remaining === 0) return null;
  const statusType = r.uint8('status_type', statusTypeName);
  const nothing = new Uint8Array();
  if (message === 'certificate') {
    return { statusType, responderIds: [], requestExtensions: nothing, response: r.vector('response', 3) };
  }
  if (statusType !== 1) {
    return { statusType, responderIds: [], requestExtensions: r.opaque('request', r.remaining), response: null };
  }
  const responderIds = decodeOpaques(r, 'responder_id_list', 2, 'responder_id', 2);
  return { statusType, responderIds, requestExtensions: r.vector('request_extensions', 2), response: null };
}

/** RFC 5764 §4.1.1. */
export function decodeUseSrtp(r: ByteReader): UseSrtp {
  const profiles = decodeNumbers(r, 2, 2, {
    list: 'SRTPProtectionProfiles',
    element: 'SRTPProtectionProfile',
    meaning: srtpProfileName,
  });
  return { profiles, mki: r.vector('srtp_mki', 1) };
}

/** RFC 9149 §3. */
export function decodeTicketRequest(r: ByteReader, message: HelloMessage): TicketRequest {
  if (message !== 'client_hello') return { newSessionCount: r.uint8('expected_count'), resumptionCount: null };
  return { newSessionCount: r.uint8('new_session_count'), resumptionCount: r.uint8('resumption_count') };
}

/** RFC 9345 §4. */
export function decodeDelegatedCredential(r: ByteReader, message: HelloMessage): DelegatedCredential {
  if (message === 'certificate') return { schemes: [], credential: r.opaque('credential', r.remaining) };
  const schemes = decodeNumbers(r, 2, 2, {
    list: 'supported_signature_algorithm',
    element: 'signature_scheme',
    meaning: signatureSchemeName,
  });
  return { schemes, credential: null };
}

/** RFC 8446 §4.2.5. */
export function decodeOidFilters(r: ByteReader): OidFilter[] {
  return decodeList(r, 'filters', 2, 3, (body) =>
    body.group('filter', () => ({
      oid: body.vector('certificate_extension_oid', 1),
      values: body.vector('certificate_extension_values', 2),
    })),
  );
}

/** RFC 7685 §3: the number of bytes, which are all zero. */
export function decodePadding(r: ByteReader): number {
  const from = r.offset;
  const bytes = r.opaque('padding', r.remaining);
  if (bytes.some((byte) => byte !== 0)) r.illegal('padding', r.span(from), 'padding bytes must be zero (RFC 7685 §3)');
  return bytes.length;
}
