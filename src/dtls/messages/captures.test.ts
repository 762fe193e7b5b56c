/** Messages as real stacks sent them: the fixture holds bodies from captures, those of DTLS 1.3 after decryption. */
import { describe, expect, test } from 'vitest';
import { type Field, FieldTree } from '../../wire/fields.ts';
import { ByteReader } from '../../wire/reader.ts';
import { fromHex, toHex } from '../../wire/text.ts';
import * as ask from '../extensions/accessors.ts';
import { extensionValue } from '../extensions/extensions.ts';
import { cipherSuiteName, groupName, HANDSHAKE_TYPE, signatureSchemeName, VERSION } from '../registry.ts';
import { decodeAck } from './ack.ts';
import captures from './captures.fixture.json';
import { type MessageContext, NO_CONTEXT } from './context.ts';
import { decodeHandshakeBody, type HandshakeMessage } from './index.ts';
import { negotiatedVersion } from './server-hello.ts';

const DTLS12 = (keyExchange: string): MessageContext => ({ version: VERSION.dtls12, keyExchange, sender: 'server' });
const DTLS13: MessageContext = { version: VERSION.dtls13, keyExchange: null, sender: 'server' };

/** Decodes and expects a message of that type and nothing wrong with it. */
function decode<T extends HandshakeMessage['type']>(
  type: T,
  hex: string,
  context: MessageContext = NO_CONTEXT,
): { readonly message: Extract<HandshakeMessage, { readonly type: T }>; readonly fields: readonly Field[] } {
  const tree = new FieldTree();
  const r = new ByteReader('message', fromHex(hex) ?? new Uint8Array(), tree);
  const message = decodeHandshakeBody(numberOf(type), r, context);
  expect(r.problems).toEqual([]);
  if (message.type !== type) throw new Error(`a ${message.type}, not a ${type}`);
  return { message: message as Extract<HandshakeMessage, { readonly type: T }>, fields: tree.fields };
}

function numberOf(type: string): number {
  const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return HANDSHAKE_TYPE[key as keyof typeof HANDSHAKE_TYPE];
}

