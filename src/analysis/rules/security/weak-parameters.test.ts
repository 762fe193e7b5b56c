import { expect, test } from 'vitest';
import { change, SERVER_KEY_EXCHANGE } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['gnutls-null.pcap', 'no encryption and static RSA key exchange'],
  ['openssl-anon-ecdh-aes128-sha.pcap', 'no authentication'],
  ['openssl-dtls10-ecdhe-rsa-aes128-sha.pcap', 'DTLS 1.0'],
  ['gnutls-dtls09-nocookie.pcap', 'DTLS 0.9'],
  ['mbedtls-rsa-keyx.pcap', 'static RSA key exchange'],
  ['openssl-ecdhe-ecdsa-aes128-sha256-mte.pcap', 'CBC without encrypt_then_mac'],
  ['openssl-dhe-psk-aes128-gcm.pcap', 'a group of 1024 bits'],
  ['openssl-dtls10-rsa-aes256-sha-mte.pcap', 'static RSA key exchange, CBC without encrypt_then_mac and DTLS 1.0'],
])('%s: %s', async (file, what) => {
  const { finding } = await diagnose(file, { withoutKeys: true });
  expect(finding('weak-parameters')).toMatchObject({
    severity: 'security',
    certainty: 'seen',
    title: `Weak parameters were agreed on: ${what}`,
  });
});

test('a signature with SHA-1', async () => {
  // named_curve, the curve, a point of 32 bytes, and then the SignatureScheme: ecdsa_sha1.
  const { finding } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: (d) => change(d, SERVER_KEY_EXCHANGE, (body) => body.map((b, i) => [2, 3][i - 4 - (body[3] ?? 0)] ?? b)),
  });
  expect(finding('weak-parameters')?.title).toContain('the signature ecdsa_sha1');
});

test.each([
  'openssl-ecdhe-ecdsa-aes128-sha-etm.pcap',
  'openssl-dhe-rsa-aes128-gcm.pcap',
  'openssl-psk-aes128-ccm8.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'firefox-webrtc-dc.pcap',
])('near miss: encrypt_then_mac, a large group, plain PSK, DTLS 1.3, a self-signed certificate (%s)', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('weak-parameters');
});

test('near miss: offered, but not chosen', async () => {
  const { rules } = await diagnose('openssl-fail-server-silent.pcap');
  expect(rules).not.toContain('weak-parameters');
});
