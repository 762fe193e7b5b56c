import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, has, SERVER_HELLO } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { inOrder, isDtls } from './made-media.test.helper.ts';

const FILE = 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap';
const STRANGER = { address: '198.51.100.7', port: 4444 };

/** The whole handshake, from an address that took part in no check; answered or not. */
function fromStranger(datagrams: readonly EditedDatagram[], answered: boolean): EditedDatagram[] {
  const hello = datagrams.find(has(CLIENT_HELLO));
  if (!hello) return [];
  const { address, port } = hello.source;
  const isClient = (e: { address: string; port: number }) => e.address === address && e.port === port;
  const moved = datagrams.filter(isDtls).flatMap((d) => {
    if (isClient(d.source)) return [{ ...d, source: STRANGER }];
    return isClient(d.destination) && answered ? [{ ...d, destination: STRANGER }] : [];
  });
  return inOrder([...datagrams.filter((d) => !isDtls(d)), ...moved]);
}

test('a stranger is answered', async () => {
  const { finding } = await diagnose(FILE, { edit: (d) => fromStranger(d, true) });
  expect(finding('clienthello-race')).toMatchObject({ severity: 'security', certainty: 'near-certain' });
});

test('near miss: a stranger is ignored', async () => {
  expect((await diagnose(FILE, { edit: (d) => fromStranger(d, false) })).rules).not.toContain('clienthello-race');
});

test('near miss: no checks at all, so it is no media port', async () => {
  const edit = (d: EditedDatagram[]) => fromStranger(d, true).filter(isDtls);
  expect((await diagnose(FILE, { edit })).rules).not.toContain('clienthello-race');
});

test.each([FILE, 'chromium-webrtc-dc-icedtls.pcap', 'turn-udp-firefox-dtls12.relay.pcap'])(
  'near miss: %s',
  async (file) => {
    const { rules, associations } = await diagnose(file);
    expect(associations.length).toBeGreaterThan(0);
    expect(rules).not.toContain('clienthello-race');
  },
);

test('the ClientHello alone is no answer', async () => {
  const edit = (d: EditedDatagram[]) => fromStranger(d, true).filter((x) => !has(SERVER_HELLO)(x));
  expect((await diagnose(FILE, { edit })).rules).not.toContain('clienthello-race');
});
