import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import {
  CERTIFICATE,
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO,
  withExtension,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { isStun } from './made-media.test.helper.ts';

const FILE = 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap';
const USE_SRTP = 14;
const BAD_CERTIFICATE = 42;

/** The client refuses what the server sent. */
function refused(datagrams: readonly EditedDatagram[], code = BAD_CERTIFICATE): EditedDatagram[] {
  const at = datagrams.findIndex(has(CERTIFICATE));
  const flight = datagrams[at];
  return flight ? [...datagrams.slice(0, at + 1), refusedWith(flight, code)] : [];
}

async function fingerprints(): Promise<{ client: string; server: string }> {
  const [a] = (await diagnose(FILE)).associations;
  return {
    client: `a=fingerprint:${a?.certificates.client[0]?.fingerprint}`,
    server: `a=fingerprint:${a?.certificates.server[0]?.fingerprint}`,
  };
}

const wrong = (line: string): string => line.replace(/..$/, (last) => (last === '00' ? '01' : '00'));

test('without SDP: a self-signed certificate in WebRTC is refused', async () => {
  const { headline, finding } = await diagnose(FILE, { edit: refused });
  expect(headline).toMatchObject({ rule: 'fingerprint-mismatch', severity: 'failure', certainty: 'inferred' });
  expect(finding('cert-untrusted')?.consequenceOf).toBe('fingerprint-mismatch');
});

test('with the SDP of both sides it is a matter of bytes', async () => {
  const { client, server } = await fingerprints();
  const { finding } = await diagnose(FILE, { sdp: `${client}\r\n${wrong(server)}\r\n` });
  // The two of this capture did not notice, or had other descriptions: security, but no failure.
  expect(finding('fingerprint-mismatch')).toMatchObject({ severity: 'security', certainty: 'seen' });
  expect(finding('fingerprint-mismatch')?.title).toMatch(/^The server has a certificate/);
  const failed = await diagnose(FILE, { edit: refused, sdp: `${client}\r\n${wrong(server)}\r\n` });
  expect(failed.headline).toMatchObject({ rule: 'fingerprint-mismatch', severity: 'failure', certainty: 'seen' });
});

test('near miss: both fit, or one fits and of the other there is no SDP', async () => {
  const { client, server } = await fingerprints();
  for (const sdp of [`${client}\n${server}`, client, server])
    expect((await diagnose(FILE, { sdp })).rules).not.toContain('fingerprint-mismatch');
});

test('near miss: the SDP fits, so the refusal has another reason', async () => {
  const { client, server } = await fingerprints();
  const { headline } = await diagnose(FILE, { edit: refused, sdp: `${client}\n${server}` });
  expect(headline?.rule).toBe('cert-untrusted');
});

test('near miss: the same refusal without a sign of WebRTC', async () => {
  const { headline } = await diagnose(FILE, {
    edit: (datagrams) => {
      const bare = datagrams.filter((d) => !isStun(d));
      return refused(
        change(change(bare, CLIENT_HELLO, withExtension(USE_SRTP, null)), SERVER_HELLO, withExtension(USE_SRTP, null)),
      );
    },
  });
  expect(headline?.rule).toBe('cert-untrusted');
});

test.each([
  'firefox-webrtc-audio.pcap',
  'chromium-webrtc-dc.pcap',
  'pion12-webrtc-mutual.pcap',
  'openssl-fail-unknown-ca.pcap',
])('near miss: %s', async (file) => {
  expect((await diagnose(file)).rules).not.toContain('fingerprint-mismatch');
});
