import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'tiny-mtu-208';

test('a chain of 4 kB in datagrams of 256 bytes', async () => {
  const { finding, headline } = await diagnose('openssl-bigchain-mtu256.pcap');
  expect(finding(RULE)).toMatchObject({
    severity: 'note',
    title: 'The server cuts its handshake into datagrams of 256 bytes',
  });
  expect(finding(RULE)?.explanation).toContain('20 of them in a row');
  expect(finding(RULE)?.explanation).toContain('in 19 % of all handshakes');
  expect(headline?.rule).not.toBe(RULE);
});

test('what it costs where some of them are lost', async () => {
  const { finding } = await diagnose('openssl-loss-cert-middle.client.pcap');
  expect(finding(RULE)?.explanation).toContain('Here it was repeated, and waited 1.0 s');
});

test('near miss: larger pieces', async () => {
  for (const file of ['mbedtls-frag-mtu512-rsa.pcap', 'gnutls-bigchain-mtu500.pcap', 'openssl-bigchain-mtu1472.pcap'])
    expect((await diagnose(file)).rules).not.toContain(RULE);
});

test('near miss: four in a row', async () => {
  const { rules } = await diagnose('openssl-bigchain-mtu256.pcap', { edit: (d) => d.slice(0, 7) });
  expect(rules).not.toContain(RULE);
  expect((await diagnose('openssl-bigchain-mtu256.pcap', { edit: (d) => d.slice(0, 8) })).rules).toContain(RULE);
});
