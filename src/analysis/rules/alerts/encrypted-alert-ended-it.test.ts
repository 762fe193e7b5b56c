import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('with keys the alert has a name', async () => {
  const { finding } = await diagnose('wolfssl13-fail-expired-cert.pcap');
  expect(finding('encrypted-alert-ended-it')).toMatchObject({
    severity: 'failure',
    certainty: 'seen',
    title: 'The client ends the handshake with the encrypted alert certificate_expired',
    consequenceOf: 'cert-untrusted',
  });
});

test.each(['wolfssl13-fail-expired-cert.pcap', 'wolfssl13-fail-wrong-server-key.pcap'])(
  '%s without keys: a record too short for anything else, in place of the Finished',
  async (file) => {
    const { headline } = await diagnose(file, { withoutKeys: true });
    expect(headline).toMatchObject({
      rule: 'encrypted-alert-ended-it',
      severity: 'failure',
      certainty: 'near-certain',
    });
  },
);

test('without keys, by the server under application keys: only inferred', async () => {
  const { headline } = await diagnose('wolfssl13-fail-client-cert-required.pcap', { withoutKeys: true });
  expect(headline).toMatchObject({ rule: 'encrypted-alert-ended-it', certainty: 'inferred' });
  expect(headline?.title).toMatch(/^The server/);
});

test('DTLS 1.2 without keys: a close or a refusal, so no more than a note', async () => {
  const { finding } = await diagnose('gnutls-resume.pcap', { withoutKeys: true });
  expect(finding('encrypted-alert-ended-it')).toMatchObject({ severity: 'note', certainty: 'inferred' });
});

test.each([
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'wolfssl13-lost-serverhello.client.pcap',
])('near miss: %s closes after data', async (file) => {
  for (const withoutKeys of [true, false]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain('encrypted-alert-ended-it');
  }
});
