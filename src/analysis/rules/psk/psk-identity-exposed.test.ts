import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('the identity is shown masked, and never is the headline', async () => {
  const { finding } = await diagnose('openssl-psk-aes128-gcm.pcap');
  const found = finding('psk-identity-exposed');
  expect(found).toMatchObject({ severity: 'note', headline: false, certainty: 'seen' });
  expect(found?.title).toContain('"Cl…" (15 characters)');
  expect(JSON.stringify(found)).not.toContain('Client_identity');
});

test('near miss: certificates have no such identity', async () => {
  const { rules } = await diagnose('gnutls-clean.pcap');
  expect(rules).not.toContain('psk-identity-exposed');
});

test('near miss: a ticket of the server is no name', async () => {
  const { rules } = await diagnose('wolfssl13-clean-chacha20.pcap');
  expect(rules).not.toContain('psk-identity-exposed');
});
