import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  'openssl-dup-all.client.pcap',
  'openssl-dup-all.server.pcap',
  'gnutls-loss-dup-all.client.pcap',
  'mbedtls-dup-all.server.pcap',
  'wolfssl13-duplicated-all.client.pcap',
])('%s: a note, and never the headline', async (file) => {
  const { finding, headline } = await diagnose(file);
  expect(finding('duplicate-by-network')).toMatchObject({ severity: 'note' });
  expect(headline).toBeNull();
});

test('two copies of one datagram are one datagram that came 3 times', async () => {
  const { finding } = await diagnose('openssl-dup-appdata-replay.server.pcap');
  expect(finding('duplicate-by-network')?.title).toMatch(
    /^A datagram arrives 3 times, at most .* later: the network copied it$/,
  );
});

test('two points: copies that only the receiver has', async () => {
  const { finding } = await diagnose(['openssl-dup-all.client.pcap', 'openssl-dup-all.server.pcap']);
  expect(finding('duplicate-by-network')?.title).toContain('the network copied them');
});

test('two points: what comes much later was made by somebody', async () => {
  const spoofed = ['client', 'server'].map((at) => `openssl-assoc-spoofed-clienthello.${at}.pcap`);
  expect((await diagnose(spoofed)).rules).not.toContain('duplicate-by-network');
});

test.each([
  ['the capture shows each datagram twice', 'sll2-any-dtls12.pcap'],
  ['802.11 repeats frames', 'radiotap-retries-acks-dtls12.pcap'],
  ['the sender repeats under used numbers', 'A3_frag_retransmitted.pcap'],
  ['a stack repeats under new numbers', 'openssl-loss-flight4.client.pcap'],
  ['somebody replays a record', 'G_replayed_record.pcap'],
])('near miss: %s', async (_, file) => {
  expect((await diagnose(file)).rules).not.toContain('duplicate-by-network');
});
