import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('the server never follows', async () => {
  const { finding } = await diagnose('openssl-loss-uplink-flight5-forever.client.pcap');
  expect(finding('epoch-gap')).toMatchObject({
    severity: 'warning',
    title: 'The client uses the keys of epoch 1, the server never does',
  });
});

test('it follows after a repeat: a note', async () => {
  const { finding } = await diagnose('openssl-loss-flight5.client.pcap');
  expect(finding('epoch-gap')).toMatchObject({ severity: 'note', headline: false });
});

test('a wrong key is the cause where it is one', async () => {
  const { finding, headline } = await diagnose('openssl-fail-psk-wrong-key.pcap');
  expect(headline?.rule).toBe('wrong-psk');
  expect(finding('epoch-gap')?.consequenceOf).not.toBeNull();
});

test.each([
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'openssl-resume-ticket.pcap',
  'openssl-loss-flight4.client.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
])('near miss: %s, where both change keys without a repeat', async (file) => {
  expect((await diagnose(file)).rules).not.toContain('epoch-gap');
});
