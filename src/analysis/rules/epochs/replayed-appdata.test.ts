import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('a data record once more, a second later', async () => {
  const { finding, headline } = await diagnose('G_replayed_record.pcap');
  expect(finding('replayed-appdata')).toMatchObject({ severity: 'security', certainty: 'near-certain' });
  expect(finding('replayed-appdata')?.title).toContain('1.0 s after it was sent');
  expect(headline).toBeNull();
});

test.each([
  ['copies within a millisecond', 'openssl-dup-appdata-replay.server.pcap'],
  ['two associations with the same numbers', 'glare-openssl-two-associations-dtls12.pcap'],
  ['an ICE restart', 'ice-restart-same-dtls-chromium-firefox.offerer.pcap'],
  ['two interfaces', 'link-two-interfaces.pcapng'],
])('near miss: %s', async (_, file) => {
  expect((await diagnose(file)).rules).not.toContain('replayed-appdata');
});
