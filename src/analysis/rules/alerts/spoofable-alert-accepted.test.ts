import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { alertAfter } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const APPLICATION_DATA = 23;

/** After the first data of each side somebody sends handshake_failure in the name of the server. */
function withForgedAlert(datagrams: readonly EditedDatagram[], goesOn: (d: EditedDatagram) => boolean) {
  const data = datagrams.filter((d) => d.payload[0] === APPLICATION_DATA);
  const [first] = data;
  const other = data.find((d) => d.source.port !== first?.source.port);
  const at = datagrams.indexOf(other ?? datagrams[0] ?? FAIL);
  const server = datagrams.find((d) => d.source.port !== datagrams[0]?.source.port) ?? FAIL;
  const forged = { ...alertAfter(server, 40), timeMs: (datagrams[at]?.timeMs ?? 0) + 0.01 };
  return [...datagrams.slice(0, at + 1), forged, ...datagrams.slice(at + 1).filter(goesOn)];
}

const FAIL: EditedDatagram = {
  timeMs: 0,
  source: { address: '', port: 0 },
  destination: { address: '', port: 0 },
  payload: new Uint8Array(),
};

test('the client stops, while the server that is said to have sent it goes on', async () => {
  const { finding } = await diagnose(FILE, {
    edit: (datagrams) => {
      const server = datagrams[0]?.destination.port;
      return withForgedAlert(datagrams, (d) => d.source.port === server);
    },
  });
  expect(finding('spoofable-alert-accepted')).toMatchObject({ severity: 'security', certainty: 'near-certain' });
});

test('near miss: the client goes on as if nothing had been', async () => {
  const { rules, findings } = await diagnose(FILE, { edit: (datagrams) => withForgedAlert(datagrams, () => true) });
  expect(rules).not.toContain('spoofable-alert-accepted');
  expect(findings.filter((f) => f.severity === 'failure')).toEqual([]);
});

test('near miss: the alert comes before the handshake is done', async () => {
  const { rules } = await diagnose('openssl-fail-unknown-ca.pcap');
  expect(rules).not.toContain('spoofable-alert-accepted');
});
