import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  'openssl-loss-final-flight.client.pcap',
  'openssl-loss-final-flight.server.pcap',
  'openssl-loss-final-flight-x3.client.pcap',
  'openssl-loss-final-flight-x3.server.pcap',
  'openssl-loss-resume-client-final.client.pcap',
])('%s: the last flight, and what its repeat cost', async (file) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: 'final-flight-lost-recovered', severity: 'warning' });
});

test('three losses are three, and the verdict says what they cost', async () => {
  const { headline, associations } = await diagnose('openssl-loss-final-flight-x3.client.pcap');
  expect(headline?.title).toBe('The server’s last flight was lost 3 times; waiting for it cost 7.0 s');
  expect(associations[0]?.verdict).toBe(
    'Established after 7\u202f018 ms: the server’s last flight was lost 3 times, and the client had to repeat flight 5.',
  );
});

test('in a resumed handshake the last flight is the client’s', async () => {
  const { headline } = await diagnose('openssl-loss-resume-client-final.server.pcap');
  expect(headline?.title).toContain('The client’s last flight was lost');
});

test('near miss: both sides repeat because flight 5 was lost', async () => {
  const { rules } = await diagnose('openssl-loss-flight5.client.pcap');
  expect(rules).not.toContain('final-flight-lost-recovered');
});

test('near miss: repeats that were under way before the last flight was sent', async () => {
  const { rules } = await diagnose('wolfssl12-lost-ccs-finished.client.pcap');
  expect(rules).not.toContain('final-flight-lost-recovered');
});

test('near miss: two points see the first copy arrive, late', async () => {
  const { headline, rules } = await diagnose(['mbedtls-reordered.client.pcap', 'mbedtls-reordered.server.pcap']);
  expect(rules).not.toContain('final-flight-lost-recovered');
  expect(headline).toMatchObject({ rule: 'spurious-retransmission-rtt', certainty: 'seen' });
});
