import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('the server greets, and its greeting overtakes the last flight: kept, so only a note', async () => {
  const { finding, headline } = await diagnose('openssl-early-appdata.client.pcap');
  expect(finding('appdata-before-finished')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(headline).toBeNull();
});

test('the last flight was lost, the data behind it was not', async () => {
  const { finding } = await diagnose('openssl-loss-final-flight-greet.client.pcap');
  const early = finding('appdata-before-finished');
  expect(early).toMatchObject({ severity: 'warning' });
  expect(early?.title).toMatch(/server's data arrives 1\s002 ms before its Finished/);
});

test.each(['firefox', 'chromium'])("DTLS 1.3, %s: the client's last flight was lost", async (browser) => {
  const { finding } = await diagnose(`${browser}-webrtc-loss-client-finished.server.pcap`);
  expect(finding('appdata-before-finished')).toMatchObject({ severity: 'warning' });
});

test('both points together say the same', async () => {
  const files = ['openssl-loss-final-flight-greet.client.pcap', 'openssl-loss-final-flight-greet.server.pcap'];
  const { rules } = await diagnose(files);
  expect(rules).toContain('appdata-before-finished');
});

test.each([
  'openssl-early-appdata.server.pcap',
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'link-midstream.pcap',
])('near miss: %s', async (file) => {
  for (const withoutKeys of [false, true])
    expect((await diagnose(file, { withoutKeys })).rules).not.toContain('appdata-before-finished');
});
