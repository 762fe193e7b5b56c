import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['openssl-loss-downlink-dead-after-sh.client.pcap', 'The timer of the client fits OpenSSL or LibreSSL'],
  ['gnutls-fail-no-common.pcap', 'The timer of the client fits GnuTLS'],
  ['californium-fail-psk-mismatch.pcap', 'The timer of the client fits Mbed TLS, pion or Scandium'],
])('%s: %s', async (file, title) => {
  const { finding } = await diagnose(file);
  expect(finding('stack-guess')).toMatchObject({ severity: 'note', certainty: 'inferred', headline: false, title });
});

test('near miss: a schedule that many stacks have', async () => {
  const { rules } = await diagnose('openssl-fail-server-silent.pcap');
  expect(rules).not.toContain('stack-guess');
});

test('near miss: one wait', async () => {
  const { rules } = await diagnose('openssl-loss-ch2.client.pcap');
  expect(rules).not.toContain('stack-guess');
});
