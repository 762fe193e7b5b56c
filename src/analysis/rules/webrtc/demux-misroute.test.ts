import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, change, has, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { inOrder, rtp } from './made-media.test.helper.ts';

const FILE = 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap';
const USE_SRTP = 14;
const PROFILES = Uint8Array.of(0, 2, 0, 1, 0);

/** The server's flight comes, then perhaps a packet of RTP, and the client is never heard again. */
function silentClient(datagrams: readonly EditedDatagram[], withMedia: boolean): EditedDatagram[] {
  const at = datagrams.findIndex(has(SERVER_HELLO));
  const flight = datagrams[at];
  if (!flight) return [];
  const again = { ...flight, payload: flight.payload.slice(), timeMs: flight.timeMs + 2000 };
  again.payload[10] = 7;
  return inOrder([...datagrams.slice(0, at + 1), ...(withMedia ? [rtp(flight, flight.timeMs + 1)] : []), again]);
}

test('RTP in the middle of the handshake, and then silence', async () => {
  const { finding } = await diagnose(FILE, { edit: (d) => silentClient(d, true) });
  expect(finding('demux-misroute')).toMatchObject({ severity: 'warning', certainty: 'inferred' });
  expect(finding('demux-misroute')?.title).toContain('RTP comes from the server, and the client falls silent');
});

test('near miss: the same silence without RTP', async () => {
  expect((await diagnose(FILE, { edit: (d) => silentClient(d, false) })).rules).not.toContain('demux-misroute');
});

test('DTLS 1.3: encrypted records that begin a datagram have no effect', async () => {
  const { finding } = await diagnose('wolfssl13-fail-sh-random-corrupted.client.pcap', {
    edit: (d) => change(d, CLIENT_HELLO, withExtension(USE_SRTP, PROFILES)),
    withoutKeys: true,
  });
  expect(finding('demux-misroute')).toMatchObject({ severity: 'warning' });
  expect(finding('demux-misroute')?.title).toContain('encrypted records of the server have no effect');
});

test.each([
  'wolfssl13-fail-sh-random-corrupted.client.pcap',
  'firefox-webrtc-audio.pcap',
  'glare-firefox-both-active.offerer.pcap',
])('near miss: %s', async (file) => {
  expect((await diagnose(file)).rules).not.toContain('demux-misroute');
});
