import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['pion12-fail-no-cipher.pcap', 'insufficient_security'],
  ['californium-fail-no-cipher.pcap', 'handshake_failure'],
  ['mbedtls-fail-no-ciphersuite.pcap', 'handshake_failure'],
  ['openssl-fail-ed25519-cert.pcap', 'handshake_failure'],
])('%s: the server refuses the offer with %s', async (file, alert) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: 'no-shared-cipher', severity: 'failure', certainty: 'inferred' });
  expect(headline?.title).toContain(alert);
  expect(headline?.evidence).toHaveLength(2);
});

test('a client of DTLS 1.3 with one suite: the version may be the reason as well', async () => {
  const { headline } = await diagnose('wolfclient13-mbedtlsserver12-fail.pcap');
  expect(headline).toMatchObject({ rule: 'no-shared-cipher', certainty: 'inferred' });
  expect(headline?.title).toContain('or no DTLS 1.3 at the server');
});

test.each(['openssl-fail-curve-mismatch.pcap', 'mbedtls-fail-client12-server10.pcap'])(
  'near miss: %s shows in the offer itself that it is not the suite',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('no-shared-cipher');
  },
);

test('near miss: handshake_failure long after the suite was chosen', async () => {
  const { rules } = await diagnose('openssl-fail-client-cert-required.pcap');
  expect(rules).not.toContain('no-shared-cipher');
});
