import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('at the client no ServerHello had come', async () => {
  const { headline } = await diagnose('wolfssl13-lost-serverhello.client.pcap');
  expect(headline).toMatchObject({
    rule: 'empty-ack-serverhello-lost',
    severity: 'warning',
    certainty: 'seen',
    title: 'The client got encrypted records without the ServerHello and says so in 4 empty ACKs',
  });
  expect(headline?.explanation).toContain(
    'The ServerHello never came to this capture point until the server repeated it.',
  );
});

test('at the server it had left', async () => {
  const { headline } = await diagnose('wolfssl13-lost-serverhello.server.pcap');
  expect(headline?.rule).toBe('empty-ack-serverhello-lost');
  expect(headline?.explanation).toContain('The ServerHello had passed this capture point');
});

test('it needs no keys', async () => {
  const { headline } = await diagnose('wolfssl13-lost-serverhello.client.pcap', { withoutKeys: true });
  expect(headline?.rule).toBe('empty-ack-serverhello-lost');
});

test('one that was overtaken', async () => {
  const { finding } = await diagnose('wolfssl13-reordered-flight.client.pcap');
  expect(finding('empty-ack-serverhello-lost')?.explanation).toContain('was not lost but overtaken');
});

test.each([
  'wolfssl13-lost-certificate.client.pcap',
  'nss-dtls13-loss-enc-flight.client.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
])('near miss: ACKs that name records, or none (%s)', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('empty-ack-serverhello-lost');
});
