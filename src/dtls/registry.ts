/**
 * Numbers and names of DTLS: the IANA TLS registries. Every number is representable; one without a name is shown as
 * hex (`0x00fe`), and one that RFC 8701 reserves for testing as `GREASE (0x0a0a)`.
 */
import { hexNumber } from '../wire/text.ts';
import { CIPHER_SUITE_NAMES } from './registry-cipher-suites.ts';
import { EXTENSION_NAMES } from './registry-extensions.ts';
import { GROUP_NAMES, HASH_NAMES, SIGNATURE_NAMES, SIGNATURE_SCHEME_NAMES } from './registry-groups.ts';

/** `version` fields. 0x0100 is what OpenSSL before 0.9.8f and AnyConnect send, 0x0101 is GB/T 38636. */
export const VERSION = { dtls09: 0x0100, dtlcp11: 0x0101, dtls10: 0xfeff, dtls12: 0xfefd, dtls13: 0xfefc } as const;

/** TLS HandshakeType. */
export const HANDSHAKE_TYPE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  requestConnectionId: 9,
  newConnectionId: 10,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  clientCertificateRequest: 17,
  finished: 20,
  certificateUrl: 21,
  certificateStatus: 22,
  supplementalData: 23,
  keyUpdate: 24,
  compressedCertificate: 25,
  ektKey: 26,
  messageHash: 254,
} as const;

/** TLS ExtensionType: those that somebody asks for. All names are in EXTENSION_NAMES. */
export const EXTENSION_TYPE = {
  serverName: 0,
  maxFragmentLength: 1,
  truncatedHmac: 4,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  useSrtp: 14,
  alpn: 16,
  clientCertificateType: 19,
  serverCertificateType: 20,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  recordSizeLimit: 28,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  certificateAuthorities: 47,
  keyShare: 51,
  connectionIdDraft: 53,
  connectionId: 54,
  rrc: 61,
  renegotiationInfo: 65281,
} as const;

const VERSION_NAMES: ReadonlyMap<number, string> = new Map([
  [VERSION.dtls09, 'DTLS 0.9'],
  [VERSION.dtlcp11, 'DTLCP 1.1'],
  [VERSION.dtls10, 'DTLS 1.0'],
  [VERSION.dtls12, 'DTLS 1.2'],
  [VERSION.dtls13, 'DTLS 1.3'],
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
]);

const CONTENT_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [20, 'change_cipher_spec'],
  [21, 'alert'],
  [22, 'handshake'],
  [23, 'application_data'],
  [24, 'heartbeat'],
  [25, 'tls12_cid'],
  [26, 'ACK'],
  [27, 'return_routability_check'],
]);

/** Spelled as the RFCs spell the structs. */
const HANDSHAKE_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'HelloRequest'],
  [1, 'ClientHello'],
  [2, 'ServerHello'],
  [3, 'HelloVerifyRequest'],
  [4, 'NewSessionTicket'],
  [5, 'EndOfEarlyData'],
  [6, 'HelloRetryRequest'],
  [8, 'EncryptedExtensions'],
  [9, 'RequestConnectionId'],
  [10, 'NewConnectionId'],
  [11, 'Certificate'],
  [12, 'ServerKeyExchange'],
  [13, 'CertificateRequest'],
  [14, 'ServerHelloDone'],
  [15, 'CertificateVerify'],
  [16, 'ClientKeyExchange'],
  [17, 'ClientCertificateRequest'],
  [20, 'Finished'],
  [21, 'CertificateURL'],
  [22, 'CertificateStatus'],
  [23, 'SupplementalData'],
  [24, 'KeyUpdate'],
  [25, 'CompressedCertificate'],
  [26, 'EktKey'],
  [254, 'MessageHash'],
]);

