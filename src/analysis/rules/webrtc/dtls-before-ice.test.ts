import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, has } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { inOrder, isDtls } from './made-media.test.helper.ts';

const FILE = 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap';

/** All but the first ClientHello comes later, and the one that is answered is a repeat. */
function helloFirst(datagrams: readonly EditedDatagram[], beforeMs: number, repeated: boolean): EditedDatagram[] {
  const at = datagrams.findIndex(has(CLIENT_HELLO));
  const hello = datagrams[at];
  if (!hello) return [];
  const again = { ...hello, payload: hello.payload.slice() };
  again.payload[10] = 1;
  const later = datagrams
    .filter((d) => d !== hello)
    .map((d) => ({ ...d, timeMs: d.timeMs + (isDtls(d) ? 1000 : 500) }));
  return inOrder([
    { ...hello, timeMs: beforeMs },
    ...(repeated ? [{ ...again, timeMs: hello.timeMs + 1000 }] : []),
    ...later,
  ]);
}

test('before the first check is answered, and again a second later', async () => {
  const { finding } = await diagnose(FILE, { edit: (d) => helloFirst(d, 100, true) });
  expect(finding('dtls-before-ice')).toMatchObject({ severity: 'warning', certainty: 'near-certain' });
});

test('near miss: after the first check was answered, and lost all the same', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => helloFirst(d, 800, true) });
  expect(rules).not.toContain('dtls-before-ice');
});

test('near miss: early, and answered without a repeat', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => helloFirst(d, 100, false) });
  expect(rules).not.toContain('dtls-before-ice');
});

test.each(['firefox-webrtc-loss-ch-fragment.server.pcap', 'openssl-loss-ch1.client.pcap', 'chromium-webrtc-dc.pcap'])(
  'near miss: %s',
  async (file) => {
    expect((await diagnose(file)).rules).not.toContain('dtls-before-ice');
  },
);
