import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['openssl-fail-unknown-ca.pcap', 'The client does not know the issuer'],
  ['gnutls-fail-unknown-ca.pcap', 'bad_certificate'],
  ['californium-fail-bad-cert.pcap', 'bad_certificate'],
  ['mbedtls-fail-expired.pcap', 'which expired on 2021-01-01'],
  ['wolfssl13-fail-expired-cert.pcap', 'which expired on 2021-01-01'],
  ['wolfssl13-fail-unknown-ca.pcap', 'DTLS Corpus Root CA'],
  ['wolfssl13-fail-client-cert-unknown-ca.pcap', "the issuer of the client's certificate"],
])('%s: %s', async (file, says) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: 'cert-untrusted', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain(says);
});

test('the wire counts: a client certificate was sent, and its issuer is unknown', async () => {
  const { headline, rules } = await diagnose('mbedtls-fail-client-cert-required.pcap');
  expect(headline?.rule).toBe('cert-untrusted');
  expect(rules).not.toContain('client-cert-required');
});

test('near miss: without keys nobody can see why a handshake of DTLS 1.3 ended', async () => {
  const { rules } = await diagnose('wolfssl13-fail-unknown-ca.pcap', { withoutKeys: true });
  expect(rules).not.toContain('cert-untrusted');
});

test('near miss: no certificate at all', async () => {
  const { rules } = await diagnose('pion12-fail-client-cert-required.pcap');
  expect(rules).not.toContain('cert-untrusted');
});
