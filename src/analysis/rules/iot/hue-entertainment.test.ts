import { expect, test } from 'vitest';
import { CLIENT_HELLO, change, withSuites } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { toPort } from './moved.test.helper.ts';

const SILENT = 'openssl-fail-server-silent.pcap';
const HUE_PORT = 2100;
const PSK_AES_128_GCM = 0x00a8;
const PSK_AES_128_CCM_8 = 0xc0a8;

test('PSK to port 2100, without the only suite of the bridge', async () => {
  const { finding, headline } = await diagnose(SILENT, {
    edit: (d) => toPort(change(d, CLIENT_HELLO, withSuites(PSK_AES_128_CCM_8)), HUE_PORT),
  });
  expect(finding('hue-entertainment')).toMatchObject({ severity: 'failure', certainty: 'inferred' });
  // The port is a hint: what is seen stays the headline.
  expect(headline?.rule).toBe('no-answer-to-clienthello');
});

test('with it: a hint that the stream has to be active', async () => {
  const { finding } = await diagnose(SILENT, {
    edit: (d) => toPort(change(d, CLIENT_HELLO, withSuites(PSK_AES_128_GCM)), HUE_PORT),
  });
  expect(finding('hue-entertainment')).toMatchObject({ severity: 'note' });
});

test('near miss: another port, or a handshake that is done', async () => {
  const edit = (d: Parameters<typeof toPort>[0]) => change(d, CLIENT_HELLO, withSuites(PSK_AES_128_GCM));
  expect((await diagnose(SILENT, { edit })).rules).not.toContain('hue-entertainment');
  const done = await diagnose('openssl-psk-aes128-gcm.pcap', { edit: (d) => toPort(d, HUE_PORT) });
  expect(done.rules).not.toContain('hue-entertainment');
});
