import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('Chromium with the handshake in its checks', async () => {
  const { finding, headline } = await diagnose('chromium-webrtc-dc-icedtls.pcap');
  expect(finding('dtls-in-stun')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(headline).toBeNull();
});

test.each(['chromium-webrtc-dc.pcap', 'firefox-webrtc-dc.pcap'])('near miss: %s', async (file) => {
  expect((await diagnose(file)).rules).not.toContain('dtls-in-stun');
});
