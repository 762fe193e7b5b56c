/** Where in a decoded handshake message names stand: host names, protocols, identities, certificates, addresses as text. */
import type { DetailBuffer, RecordDetail } from '../analysis/trace.ts';
import type { Field } from '../wire/fields.ts';
import type { Redactions } from './shared-trace.ts';

export type Hidden = Pick<Redactions, 'names' | 'certificates' | 'addresses'>;

export interface NamedRange {
  readonly from: number;
  readonly to: number;
  readonly buffer: DetailBuffer['id'];
}

/** Fields by the names that the decoders of `dtls/` give them. `extension_data` is what no decoder knows. */
const NAMES: ReadonlySet<string> = new Set([
  'host_name',
  'ProtocolName',
  'psk_identity',
  'psk_identity_hint',
  'identity',
  'DistinguishedName',
  'responder_id_list',
  'responder_id',
  'extension_data',
  'supp_data',
]);
/** Certificates are made of names. */
const CERTIFICATES: ReadonlySet<string> = new Set([
  'ASN.1Cert',
  'cert_data',
  'ASN1_subjectPublicKeyInfo',
  'compressed_certificate_message',
  'response',
]);

export function hidesNames({ names, certificates, addresses }: Hidden): boolean {
  return names === 'blanked' || certificates === 'digests' || addresses === 'replaced';
}

export function namedRanges({ fields, buffers }: RecordDetail, hidden: Hidden): readonly NamedRange[] {
  const bytes = new Map(buffers.map((buffer) => [buffer.id, buffer.bytes]));
  const isHidden = ({ name, at }: Field): boolean => {
    if (NAMES.has(name))
      return hidden.names === 'blanked' || (hidden.addresses === 'replaced' && isAddressed(bytes.get(at.buffer), at));
    return CERTIFICATES.has(name) && (hidden.names === 'blanked' || hidden.certificates === 'digests');
  };
  return fields.flatMap(function inside(field: Field): NamedRange[] {
    if (!field.at.buffer.startsWith('message') || !isHidden(field)) return field.children.flatMap(inside);
    return [field.at];
  });
}

/** Some clients send the address of the server as its name, though RFC 6066 §3 forbids it. */
function isAddressed(bytes: Uint8Array | undefined, { from, to }: { from: number; to: number }): boolean {
  return bytes !== undefined && blankAddresses(bytes.subarray(from, to)).length > 0;
}

/** Dotted IPv4, and IPv6 with at least two colons. */
const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}|(?=[\da-f:]{6})(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}/gi;

export function holdsAddress(text: string): boolean {
  return text.search(ADDRESS) >= 0;
}

/** Addresses that stand in the bytes as text. */
export function blankAddresses(bytes: Uint8Array): readonly { readonly from: number; readonly to: number }[] {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return [...text.matchAll(ADDRESS)].map(({ index, 0: found }) => ({ from: index, to: index + found.length }));
}