/** TLS Alerts. The registry marks some as `…_RESERVED` because TLS 1.3 dropped them; in DTLS 1.2 they are what they were. */
const ALERT_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [20, 'bad_record_mac'],
  [21, 'decryption_failed'],
  [22, 'record_overflow'],
  [30, 'decompression_failure'],
  [40, 'handshake_failure'],
  [41, 'no_certificate'],
  [42, 'bad_certificate'],
  [43, 'unsupported_certificate'],
  [44, 'certificate_revoked'],
  [45, 'certificate_expired'],
  [46, 'certificate_unknown'],
  [47, 'illegal_parameter'],
  [48, 'unknown_ca'],
  [49, 'access_denied'],
  [50, 'decode_error'],
  [51, 'decrypt_error'],
  [52, 'too_many_cids_requested'],
  [60, 'export_restriction'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [90, 'user_canceled'],
  [100, 'no_renegotiation'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [111, 'certificate_unobtainable'],
  [112, 'unrecognized_name'],
  [113, 'bad_certificate_status_response'],
  [114, 'bad_certificate_hash_value'],
  [115, 'unknown_psk_identity'],
  [116, 'certificate_required'],
  [117, 'general_error'],
  [120, 'no_application_protocol'],
  [121, 'ech_required'],
]);

/** RFC 5764 §4.1.2 and its registry, DTLS-SRTP Protection Profiles. */
const SRTP_PROFILE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0001, 'SRTP_AES128_CM_HMAC_SHA1_80'],
  [0x0002, 'SRTP_AES128_CM_HMAC_SHA1_32'],
  [0x0005, 'SRTP_NULL_HMAC_SHA1_80'],
  [0x0006, 'SRTP_NULL_HMAC_SHA1_32'],
  [0x0007, 'SRTP_AEAD_AES_128_GCM'],
  [0x0008, 'SRTP_AEAD_AES_256_GCM'],
  [0x0009, 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'],
  [0x000a, 'DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM'],
  [0x000b, 'SRTP_ARIA_128_CTR_HMAC_SHA1_80'],
  [0x000c, 'SRTP_ARIA_128_CTR_HMAC_SHA1_32'],
  [0x000d, 'SRTP_ARIA_256_CTR_HMAC_SHA1_80'],
  [0x000e, 'SRTP_ARIA_256_CTR_HMAC_SHA1_32'],
  [0x000f, 'SRTP_AEAD_ARIA_128_GCM'],
  [0x0010, 'SRTP_AEAD_ARIA_256_GCM'],
]);

/** TLS ClientCertificateType Identifiers. */
const CLIENT_CERTIFICATE_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'rsa_sign'],
  [2, 'dss_sign'],
  [3, 'rsa_fixed_dh'],
  [4, 'dss_fixed_dh'],
  [5, 'rsa_ephemeral_dh'],
  [6, 'dss_ephemeral_dh'],
  [20, 'fortezza_dms'],
  [64, 'ecdsa_sign'],
  [65, 'rsa_fixed_ecdh'],
  [66, 'ecdsa_fixed_ecdh'],
  [67, 'gost_sign256'],
  [68, 'gost_sign512'],
]);

/** How a number without a name is shown. `digits` is twice the width of the field in bytes. */
type Naming = (value: number) => string;

function names(table: ReadonlyMap<number, string>, digits: 2 | 4): Naming {
  return (value) => table.get(value) ?? hexNumber(value, digits);
}

/** As `names`, for the 16-bit registries in which RFC 8701 §2 reserves 0x0a0a, 0x1a1a … 0xfafa. */
function greasedNames(table: ReadonlyMap<number, string>): Naming {
  return (value) => table.get(value) ?? (isGrease(value) ? `GREASE (${hexNumber(value, 4)})` : hexNumber(value, 4));
}

function list(...pairs: readonly (readonly [number, string])[]): ReadonlyMap<number, string> {
  return new Map(pairs);
}

/** RFC 8701 §2: both bytes equal and ending in a. */
export function isGrease(value: number): boolean {
  return value >> 8 === (value & 0xff) && (value & 0x0f) === 0x0a;
}

/** RFC 8701 §2: the eight values of PskKeyExchangeMode, 0x0b + 0x1f · n. */
export function isGreasePskMode(value: number): boolean {
  return value <= 0xff && value >= 0x0b && (value - 0x0b) % 0x1f === 0;
}

export const versionName: Naming = greasedNames(VERSION_NAMES);
export const contentTypeName: Naming = names(CONTENT_TYPE_NAMES, 2);
export const handshakeTypeName: Naming = names(HANDSHAKE_TYPE_NAMES, 2);
export const alertDescriptionName: Naming = names(ALERT_NAMES, 2);
export const alertLevelName: Naming = names(list([1, 'warning'], [2, 'fatal']), 2);
export const cipherSuiteName: Naming = greasedNames(CIPHER_SUITE_NAMES);
export const extensionName: Naming = greasedNames(EXTENSION_NAMES);
export const groupName: Naming = greasedNames(GROUP_NAMES);
export const srtpProfileName: Naming = names(SRTP_PROFILE_NAMES, 4);
export const clientCertificateTypeName: Naming = names(CLIENT_CERTIFICATE_TYPE_NAMES, 2);

