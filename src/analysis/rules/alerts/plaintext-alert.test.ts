import { expect, test } from 'vitest';
import { alertDescriptionName } from '../../../dtls/registry.ts';
import { refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { ALERT_CAUSES } from './alert-causes.ts';

test.each(['client', 'server'])('illegal_parameter after a patched ServerHello, at the %s', async (vantage) => {
  const { headline } = await diagnose(`wolfssl13-fail-sh-cipher-patched.${vantage}.pcap`);
  expect(headline).toMatchObject({
    rule: 'plaintext-alert',
    severity: 'failure',
    certainty: 'seen',
    title: 'The client ends the handshake with the alert illegal_parameter, in answer to ServerHello',
  });
});

test('an alert about certificates answers the Certificate, not the last message of its flight', async () => {
  const { finding } = await diagnose('openssl-fail-unknown-ca.pcap');
  expect(finding('plaintext-alert')?.title).toContain('unknown_ca, in answer to Certificate');
});

test('what a rule knows better hangs it under itself', async () => {
  const { headline, finding } = await diagnose('openssl-fail-psk-identity-unknown.pcap');
  expect(headline?.rule).toBe('unknown-psk-identity');
  expect(finding('plaintext-alert')?.consequenceOf).toBe('unknown-psk-identity');
});

test('a time limit is no answer', async () => {
  const { finding } = await diagnose('bc-loss25-seed31.server.pcap');
  const alert = finding('plaintext-alert');
  expect(alert?.title).toBe('The server ends the handshake with the alert internal_error');
  expect(alert?.explanation).toMatch(/sent its flight 4 five times: it gave up waiting/);
});

test('a code that is in no registry', async () => {
  const { headline } = await diagnose('openssl-fail-server-silent.pcap', {
    edit: ([hello]) => (hello ? [hello, refusedWith(hello, 200)] : []),
  });
  expect(headline).toMatchObject({ rule: 'plaintext-alert' });
  expect(headline?.explanation).toContain('in no registry');
});

test('every alert of the registry is explained', () => {
  const named = Array.from({ length: 256 }, (_, code) => code).filter(
    (code) => !/^0x/.test(alertDescriptionName(code)),
  );
  expect(named.filter((code) => !ALERT_CAUSES.has(code))).toEqual([]);
  for (const { means, usual } of ALERT_CAUSES.values()) {
    expect(means).not.toMatch(/\.$/);
    expect(usual.length).toBeGreaterThan(0);
  }
});

test('a close in the clear is a note: it says how, never why', async () => {
  const { finding } = await diagnose('tinydtls-loss20-seed12.client.pcap');
  expect(finding('plaintext-alert')).toMatchObject({ severity: 'note', headline: false });
});

test('near miss: alerts under keys, and a close after the handshake', async () => {
  for (const file of ['openssl-ecdhe-ecdsa-aes128-gcm.pcap', 'wolfssl13-fail-expired-cert.pcap'])
    expect((await diagnose(file)).rules).not.toContain('plaintext-alert');
});
