/**
 * The one list of extensions that are decoded (RFC 8446 §4.2 and the RFC of each). Adding one is a row here and its
 * type in `ExtensionValues`; a body that needs more than a few lines has a function of its own.
 */
import type { ByteReader } from '../../wire/reader.ts';
import {
  certificateCompressionName,
  certificateTypeName,
  extensionName,
  groupName,
  heartbeatModeName,
  maxFragmentLengthName,
  pointFormatName,
  pskModeName,
  signatureSchemeName,
  srtpProfileName,
  versionName,
} from '../registry.ts';
import type { ExtensionDecoder, HelloMessage } from './decoder.ts';
import { decodeEcjpakeKeyKp } from './ecjpake.ts';
import {
  decodeDelegatedCredential,
  decodeOidFilters,
  decodePadding,
  decodeServerNames,
  decodeStatusRequest,
  decodeTicketRequest,
  decodeUseSrtp,
  protocolName,
  shown,
} from './hello-bodies.ts';
import { decodeEncryptedClientHello, decodeKeyShare, decodePreSharedKey } from './keys13.ts';
import type { ExtensionValues } from './values.ts';
import { decodeNumbers, decodeOpaques } from './vectors.ts';

const CLIENT: readonly HelloMessage[] = ['client_hello'];
const HELLOS: readonly HelloMessage[] = ['client_hello', 'server_hello'];
const ANSWERED: readonly HelloMessage[] = ['client_hello', 'server_hello', 'encrypted_extensions'];
const CERTIFIED: readonly HelloMessage[] = ['client_hello', 'server_hello', 'certificate_request', 'certificate'];
const REQUESTED: readonly HelloMessage[] = ['client_hello', 'certificate_request'];

/** An extension that says all it has to say by being there. */
function flag(name: string, allowedIn: readonly HelloMessage[], summary: string): ExtensionDecoder<true> {
  return { name, allowedIn, decode: () => true, summary: () => summary };
}

/** An extension whose body is taken as it is. */
function bytes(name: string, allowedIn: readonly HelloMessage[], field: string): ExtensionDecoder<Uint8Array> {
  return { name, allowedIn, decode: (body) => body.opaque(field, body.remaining), summary: lengthOf };
}

/** An extension that is one vector of numbers. */
function numbers(
  name: string,
  allowedIn: readonly HelloMessage[],
  prefix: 1 | 2,
  width: 1 | 2,
  element: string,
  meaning: (value: number) => string,
  list = name,
): ExtensionDecoder<readonly number[]> {
  return {
    name,
    allowedIn,
    decode: (body) => decodeNumbers(body, prefix, width, { list, element, meaning }),
    summary: (values) => values.map(meaning).join(', '),
  };
}

/** A list from the client, the server's choice as a single value in its answer (RFC 7250 §3). */
function certificateTypes(name: string): ExtensionDecoder<readonly number[]> {
  const list = numbers(name, ANSWERED, 1, 1, 'certificate_type', certificateTypeName);
  return {
    ...list,
    decode: (body, message) =>
      message === 'client_hello' ? list.decode(body, message) : [body.uint8('certificate_type', certificateTypeName)],
  };
}

/** A vector of protocol names (RFC 7301 §3.1). */
function protocols(name: string, allowedIn: readonly HelloMessage[]): ExtensionDecoder<readonly Uint8Array[]> {
  return {
    name,
    allowedIn,
    decode: (body) => decodeOpaques(body, 'protocol_name_list', 2, 'ProtocolName', 1, protocolName),
    summary: (names) => names.map(protocolName).join(', '),
  };
}

/** RFC 9146 §3, and the same body under the number of its drafts. */
function connectionId(name: string): ExtensionDecoder<Uint8Array> {
  return {
    name,
    allowedIn: ANSWERED,
    decode: (body) => body.vector('cid', 1),
    summary: (cid) =>
      cid.length === 0
        ? 'records to the sender carry no CID'
        : `records to the sender carry this ${cid.length}-byte CID`,
  };
}

function lengthOf(value: Uint8Array): string {
  return value.length === 1 ? '1 byte' : `${value.length} bytes`;
}

