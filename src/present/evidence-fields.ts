/** Which field of a record shows what a finding says of it, so that its bytes are marked when the evidence is followed. */
import type { RecordView } from '../analysis/trace.ts';

const COOKIE = ['cookie', 'extension cookie'];
const CERTIFICATE = ['ASN.1Cert', 'cert_data', 'certificate_list'];
const VERSION = ['extension supported_versions', 'server_version', 'client_version', 'version'];
const SUITES = ['cipher_suites', 'cipher_suite'];
const GROUPS = ['extension supported_groups', 'extension key_share', 'namedcurve', 'extension signature_algorithms'];
const PSK = ['psk_identity', 'extension pre_shared_key', 'psk_identity_hint', 'identity'];
const CLOSED = ['authentication_tag', 'encrypted_record', 'fragment'];
const NUMBER = ['sequence_number'];
const EPOCH = ['epoch', 'unified_header'];
const PIECE = ['fragment_offset', 'fragment_length'];
const REPEAT = ['message_seq', 'sequence_number'];
const SESSION = ['extension session_ticket', 'session_id', 'ticket', 'extension pre_shared_key'];
const CID = ['cid', 'connection_id', 'extension connection_id'];
const ACK = ['record_numbers'];
const ADDRESS = ['UDP'];
const RENEGOTIATION = ['extension renegotiation_info', 'extensions'];

/** Fields by rule, the most telling first; the first that the record has is the one. */
const OF_RULE: Readonly<Record<string, readonly string[]>> = {
  'client-ignores-hvr': COOKIE,
  'server-ignores-repeated-clienthello-after-hvr': COOKIE,
  'cookie-rejected-loop': COOKIE,
  'server-mute-after-cookie': COOKIE,
  'cookie-hello-parameters-changed': COOKIE,
  'server-retransmits-hvr': COOKIE,
  'stale-cookie': COOKIE,
  'constant-cookie': COOKIE,
  'cookie-tuple-changed': ADDRESS,
  'answer-from-other-address': ADDRESS,
  'nat-rebinding-no-cid': ADDRESS,
  'cid-address-update': ADDRESS,
  'cid-unknown-at-server': CID,
  'cid-missing-after-negotiation': CID,
  'cert-untrusted': CERTIFICATE,
  'wrong-key-usage': CERTIFICATE,
  'chain-too-big': CERTIFICATE,
  'fingerprint-mismatch': CERTIFICATE,
  'client-cert-required': ['certificate_list', 'certificate_types', 'certificate_request_context'],
  'missing-certificate-verify': ['certificate_list', 'msg_type'],
  'cert-verify-failed': ['signature', ...CERTIFICATE],
  'raw-public-key-not-negotiated': ['extension server_certificate_type', 'extension client_certificate_type'],
  'version-mismatch': VERSION,
  'auto-sense-fell-back-to-12': VERSION,
  'hvr-from-13-server-or-13-forbidden-features': VERSION,
  'no-shared-cipher': SUITES,
  'suite-vs-certificate-type': SUITES,
  'weak-parameters': ['cipher_suite', ...SUITES],
  'psk-hint-or-dhe-confusion': ['psk_identity_hint', ...SUITES],
  'no-shared-group-or-sigalg': GROUPS,
  'second-hrr-or-keyshare-loop': ['extension key_share', ...GROUPS],
  'ems-mismatch': ['extension extended_master_secret', 'extensions'],
  'record-size-limit-or-mfl-violated': ['extension record_size_limit', 'extension max_fragment_length', 'length'],
  'renegotiation-info-missing': RENEGOTIATION,
  'renegotiation-insecure': RENEGOTIATION,
  'renegotiation-refused': RENEGOTIATION,
  'unknown-psk-identity': PSK,
  'psk-identity-exposed': PSK,
  'psk-crackable': PSK,
  'wrong-psk': [...PSK, 'verify_data', ...CLOSED],
  'bad-record-mac-alert': CLOSED,
  'corrupted-record': CLOSED,
  'aead-limit': CLOSED,
  'nonce-reuse': ['nonce_explicit', ...CLOSED],
  'random-gcm-nonce': ['nonce_explicit', ...CLOSED],
  'predictable-random': ['random'],
  'clienthello-race': ['random'],
  'finished-before-ccs': EPOCH,
  'plaintext-after-keys': EPOCH,
  'appdata-before-finished': EPOCH,
  'ack-epoch-violation': EPOCH,
  'datagram-truncated': ['length'],
  'bad-fragment-header': PIECE,
  'partial-flight-held-up': [...NUMBER, ...PIECE],
  'refragmented-retransmission-not-reassembled': PIECE,
  'tiny-mtu-208': ['fragment_length'],
  'fragmented-clienthello-ignored': ['fragment_length'],
  'pmtu-black-hole': ['length'],
  'ack-of-unprocessed': ACK,
  'ack-storm-duplicate-flight': ACK,
  'empty-ack-serverhello-lost': ACK,
  'resumption-failed': SESSION,
  'resumption-declined': SESSION,
  'no-use-srtp': ['extension use_srtp', 'extensions'],
};

/** A repeat is shown by the number that it has in common with the first, whatever the rule. */
const AGAIN = /\bagain\b|\brepeat/i;

/** By what the sentence speaks of, where the rule says nothing. */
const OF_WORDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/acknowledg/i, ACK],
  [/missing|not in this capture|number/i, NUMBER],
  [/transmission/i, REPEAT],
  [/Finished/, ['verify_data']],
  [/derive/, ['random']],
];

/** Names of fields to try in the record, in this order. */
export function evidenceFields(rule: string, says: string, record: RecordView | undefined): readonly string[] {
  // Whatever the rule: of an alert, its reason is what counts.
  if (record?.contents.some(({ kind }) => kind === 'alert')) return ['description', ...CLOSED];
  const words = OF_WORDS.find(([pattern]) => pattern.test(says))?.[1] ?? [];
  return [...(AGAIN.test(says) ? REPEAT : []), ...(OF_RULE[rule] ?? []), ...words, 'msg_type', 'sequence_number'];
}
