/** Where an RFC defines a field, and what the field is for, in a few words: the line under the selected row. */
import type { Field } from '../wire/fields.ts';

export interface Clause {
  /** "RFC 6347 §4.1". */
  readonly citation: string;
  readonly means: string;
}

/** What it means, where DTLS 1.2 defines it, and where DTLS 1.3 does if elsewhere. */
type Row = readonly [means: string, before13: string, in13?: string];

/** By name, or by "group/name" where several groups have a field of that name. */
const FIELDS: Readonly<Record<string, Row>> = {
  UDP: ['the datagram that carried the record', 'RFC 768', 'RFC 768'],
  record: ['one record: header, then what it protects', 'RFC 6347 §4.1', 'RFC 9147 §4'],
  'record/type': ['what the record carries', 'RFC 6347 §4.1', 'RFC 9147 §4'],
  'record/version': ['before the version is agreed, DTLS 1.0 by custom', 'RFC 6347 §4.1', 'RFC 9147 §4'],
  'record/epoch': ['counts changes of the keys', 'RFC 6347 §4.1', 'RFC 9147 §4'],
  'record/sequence_number': ['counts the records of one epoch', 'RFC 6347 §4.1.2', 'RFC 9147 §4.2.3'],
  'record/length': ['bytes that follow the header', 'RFC 6347 §4.1', 'RFC 9147 §4'],
  'record/fragment': ['what the record carries, encrypted from epoch 1 on', 'RFC 6347 §4.1', 'RFC 9147 §4'],
  'record/cid': ['tells the receiver which association this is', 'RFC 9146 §4', 'RFC 9147 §9'],
  'record/connection_id': ['tells the receiver which association this is', 'RFC 9146 §4', 'RFC 9147 §9'],
  unified_header: ['flags: 001, C CID, S long number, L length, EE epoch', 'RFC 9147 §4'],
  encrypted_record: ['the content, its type and padding, then the tag', 'RFC 9147 §4'],
  nonce_explicit: ['the sender’s part of the nonce, new in each record', 'RFC 5288 §3'],
  ciphertext: ['the encrypted content', 'RFC 5246 §6.2.3.3'],
  authentication_tag: ['proves that nothing was altered', 'RFC 5246 §6.2.3.3'],
  handshake: ['one fragment of a handshake message', 'RFC 6347 §4.2.2', 'RFC 9147 §5.2'],
  msg_type: ['which handshake message this is', 'RFC 6347 §4.2.2', 'RFC 9147 §5.2'],
  'handshake/length': ['of the whole message, not of this fragment', 'RFC 6347 §4.2.2', 'RFC 9147 §5.2'],
  message_seq: ['counts messages; a repeat keeps its number', 'RFC 6347 §4.2.2', 'RFC 9147 §5.2'],
  fragment_offset: ['where in the message this fragment begins', 'RFC 6347 §4.2.3', 'RFC 9147 §5.5'],
  fragment_length: ['bytes of the message in this fragment', 'RFC 6347 §4.2.3', 'RFC 9147 §5.5'],
  'handshake/fragment': ['this piece of the message', 'RFC 6347 §4.2.3', 'RFC 9147 §5.5'],
  alert: ['why the sender stops, or that it is done', 'RFC 5246 §7.2', 'RFC 8446 §6'],
  'alert/level': ['fatal ends the association at once', 'RFC 5246 §7.2', 'RFC 8446 §6'],
  'alert/description': ['the sender’s reason', 'RFC 5246 §7.2.2', 'RFC 8446 §6.2'],
  change_cipher_spec: ['from the next record on, the new keys', 'RFC 5246 §7.1', 'RFC 8446 §5'],
  heartbeat: ['asks whether the peer is there', 'RFC 6520 §4'],
  ACK: ['the records that arrived and were processed', 'RFC 9147 §7'],
  record_numbers: ['what is not listed may have to be sent again', 'RFC 9147 §7'],
  RecordNumber: ['epoch and number of one record that arrived', 'RFC 9147 §7'],
  return_routability_check: ['proves that the peer is at its new address', 'RFC 9853 §4'],
  application_data: ['bytes of the application', 'RFC 5246 §10', 'RFC 8446 §5'],
  client_version: ['the highest version that the client speaks', 'RFC 6347 §4.2.1', 'RFC 9147 §5.3'],
  server_version: ['the version that the server chose', 'RFC 6347 §4.2.1', 'RFC 9147 §5.4'],
  legacy_version: ['fixed; the true version is in supported_versions', 'RFC 8446 §4.1.2', 'RFC 9147 §5.3'],
  random: ['32 bytes; the client’s names its lines of a key log', 'RFC 5246 §7.4.1.2', 'RFC 8446 §4.1.2'],
  session_id: ['an earlier session to go on with, or a new name', 'RFC 5246 §7.4.1.2', 'RFC 8446 §4.1.2'],
  legacy_session_id: ['kept from DTLS 1.2, empty', 'RFC 8446 §4.1.2', 'RFC 9147 §5.3'],
  cookie: ['proves that the client receives at its address', 'RFC 6347 §4.2.1', 'RFC 9147 §5.1'],
  legacy_cookie: ['must be empty in DTLS 1.3', 'RFC 9147 §5.3'],
  cipher_suites: ['what the client offers, its favourite first', 'RFC 5246 §7.4.1.2', 'RFC 8446 §4.1.2'],
  cipher_suite: ['algorithms that protect the records', 'RFC 5246 §7.4.1.3', 'RFC 8446 §4.1.3'],
  compression_methods: ['must offer NULL', 'RFC 5246 §7.4.1.2', 'RFC 8446 §4.1.2'],
  compression_method: ['NULL, since compression leaks', 'RFC 5246 §7.4.1.2', 'RFC 8446 §4.1.2'],
  extensions: ['what goes beyond the fixed fields', 'RFC 5246 §7.4.1.4', 'RFC 8446 §4.2'],
  certificate_list: ['the chain, the sender’s own certificate first', 'RFC 5246 §7.4.2', 'RFC 8446 §4.4.2'],
  'ASN.1Cert': ['one certificate, DER', 'RFC 5246 §7.4.2', 'RFC 8446 §4.4.2'],
  cert_data: ['one certificate, DER', 'RFC 8446 §4.4.2'],
  certificate_authorities: ['issuers that the server accepts', 'RFC 5246 §7.4.4', 'RFC 8446 §4.2.4'],
  certificate_request_context: ['ties a certificate to its request', 'RFC 8446 §4.4.2'],
  curve_type: ['how the group is given', 'RFC 8422 §5.4'],
  namedcurve: ['the group of the key exchange', 'RFC 8422 §5.4'],
  public: ['the server’s share of the key exchange', 'RFC 8422 §5.4'],
  ecdh_Yc: ['the client’s share of the key exchange', 'RFC 8422 §5.7'],
  psk_identity_hint: ['helps the client choose a pre-shared key', 'RFC 4279 §2'],
  psk_identity: ['which pre-shared key the client uses', 'RFC 4279 §2'],
  algorithm: ['how the signature was made', 'RFC 5246 §4.7', 'RFC 8446 §4.4.3'],
  signature: ['proves that the sender holds its private key', 'RFC 5246 §7.4.3', 'RFC 8446 §4.4.3'],
  verify_data: ['a MAC over the whole handshake', 'RFC 5246 §7.4.9', 'RFC 8446 §4.4.4'],
  binders: ['prove that the client holds the pre-shared keys', 'RFC 8446 §4.2.11.2'],
  ticket: ['lets the client resume later', 'RFC 5077 §3.3', 'RFC 8446 §4.6.1'],
  ticket_lifetime: ['seconds that the ticket is good for', 'RFC 8446 §4.6.1'],
  ticket_lifetime_hint: ['seconds that the ticket is good for', 'RFC 5077 §3.3'],
  ticket_age_add: ['hides the age of the ticket', 'RFC 8446 §4.6.1'],
  ticket_nonce: ['makes the key of each ticket its own', 'RFC 8446 §4.6.1'],
  request_update: ['whether the peer has to change its keys too', 'RFC 8446 §4.6.3'],
  ClientHello: ['opens the handshake with what the client can do', 'RFC 6347 §4.2.1', 'RFC 9147 §5.3'],
  HelloVerifyRequest: ['asks the client to come again with a cookie', 'RFC 6347 §4.2.1'],
  ServerHello: ['what the server chose', 'RFC 5246 §7.4.1.3', 'RFC 8446 §4.1.3'],
  EncryptedExtensions: ['the server’s answers that nobody else may read', 'RFC 8446 §4.3.1'],
  Certificate: ['who the sender is', 'RFC 5246 §7.4.2', 'RFC 8446 §4.4.2'],
  ServerKeyExchange: ['the server’s share of the key, signed', 'RFC 5246 §7.4.3'],
  CertificateRequest: ['the server wants to know who the client is', 'RFC 5246 §7.4.4', 'RFC 8446 §4.3.2'],
  ServerHelloDone: ['the end of the server’s flight', 'RFC 5246 §7.4.5'],
  CertificateVerify: ['signs the handshake so far', 'RFC 5246 §7.4.8', 'RFC 8446 §4.4.3'],
  ClientKeyExchange: ['the client’s share of the key', 'RFC 5246 §7.4.7'],
  Finished: ['both saw the same handshake', 'RFC 5246 §7.4.9', 'RFC 8446 §4.4.4'],
  NewSessionTicket: ['for a shorter handshake next time', 'RFC 5077 §3.3', 'RFC 8446 §4.6.1'],
  KeyUpdate: ['the sender changes its keys', 'RFC 8446 §4.6.3', 'RFC 9147 §8'],
  HelloRequest: ['the server asks for a new handshake', 'RFC 5246 §7.4.1.1'],
};

