import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, change, has, refusedWith, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const FILE = 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap';
const USE_SRTP = 14;

const answerWithout = (d: readonly EditedDatagram[]) => change(d, SERVER_HELLO, withExtension(USE_SRTP, null));

/** Up to the first datagram with a message, and an alert of the other side. */
function upTo(datagrams: readonly EditedDatagram[], type: number, code: number): EditedDatagram[] {
  const at = datagrams.findIndex(has(type));
  const last = datagrams[at];
  return last ? [...datagrams.slice(0, at + 1), refusedWith(last, code)] : [];
}

test('the answer has none, and the client gives up', async () => {
  const { headline } = await diagnose(FILE, { edit: (d) => upTo(answerWithout(d), SERVER_HELLO, 40) });
  expect(headline).toMatchObject({ rule: 'no-use-srtp', severity: 'failure', certainty: 'near-certain' });
});

test('the offer has none, and the server of WebRTC refuses it with insufficient_security', async () => {
  const { headline } = await diagnose(FILE, {
    edit: (d) => upTo(change(d, CLIENT_HELLO, withExtension(USE_SRTP, null)), CLIENT_HELLO, 71),
  });
  expect(headline).toMatchObject({ rule: 'no-use-srtp', severity: 'failure', certainty: 'inferred' });
});

test('the handshake is done without one, and nothing follows', async () => {
  const { finding } = await diagnose(FILE, {
    edit: (datagrams) => {
      const late = datagrams.at(-1);
      const done = answerWithout(datagrams).filter((d) => d.timeMs < 120);
      return late ? [...done, { ...late, payload: new Uint8Array(20), timeMs: 9000 }] : [];
    },
    withoutKeys: true,
  });
  expect(finding('no-use-srtp')).toMatchObject({ severity: 'warning', certainty: 'inferred' });
});

test('near miss: data channels need none', async () => {
  const { rules } = await diagnose(FILE, { edit: answerWithout });
  expect(rules).not.toContain('no-use-srtp');
});

test.each(['gnutls-srtp.pcap', 'firefox-webrtc-audio.pcap', FILE, 'pion12-fail-no-cipher.pcap'])(
  'near miss: %s',
  async (file) => {
    expect((await diagnose(file)).rules).not.toContain('no-use-srtp');
  },
);
