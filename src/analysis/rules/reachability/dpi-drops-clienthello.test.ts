import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { stun } from '../../../capture/around.test.helper.ts';
import { CLIENT_HELLO, change, withSuites } from '../edit-messages.test.helper.ts';
import { diagnoseSources } from '../rule.test.helper.ts';

const ID = 'dpi-drops-clienthello';
const CLIENT = { address: '192.0.2.1', port: 40_000 };
const SERVER = { address: '198.51.100.2', port: 50_000 };
const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;

test('STUN passes, this ClientHello does not, and another kind of the same host does', async () => {
  const { headline, finding } = await diagnoseSources([
    captureOf([...(await dropped()), ...stunEvery(2000), ...(await otherKind())]),
  ]);
  expect(headline).toMatchObject({ rule: ID, certainty: 'inferred', severity: 'failure' });
  expect(headline?.explanation).toContain('All 6 transmissions of this ClientHello (JA4 ');
  expect(finding('no-answer-to-clienthello')?.consequenceOf).toBe(ID);
});

test('two capture points, and the ClientHello is lost between them while STUN passes', async () => {
  // An association before and after on the same ports, so that both points have the conversation.
  const before = await answered(CLEAN, CLIENT);
  const after = (await answered('openssl-ecdhe-rsa-chacha20.pcap', CLIENT)).map((d) => ({
    ...d,
    timeMs: d.timeMs + 60_000,
  }));
  const { finding } = await diagnoseSources([
    captureOf([...before, ...(await dropped()), ...after, ...stunEvery(2000)].sort(byTime), 'client.pcap'),
    captureOf(
      [...before, ...after, ...stunEvery(2000)].sort(byTime).map((d) => ({ ...d, timeMs: d.timeMs + 20, ttl: 60 })),
      'server.pcap',
    ),
  ]);
  expect(finding(ID)).toMatchObject({ certainty: 'near-certain' });
});

test('near miss: without STUN nothing says that the path is open', async () => {
  const { rules } = await diagnoseSources([captureOf([...(await dropped()), ...(await otherKind())])]);
  expect(rules).toContain('no-answer-to-clienthello');
  expect(rules).not.toContain(ID);
});

test('near miss: the ClientHello that is answered is of the same kind', async () => {
  const { rules } = await diagnoseSources([
    captureOf([...(await dropped()), ...stunEvery(2000), ...(await answered(CLEAN))]),
  ]);
  expect(rules).not.toContain(ID);
});

test('near miss: no other ClientHello is there to compare with', async () => {
  const { rules } = await diagnoseSources([captureOf([...(await dropped()), ...stunEvery(2000)])]);
  expect(rules).not.toContain(ID);
});

const byTime = (x: EditedDatagram, y: EditedDatagram) => x.timeMs - y.timeMs;

async function dropped(): Promise<EditedDatagram[]> {
  const datagrams = await datagramsOf('openssl-fail-server-silent.pcap');
  return datagrams.map((d) => ({ ...d, timeMs: d.timeMs + 1000, source: CLIENT, destination: SERVER }));
}

/** A whole handshake of the same host. */
async function answered(file: string, client = { ...CLIENT, port: 40_002 }): Promise<EditedDatagram[]> {
  return (await datagramsOf(file)).map((d) =>
    d.source.port % 2 === 1
      ? { ...d, source: client, destination: SERVER }
      : { ...d, source: SERVER, destination: client },
  );
}

/** With a ClientHello of another kind. */
async function otherKind(): Promise<EditedDatagram[]> {
  return change(await answered(CLEAN), CLIENT_HELLO, withSuites(0xc02b, 0xc02c, 0xcca9));
}

/** Binding requests of the client and their answers. */
function stunEvery(ms: number): EditedDatagram[] {
  return Array.from({ length: 12 }, (_, i) => i * ms).flatMap((timeMs) => [
    { timeMs, source: CLIENT, destination: SERVER, payload: stun(BINDING_REQUEST) },
    { timeMs: timeMs + 30, source: SERVER, destination: CLIENT, payload: stun(BINDING_SUCCESS) },
  ]);
}
