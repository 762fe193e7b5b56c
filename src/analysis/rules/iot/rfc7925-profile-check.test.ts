import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';
import { toPort } from './moved.test.helper.ts';

test('CoAP inside, and another cipher suite than the profile has', async () => {
  const { finding, headline } = await diagnose('libcoap-gnutls-psk-get.pcap');
  expect(finding('rfc7925-profile-check')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(finding('rfc7925-profile-check')?.title).toContain('TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256');
  expect(headline).toBeNull();
});

test('the port alone counts as long as the data stay closed', async () => {
  const { finding } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: (d) => toPort(d, 5684),
    withoutKeys: true,
  });
  expect(finding('rfc7925-profile-check')?.title).toContain('no server name');
});

test('near miss: on that port, and all as the profile says', async () => {
  const { rules } = await diagnose('openssl-psk-aes128-ccm8.pcap', { edit: (d) => toPort(d, 5684), withoutKeys: true });
  expect(rules).not.toContain('rfc7925-profile-check');
});

test.each([
  ['closed, on another port', 'openssl-ecdhe-ecdsa-aes128-gcm.pcap'],
  ['on that port, and no CoAP inside', 'glare-openssl-two-associations-dtls12.pcap'],
  ['DTLS 1.3', 'wolfssl13-clean-aes128gcm.pcap'],
])('near miss: %s', async (_, file) => {
  expect((await diagnose(file)).rules).not.toContain('rfc7925-profile-check');
});
