import { expect, test } from 'vitest';
import { CLIENT_HELLO, has } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { inOrder, rtp } from './made-media.test.helper.ts';

const FILE = 'firefox-webrtc-audio.pcap';

test('the client sends media before the server has acknowledged its Finished', async () => {
  const { finding, headline } = await diagnose(FILE, {
    edit: (d) => {
      const hello = d.find(has(CLIENT_HELLO));
      return hello ? inOrder([...d, rtp(hello, hello.timeMs + 15)]) : [];
    },
  });
  expect(finding('srtp-before-finished')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(headline).toBeNull();
});

test('near miss: media begin when the handshake is done', async () => {
  expect((await diagnose(FILE)).rules).not.toContain('srtp-before-finished');
});
