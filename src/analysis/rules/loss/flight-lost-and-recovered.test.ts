import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['openssl-loss-flight4.client.pcap', 'server', 4],
  ['openssl-loss-flight4.server.pcap', 'server', 4],
  ['openssl-loss-flight5.client.pcap', 'client', 5],
  ['openssl-loss-flight5.server.pcap', 'client', 5],
  ['openssl-loss-ch2.client.pcap', 'client', 3],
])('%s: the flight of the %s that the proxy dropped is named', async (file, sender, flight) => {
  const { finding, rules } = await diagnose(file);
  expect(finding('flight-lost-and-recovered')?.severity).toMatch(/warning|note/);
  expect(finding('flight-lost-and-recovered')?.title).toContain(`Flight ${flight} of the ${sender}`);
  expect(rules).not.toContain('wrong-psk');
});

test('two capture points prove it', async () => {
  const { finding } = await diagnose(['openssl-loss-flight4.client.pcap', 'openssl-loss-flight4.server.pcap']);
  expect(finding('flight-lost-and-recovered')).toMatchObject({ certainty: 'seen', inferred: false });
});

test('near miss: a flight that was only late', async () => {
  const { rules } = await diagnose('openssl-delay-flight4-spurious.client.pcap');
  expect(rules).not.toContain('flight-lost-and-recovered');
});

test('near miss: a clean handshake', async () => {
  expect((await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap')).rules).not.toContain('flight-lost-and-recovered');
});

test('near miss: with two points, one of the captures has no IP fragments, and nothing was sent again', async () => {
  const run = 'turn-udp-firefox-filterlosesfragment';
  const { rules } = await diagnose([`${run}.offerer.pcap`, `${run}.answerer.pcap`], { withoutKeys: true });
  expect(rules).not.toContain('flight-lost-and-recovered');
});