const ROWS: { readonly [T in keyof ExtensionValues]: ExtensionDecoder<ExtensionValues[T]> } = {
  0: {
    name: 'server_name',
    allowedIn: ANSWERED,
    decode: decodeServerNames,
    summary: (names) => (names.length === 0 ? 'acknowledged' : names.map(({ name }) => shown(name)).join(', ')),
  },
  1: {
    name: 'max_fragment_length',
    allowedIn: ANSWERED,
    decode: (body) => body.uint8('max_fragment_length', maxFragmentLengthName),
    summary: (code) => (code >= 1 && code <= 4 ? `${2 ** (code + 8)} bytes` : maxFragmentLengthName(code)),
  },
  2: flag('client_certificate_url', HELLOS, 'certificates by URL'),
  3: bytes('trusted_ca_keys', HELLOS, 'trusted_authorities_list'),
  4: flag('truncated_hmac', HELLOS, 'MACs cut to 10 bytes (RFC 6066 §7)'),
  5: {
    name: 'status_request',
    allowedIn: CERTIFIED,
    decode: decodeStatusRequest,
    summary: (status) =>
      status === null ? 'status follows' : status.response ? 'OCSP response' : 'certificate status wanted',
  },
  9: certificateTypes('cert_type'),
  10: numbers('supported_groups', ANSWERED, 2, 2, 'NamedGroup', groupName, 'named_group_list'),
  11: numbers('ec_point_formats', HELLOS, 1, 1, 'ECPointFormat', pointFormatName, 'ec_point_format_list'),
  13: numbers('signature_algorithms', REQUESTED, 2, 2, 'SignatureScheme', signatureSchemeName),
  14: {
    name: 'use_srtp',
    allowedIn: ANSWERED,
    decode: decodeUseSrtp,
    summary: ({ profiles }) => profiles.map(srtpProfileName).join(', '),
  },
  15: {
    name: 'heartbeat',
    allowedIn: ANSWERED,
    decode: (body) => body.uint8('mode', heartbeatModeName),
    summary: heartbeatModeName,
  },
  16: protocols('application_layer_protocol_negotiation', ANSWERED),
  17: bytes('status_request_v2', HELLOS, 'certificate_status_req_list'),
  18: {
    name: 'signed_certificate_timestamp',
    allowedIn: CERTIFIED,
    decode: (body) => (body.remaining === 0 ? [] : decodeOpaques(body, 'sct_list', 2, 'SerializedSCT', 2)),
    summary: (list) => (list.length === 0 ? 'timestamps wanted' : `${list.length} timestamps`),
  },
  19: certificateTypes('client_certificate_type'),
  20: certificateTypes('server_certificate_type'),
  21: { name: 'padding', allowedIn: CLIENT, decode: decodePadding, summary: (length) => `${length} bytes` },
  22: flag('encrypt_then_mac', HELLOS, 'CBC records are MACed after encryption (RFC 7366)'),
  23: flag('extended_master_secret', HELLOS, 'master secret bound to the transcript (RFC 7627)'),
  24: {
    name: 'token_binding',
    allowedIn: ANSWERED,
    decode: (body) => ({
      major: body.uint8('major'),
      minor: body.uint8('minor'),
      keyParameters: decodeNumbers(body, 1, 1, { list: 'key_parameters_list', element: 'TokenBindingKeyParameters' }),
    }),
    summary: ({ major, minor }) => `version ${major}.${minor}`,
  },
  25: bytes('cached_info', ANSWERED, 'cached_info'),
  27: numbers('compress_certificate', REQUESTED, 1, 2, 'algorithm', certificateCompressionName, 'algorithms'),
  28: {
    name: 'record_size_limit',
    allowedIn: ANSWERED,
    decode: (body) => body.uint16('RecordSizeLimit'),
    summary: (limit) => `${limit} bytes`,
  },
  34: {
    name: 'delegated_credential',
    allowedIn: ['client_hello', 'certificate_request', 'certificate'],
    decode: decodeDelegatedCredential,
    summary: ({ schemes, credential }) =>
      credential ? lengthOf(credential) : schemes.map(signatureSchemeName).join(', '),
  },
  35: bytes('session_ticket', HELLOS, 'ticket'),
  41: {
    name: 'pre_shared_key',
    allowedIn: HELLOS,
    decode: decodePreSharedKey,
    summary: ({ identities, selectedIdentity }) =>
      selectedIdentity === null
        ? identities.map(({ identity }) => (identity.length > 32 ? lengthOf(identity) : shown(identity))).join(', ')
        : `identity ${selectedIdentity} chosen`,
  },
  42: {
    name: 'early_data',
    allowedIn: ['client_hello', 'encrypted_extensions', 'new_session_ticket'],
    decode: (body, message) => (message === 'new_session_ticket' ? body.uint32('max_early_data_size') : null),
    summary: (limit) => (limit === null ? '0-RTT' : `at most ${limit} bytes of 0-RTT data`),
  },
  43: {
    name: 'supported_versions',
    allowedIn: ['client_hello', 'server_hello', 'hello_retry_request'],
    decode: (body, message) =>
      message === 'client_hello'
        ? decodeNumbers(body, 1, 2, { list: 'versions', element: 'ProtocolVersion', meaning: versionName })
        : [body.uint16('selected_version', versionName)],
    summary: (versions) => versions.map(versionName).join(', '),
  },
  44: {
    name: 'cookie',
    allowedIn: ['client_hello', 'hello_retry_request'],
    decode: (body) => body.vector('cookie', 2),
    summary: lengthOf,
  },
  45: numbers('psk_key_exchange_modes', CLIENT, 1, 1, 'PskKeyExchangeMode', pskModeName, 'ke_modes'),
  47: {
    name: 'certificate_authorities',
    allowedIn: REQUESTED,
    decode: (body) => decodeOpaques(body, 'authorities', 2, 'DistinguishedName', 2),
    summary: (authorities) => `${authorities.length} names`,
  },
  48: {
    name: 'oid_filters',
    allowedIn: ['certificate_request'],
    decode: decodeOidFilters,
    summary: (filters) => `${filters.length} filters`,
  },
  49: flag('post_handshake_auth', CLIENT, 'authentication after the handshake is possible'),
  50: numbers('signature_algorithms_cert', REQUESTED, 2, 2, 'SignatureScheme', signatureSchemeName),
  51: {
    name: 'key_share',
    allowedIn: ['client_hello', 'server_hello', 'hello_retry_request'],
    decode: decodeKeyShare,
    summary: ({ entries, selectedGroup }) =>
      selectedGroup === null ? entries.map(({ group }) => groupName(group)).join(', ') : groupName(selectedGroup),
  },
  52: bytes('transparency_info', CERTIFIED, 'transparency_info'),
  53: connectionId('connection_id (deprecated)'),
  54: connectionId('connection_id'),
  55: {
    name: 'external_id_hash',
    allowedIn: ANSWERED,
    decode: (body) => body.vector('binding_hash', 1),
    summary: lengthOf,
  },
  56: {
    name: 'external_session_id',
    allowedIn: ANSWERED,
    decode: (body) => body.vector('session_id', 1),
    summary: lengthOf,
  },
  57: bytes('quic_transport_parameters', ['client_hello', 'encrypted_extensions'], 'transport_parameters'),
  58: {
    name: 'ticket_request',
    allowedIn: ['client_hello', 'encrypted_extensions'],
    decode: decodeTicketRequest,
    summary: ({ newSessionCount, resumptionCount }) =>
      resumptionCount === null ? `${newSessionCount} tickets` : `${newSessionCount} new, ${resumptionCount} resumed`,
  },
  59: bytes('dnssec_chain', ['client_hello', 'server_hello', 'certificate'], 'dnssec_chain'),
  60: numbers(
    'sequence_number_encryption_algorithms',
    ANSWERED,
    1,
    1,
    'algorithm',
    (value) => `${value}`,
    'algorithms',
  ),
  61: flag('rrc', ANSWERED, 'return routability checks (RFC 9853)'),
  62: {
    name: 'tls_flags',
    allowedIn: [...ANSWERED, 'hello_retry_request', 'certificate', 'certificate_request', 'new_session_ticket'],
    decode: (body) => body.vector('flags', 1),
    summary: lengthOf,
  },
  256: {
    name: 'ecjpake_key_kp_pair',
    allowedIn: HELLOS,
    decode: (body) => [decodeEcjpakeKeyKp(body), decodeEcjpakeKeyKp(body)],
    summary: (pair) => `${pair.length} keys with proofs`,
  },
  13172: {
    name: 'next_protocol_negotiation',
    allowedIn: HELLOS,
    decode: (body) => (body.remaining === 0 ? [] : decodeProtocolsToEnd(body)),
    summary: (names) => names.map(protocolName).join(', '),
  },
  17513: protocols('application_settings_old', ['client_hello', 'encrypted_extensions']),
  17613: protocols('application_settings', ['client_hello', 'encrypted_extensions']),
  64768: numbers('ech_outer_extensions', CLIENT, 1, 2, 'ExtensionType', extensionName, 'OuterExtensions'),
  65037: {
    name: 'encrypted_client_hello',
    allowedIn: ['client_hello', 'hello_retry_request', 'encrypted_extensions'],
    decode: decodeEncryptedClientHello,
    summary: (ech) => (ech.form === 'outer' ? `real ClientHello encrypted in ${ech.payload.length} bytes` : ech.form),
  },
  65281: {
    name: 'renegotiation_info',
    allowedIn: HELLOS,
    decode: (body) => body.vector('renegotiated_connection', 1),
    summary: (data) => (data.length === 0 ? 'secure renegotiation supported' : 'renegotiating (RFC 5746)'),
  },
};

/** NPN has no length before its list. */
function decodeProtocolsToEnd(body: ByteReader): Uint8Array[] {
  const names: Uint8Array[] = [];
  while (body.remaining > 0) names.push(body.vector('ProtocolName', 1, protocolName));
  return names;
}

/** Extension number → its row. Add one: a row above and its type in values.ts. The numbers that are missing have a name only, and their bytes as value. */
export const EXTENSIONS: ReadonlyMap<number, ExtensionDecoder> = new Map(
  Object.entries(ROWS).map(([type, row]) => [Number(type), row as ExtensionDecoder]),
);