/** By the extension’s registered name. */
const EXTENSIONS: Readonly<Record<string, Row>> = {
  server_name: ['the name of the server that the client wants', 'RFC 6066 §3'],
  max_fragment_length: ['the largest record the client can take', 'RFC 6066 §4'],
  record_size_limit: ['the largest record this side can take', 'RFC 8449 §4'],
  supported_groups: ['groups for the key exchange', 'RFC 8422 §5.1.1', 'RFC 8446 §4.2.7'],
  ec_point_formats: ['how points may be written', 'RFC 8422 §5.1.2'],
  signature_algorithms: ['signatures that this side can check', 'RFC 5246 §7.4.1.4.1', 'RFC 8446 §4.2.3'],
  use_srtp: ['SRTP takes its keys from this handshake', 'RFC 5764 §4.1.1'],
  application_layer_protocol_negotiation: ['which protocol will be spoken', 'RFC 7301 §3.1'],
  encrypt_then_mac: ['CBC records are MACed after encryption', 'RFC 7366 §2'],
  extended_master_secret: ['ties the master secret to the handshake', 'RFC 7627 §4'],
  session_ticket: ['a ticket, or that one is wanted', 'RFC 5077 §3.2'],
  pre_shared_key: ['keys that both know already', 'RFC 8446 §4.2.11'],
  early_data: ['data before the handshake is done', 'RFC 8446 §4.2.10'],
  supported_versions: ['the versions that this side speaks', 'RFC 8446 §4.2.1'],
  cookie: ['proves that the client receives at its address', 'RFC 8446 §4.2.2'],
  psk_key_exchange_modes: ['whether a PSK goes with a fresh key exchange', 'RFC 8446 §4.2.9'],
  key_share: ['shares of the key exchange', 'RFC 8446 §4.2.8'],
  connection_id: ['what the peer has to put into its records', 'RFC 9146 §3', 'RFC 9147 §9'],
  renegotiation_info: ['ties a new handshake to the old one', 'RFC 5746 §3.2'],
  client_certificate_type: ['forms of the client’s identity', 'RFC 7250 §3'],
  server_certificate_type: ['forms of the server’s identity', 'RFC 7250 §3'],
};

/** Of the last field of the chain; a length, or a list’s item, borrows from what it belongs to. */
export function clauseOf(chain: readonly Field[], version: string | null): Clause | null {
  for (let i = chain.length - 1; i >= 0; i--) {
    const row = rowOf(chain[i], chain[i - 1]);
    if (!row) continue;
    const [means, before13, in13] = row;
    const citation = version === 'DTLS 1.3' ? (in13 ?? before13) : before13;
    const own = i === chain.length - 1;
    return { citation, means: own ? means : `part of ${nameOf(chain[i])}: ${means}` };
  }
  return null;
}

function rowOf(field: Field | undefined, parent: Field | undefined): Row | undefined {
  if (!field) return undefined;
  if (field.name === 'extension') return EXTENSIONS[nameOf(field)];
  return FIELDS[`${parent?.name ?? ''}/${field.name}`] ?? FIELDS[field.name];
}

function nameOf(field: Field | undefined): string {
  if (field?.name === 'extension') return /^\w+/.exec(field.meaning ?? '')?.[0] ?? 'extension';
  return field?.name ?? '';
}