describe('openssl-ecdhe-ecdsa-aes128-gcm.pcap', () => {
  const capture = captures['openssl-ecdhe-ecdsa-aes128-gcm'];

  test('ClientHello', () => {
    const { message, fields } = decode('ClientHello', capture.ClientHello);
    expect(message.version).toBe(0xfefd);
    expect(toHex(message.random)).toBe('5a9ee5464e361a9b01cf0a4daaf9fb88aa490a419b682e2c55717e82cebe362e');
    expect(message.sessionId).toHaveLength(0);
    expect(toHex(message.cookie)).toBe('a8d4a2d1872a9aa9028eadc1fa14d15d2674d57d');
    expect(message.cipherSuites.map(cipherSuiteName)).toEqual([
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
    ]);
    expect(message.compressionMethods).toEqual([0]);
    expect(message.extensions.map(({ name }) => name)).toEqual([
      'ec_point_formats',
      'supported_groups',
      'session_ticket',
      'encrypt_then_mac',
      'extended_master_secret',
      'signature_algorithms',
    ]);
    expect(ask.supportedGroups(message.extensions).map(groupName)).toEqual([
      'x25519',
      'secp256r1',
      'x448',
      'secp521r1',
      'secp384r1',
    ]);
    expect(ask.hasExtendedMasterSecret(message.extensions)).toBe(true);
    expect(ask.hasEncryptThenMac(message.extensions)).toBe(true);
    expect(ask.sessionTicket(message.extensions)).toEqual(new Uint8Array());
    expect(fields.map(({ name }) => name)).toEqual([
      'client_version',
      'random',
      'session_id_length',
      'session_id',
      'cookie_length',
      'cookie',
      'cipher_suites_length',
      'cipher_suites',
      'compression_methods_length',
      'compression_methods',
      'extensions_length',
      'extensions',
    ]);
    expect(fields[7]?.children[0]).toMatchObject({
      name: 'cipher_suite',
      value: 0xc02b,
      meaning: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      at: { from: 58, to: 60 },
    });
    expect(fields[11]?.children[4]).toMatchObject({
      name: 'extension',
      meaning: 'extended_master_secret: master secret bound to the transcript (RFC 7627)',
    });
  });

  test('HelloVerifyRequest', () => {
    const { message } = decode('HelloVerifyRequest', capture.HelloVerifyRequest);
    expect(message.version).toBe(VERSION.dtls10);
    expect(message.cookie).toHaveLength(20);
  });

  test('ServerHello', () => {
    const { message } = decode('ServerHello', capture.ServerHello);
    expect(cipherSuiteName(message.cipherSuite)).toBe('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
    expect(negotiatedVersion(message)).toBe(VERSION.dtls12);
    expect(message.isHelloRetryRequest).toBe(false);
    expect(ask.renegotiatedConnection(message.extensions)).toEqual(new Uint8Array());
  });

  test('Certificate', () => {
    const { message } = decode('Certificate', capture.Certificate, DTLS12('ECDHE'));
    expect(message.form).toBe('x509');
    expect(message.certificates).toHaveLength(1);
    expect(message.certificates[0]?.at).toMatchObject({ from: 6, to: 499 });
    expect(toHex(message.certificates[0]?.bytes.subarray(0, 4) ?? new Uint8Array())).toBe('308201e9');
  });

  test('ServerKeyExchange, ClientKeyExchange and NewSessionTicket', () => {
    const { message: server } = decode('ServerKeyExchange', capture.ServerKeyExchange, DTLS12('ECDHE'));
    expect(groupName(server.group ?? 0)).toBe('x25519');
    expect(server.publicKey).toHaveLength(32);
    expect(signatureSchemeName(server.signatureScheme ?? 0)).toBe('ecdsa_secp256r1_sha256');
    expect(server.signature).toHaveLength(72);
    const { message: client } = decode('ClientKeyExchange', capture.ClientKeyExchange, DTLS12('ECDHE'));
    expect(client.publicKey).toHaveLength(32);
    const { message: ticket } = decode('NewSessionTicket', capture.NewSessionTicket, DTLS12('ECDHE'));
    expect(ticket).toMatchObject({ lifetimeSeconds: 7200, ageAdd: null });
    expect(ticket.ticket).toHaveLength(176);
  });
});

describe('DTLS 1.3', () => {
  test('firefox-webrtc-dc.pcap: ClientHello', () => {
    const { message } = decode('ClientHello', captures['firefox-webrtc-dc'].ClientHello);
    expect(ask.supportedVersions(message.extensions)).toEqual([0xfefc, 0xfefd, 0x0303]);
    expect(ask.keyShare(message.extensions)?.entries.map(({ group }) => groupName(group))).toEqual([
      'X25519MLKEM768',
      'x25519',
    ]);
    expect(ask.keyShare(message.extensions)?.entries[0]?.keyExchange).toHaveLength(1216);
    expect(ask.alpnProtocols(message.extensions)).toEqual(['webrtc', 'c-webrtc']);
    expect(ask.srtpProfiles(message.extensions)).toEqual([7, 8, 1, 2]);
    expect(ask.recordSizeLimit(message.extensions)).toBe(16385);
  });

  test('chromium-webrtc-dc.pcap: ClientHello', () => {
    const { message } = decode('ClientHello', captures['chromium-webrtc-dc'].ClientHello);
    expect(message.extensions.map(({ type }) => type)).toEqual([51, 10, 65281, 13, 14, 45, 11, 23, 43]);
    expect(ask.supportedVersions(message.extensions)).toEqual([VERSION.dtls13, VERSION.dtls12]);
  });

  test('firefox-webrtc-dc.pcap: ServerHello to Finished', () => {
    const capture = captures['firefox-webrtc-dc'];
    const { message: hello } = decode('ServerHello', capture.ServerHello);
    expect(hello.version).toBe(VERSION.dtls12);
    expect(negotiatedVersion(hello)).toBe(VERSION.dtls13);
    expect(ask.keyShare(hello.extensions)?.selectedGroup).toBe(4588);
    const { message: encrypted } = decode('EncryptedExtensions', capture.EncryptedExtensions, DTLS13);
    expect(ask.alpnProtocols(encrypted.extensions)).toEqual(['webrtc']);
    expect(ask.srtpProfiles(encrypted.extensions)).toEqual([7]);
    const { message: request } = decode('CertificateRequest', capture.CertificateRequest, DTLS13);
    expect(request.requestContext).toEqual(new Uint8Array());
    expect(request.signatureSchemes.map(signatureSchemeName)[0]).toBe('ecdsa_secp256r1_sha256');
    const { message: certificate } = decode('Certificate', capture.Certificate, DTLS13);
    expect(certificate.certificates).toMatchObject([{ at: { from: 7, to: 337 }, extensions: [] }]);
    const { message: verify } = decode('CertificateVerify', capture.CertificateVerify, DTLS13);
    expect(verify.signatureScheme).toBe(0x0403);
    expect(decode('Finished', capture.Finished, DTLS13).message.verifyData).toHaveLength(32);
  });

  test('firefox-webrtc-dc.pcap: ACK', () => {
    const r = new ByteReader('plaintext', fromHex(captures['firefox-webrtc-dc'].ACK) ?? new Uint8Array());
    expect(decodeAck(r).recordNumbers).toEqual([
      { epoch: 2, sequenceNumber: 0 },
      { epoch: 2, sequenceNumber: 1 },
      { epoch: 2, sequenceNumber: 2 },
    ]);
    expect(r.problems).toEqual([]);
  });

  test('wolfssl13-hrr-group.pcap: HelloRetryRequest', () => {
    const { message, fields } = decode('ServerHello', captures['wolfssl13-hrr-group'].ServerHello);
    expect(message.isHelloRetryRequest).toBe(true);
    expect(ask.keyShare(message.extensions)).toEqual({ entries: [], selectedGroup: 24 });
    expect(fields[1]?.meaning).toBe('HelloRetryRequest');
  });

  test('wolfssl13-early-data-accepted.pcap: resumption with early data', () => {
    const capture = captures['wolfssl13-early-data-accepted'];
    const { message: hello } = decode('ClientHello', capture.ClientHello);
    expect(ask.hasEarlyData(hello.extensions)).toBe(true);
    const offered = ask.preSharedKey(hello.extensions);
    expect(offered?.identities).toHaveLength(1);
    expect(offered?.binders.map(({ length }) => length)).toEqual([32]);
    const { message: answer } = decode('ServerHello', capture.ServerHello);
    expect(ask.preSharedKey(answer.extensions)?.selectedIdentity).toBe(0);
    const { message: ticket } = decode('NewSessionTicket', capture.NewSessionTicket, DTLS13);
    expect(ticket).toMatchObject({ lifetimeSeconds: 300, nonce: new Uint8Array([0]) });
    expect(extensionValue(ticket.extensions, 42)).toBe(4096);
    const { message: encrypted } = decode('EncryptedExtensions', capture.EncryptedExtensions, DTLS13);
    expect(ask.hasEarlyData(encrypted.extensions)).toBe(true);
  });

  test('wolfssl13-keyupdate-client.pcap: KeyUpdate', () => {
    const { message } = decode('KeyUpdate', captures['wolfssl13-keyupdate-client'].KeyUpdate, DTLS13);
    expect(message.updateRequested).toBe(true);
  });
});

describe('key exchanges of DTLS 1.2', () => {
  test('gnutls-psk-hint.pcap', () => {
    const capture = captures['gnutls-psk-hint'];
    const { message, fields } = decode('ServerKeyExchange', capture.ServerKeyExchange, DTLS12('PSK'));
    expect(new TextDecoder().decode(message.pskIdentityHint ?? new Uint8Array())).toBe('gnutls-hint');
    expect(fields.at(-1)?.meaning).toBe('gnutls-hint');
    const { fields: client } = decode('ClientKeyExchange', capture.ClientKeyExchange, DTLS12('PSK'));
    expect(client.at(-1)).toMatchObject({ name: 'psk_identity', meaning: 'corpus' });
  });

  test('gnutls-dhe-psk.pcap', () => {
    const capture = captures['gnutls-dhe-psk'];
    const { message: server } = decode('ServerKeyExchange', capture.ServerKeyExchange, DTLS12('DHE_PSK'));
    expect(server).toMatchObject({ primeLengthBytes: 256, signature: null, group: null });
    expect(server.publicKey).toHaveLength(256);
    const { message: client } = decode('ClientKeyExchange', capture.ClientKeyExchange, DTLS12('DHE_PSK'));
    expect(client.publicKey).toHaveLength(256);
    expect(client.pskIdentity).toHaveLength(6);
  });

  test('gnutls-ecdhe-psk.pcap', () => {
    const capture = captures['gnutls-ecdhe-psk'];
    const { message: server } = decode('ServerKeyExchange', capture.ServerKeyExchange, DTLS12('ECDHE_PSK'));
    expect(server).toMatchObject({ group: 23, signature: null });
    expect(server.publicKey).toHaveLength(65);
    const { message: client } = decode('ClientKeyExchange', capture.ClientKeyExchange, DTLS12('ECDHE_PSK'));
    expect(client.publicKey).toHaveLength(65);
  });

  test('openssl-rsa-psk-aes128-gcm-secretsonly.pcap and openssl-rsa-aes128-gcm-noems.pcap', () => {
    const withPsk = captures['openssl-rsa-psk-aes128-gcm-secretsonly'].ClientKeyExchange;
    const { message: both } = decode('ClientKeyExchange', withPsk, DTLS12('RSA_PSK'));
    expect(both.encryptedPreMasterSecret).toHaveLength(256);
    expect(new TextDecoder().decode(both.pskIdentity ?? new Uint8Array())).toBe('Client_identity');
    const plain = captures['openssl-rsa-aes128-gcm-noems'].ClientKeyExchange;
    const { message } = decode('ClientKeyExchange', plain, DTLS12('RSA'));
    expect(message.encryptedPreMasterSecret).toHaveLength(256);
    expect(message.pskIdentity).toBeNull();
  });

  test('openssl-anon-ecdh-aes128-sha.pcap', () => {
    const hex = captures['openssl-anon-ecdh-aes128-sha'].ServerKeyExchange;
    const { message } = decode('ServerKeyExchange', hex, DTLS12('ECDH_anon'));
    expect(message).toMatchObject({ group: 29, signatureScheme: null, signature: null });
  });

  test('openssl-dtls10-dhe-rsa-aes128-sha-noems-mte.pcap: a signature without algorithm', () => {
    const capture = captures['openssl-dtls10-dhe-rsa-aes128-sha-noems-mte'];
    const context = { ...DTLS12('DHE'), version: VERSION.dtls10 };
    const { message } = decode('ServerKeyExchange', capture.ServerKeyExchange, context);
    expect(message).toMatchObject({ primeLengthBytes: 256, signatureScheme: null });
    expect(message.signature).toHaveLength(256);
    expect(decode('ClientKeyExchange', capture.ClientKeyExchange, context).message.publicKey).toHaveLength(256);
  });

  test('mbedtls-ecjpake.pcap', () => {
    const capture = captures['mbedtls-ecjpake'];
    const { message: hello } = decode('ClientHello', capture.ClientHello);
    expect(cipherSuiteName(hello.cipherSuites[0] ?? 0)).toBe('TLS_ECJPAKE_WITH_AES_128_CCM_8');
    expect(extensionValue(hello.extensions, 256)?.map(({ publicKey }) => publicKey.length)).toEqual([65, 65]);
    const { message: server } = decode('ServerKeyExchange', capture.ServerKeyExchange, DTLS12('ECJPAKE'));
    expect(server.group).toBe(23);
    const { message: client } = decode('ClientKeyExchange', capture.ClientKeyExchange, DTLS12('ECJPAKE'));
    expect(client.publicKey).toHaveLength(65);
  });

  test('a key exchange that is not known is kept as bytes', () => {
    const hex = captures['gnutls-dhe-psk'].ServerKeyExchange;
    const { message } = decode('ServerKeyExchange', hex, { ...DTLS12('GOST'), keyExchange: null });
    expect(toHex(message.unread)).toBe(hex);
  });
});

describe('extensions', () => {
  test('mbedtls-cid-4-8.pcap: connection IDs', () => {
    const capture = captures['mbedtls-cid-4-8'];
    const { message: client } = decode('ClientHello', capture.ClientHello);
    expect(ask.serverNames(client.extensions)).toEqual(['server.example']);
    expect(ask.connectionId(client.extensions)).toEqual({ cid: fromHex('c1c1c1c1'), draft: false });
    const { message: server } = decode('ServerHello', capture.ServerHello);
    expect(ask.connectionId(server.extensions)).toEqual({ cid: fromHex('5e5e5e5e5e5e5e5e'), draft: false });
  });

  test('californium-deprecated-cid-53.pcap: the connection ID of the drafts', () => {
    const { message } = decode('ServerHello', captures['californium-deprecated-cid-53'].ServerHello);
    expect(ask.connectionId(message.extensions)).toEqual({ cid: fromHex('b8c98b2b0a7f'), draft: true });
  });

  test('sclient-status-ocsp-alpn-sni.pcap', () => {
    const { message } = decode('ClientHello', captures['sclient-status-ocsp-alpn-sni'].ClientHello);
    expect(ask.serverNames(message.extensions)).toEqual(['dtls.test']);
    expect(ask.alpnProtocols(message.extensions)).toEqual(['coap', 'h3']);
    expect(ask.maxFragmentLength(message.extensions)).toBe(512);
  });

  test('gnutls-srtp.pcap: use_srtp', () => {
    const { message } = decode('ServerHello', captures['gnutls-srtp'].ServerHello);
    expect(ask.srtpProfiles(message.extensions)).toEqual([1]);
  });

  test('gnutls-dtls09.pcap: ClientHello of the pre-standard version', () => {
    const { message, fields } = decode('ClientHello', captures['gnutls-dtls09'].ClientHello);
    expect(message.version).toBe(VERSION.dtls09);
    expect(fields[0]?.meaning).toBe('DTLS 0.9');
  });
});

test('tinydtls-ecc-rpk-ccm8-mutual.pcap: a raw public key, and the request for one', () => {
  const capture = captures['tinydtls-ecc-rpk-ccm8-mutual'];
  const context = { ...DTLS12('ECDHE'), serverCertificateType: 2 };
  const { message } = decode('Certificate', capture.Certificate, context);
  expect(message.form).toBe('raw-public-key');
  expect(message.certificates).toMatchObject([{ at: { from: 3, to: 94 } }]);
  const { message: request } = decode('CertificateRequest', capture.CertificateRequest, context);
  expect(request).toMatchObject({ certificateTypes: [64], signatureSchemes: [0x0403], certificateAuthorities: [] });
  const { message: verify } = decode('CertificateVerify', capture.CertificateVerify, context);
  expect(verify.signatureScheme).toBe(0x0403);
});