/** TLS Certificate Types (RFC 7250 §3, RFC 6091 §3.1). */
export const certificateTypeName: Naming = names(
  list([0, 'X509'], [1, 'OpenPGP'], [2, 'Raw Public Key'], [3, '1609Dot2']),
  2,
);

/** TLS Certificate Compression Algorithm IDs (RFC 8879 §7.3). */
export const certificateCompressionName: Naming = names(list([1, 'zlib'], [2, 'brotli'], [3, 'zstd']), 4);

/** TLS Compression Method Identifiers (RFC 3749). */
export const compressionMethodName: Naming = names(list([0, 'NULL'], [1, 'DEFLATE'], [64, 'LZS']), 2);

/** TLS EC Point Format Registry (RFC 8422 §5.1.2). */
export const pointFormatName: Naming = names(
  list([0, 'uncompressed'], [1, 'ansiX962_compressed_prime'], [2, 'ansiX962_compressed_char2']),
  2,
);

/** TLS EC Curve Types (RFC 8422 §5.4). */
export const curveTypeName: Naming = names(list([1, 'explicit_prime'], [2, 'explicit_char2'], [3, 'named_curve']), 2);

/** TLS Heartbeat Modes (RFC 6520 §2). */
export const heartbeatModeName: Naming = names(list([1, 'peer_allowed_to_send'], [2, 'peer_not_allowed_to_send']), 2);

/** TLS Heartbeat Message Types (RFC 6520 §3). */
export const heartbeatTypeName: Naming = names(list([1, 'heartbeat_request'], [2, 'heartbeat_response']), 2);

/** Return Routability Check Message Types (RFC 9853 §4). */
export const rrcTypeName: Naming = names(list([0, 'path_challenge'], [1, 'path_response'], [2, 'path_drop']), 2);

/** MaxFragmentLength codes (RFC 6066 §4): 1 is 2^9 bytes, 4 is 2^12. */
export const maxFragmentLengthName: Naming = names(list([1, '2^9'], [2, '2^10'], [3, '2^11'], [4, '2^12']), 2);

/** TLS CertificateStatusType (RFC 6066 §8, RFC 6961). */
export const statusTypeName: Naming = names(list([1, 'ocsp'], [2, 'ocsp_multi']), 2);

/** NameType (RFC 6066 §3). */
export const serverNameTypeName: Naming = names(list([0, 'host_name']), 2);

/** KeyUpdateRequest (RFC 8446 §4.6.3). */
export const keyUpdateRequestName: Naming = names(list([0, 'update_not_requested'], [1, 'update_requested']), 2);

/** ConnectionIdUsage (RFC 9147 §9). */
export const connectionIdUsageName: Naming = names(list([0, 'cid_immediate'], [1, 'cid_spare']), 2);

const PSK_MODE_NAMES = list([0, 'psk_ke'], [1, 'psk_dhe_ke']);

/** TLS PskKeyExchangeMode. */
export const pskModeName: Naming = (value) =>
  PSK_MODE_NAMES.get(value) ?? (isGreasePskMode(value) ? `GREASE (${hexNumber(value, 2)})` : hexNumber(value, 2));

/** SignatureScheme, or the pair hash + signature of TLS 1.2: 0x0202 is `dsa_sha1` and 0x0301 `rsa_pkcs1_sha224`. */
export const signatureSchemeName: Naming = (value) => {
  const scheme = SIGNATURE_SCHEME_NAMES.get(value);
  if (scheme !== undefined) return scheme;
  if (isGrease(value)) return `GREASE (${hexNumber(value, 4)})`;
  const hash = HASH_NAMES.get(value >> 8);
  const signature = SIGNATURE_NAMES.get(value & 0xff);
  if (hash === undefined || signature === undefined) return hexNumber(value, 4);
  return `${signature === 'rsa' ? 'rsa_pkcs1' : signature}_${hash}`;
};
