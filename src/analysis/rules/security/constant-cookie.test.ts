import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { change, HELLO_VERIFY_REQUEST } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
import { diagnoseSources } from '../rule.test.helper.ts';

const SERVER = { address: '192.0.2.2', port: 5684 };

/** A handshake of this client with the server. */
async function handshake(client: EditedDatagram['source'], laterMs = 0): Promise<EditedDatagram[]> {
  const datagrams = await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  const first = at(datagrams, 0).source;
  return datagrams.map((d) => ({
    ...d,
    timeMs: d.timeMs + laterMs,
    source: d.source.port === first.port ? client : SERVER,
    destination: d.source.port === first.port ? SERVER : client,
  }));
}

test('two addresses get the same cookie', async () => {
  const both = [
    ...(await handshake({ address: '192.0.2.1', port: 40_000 })),
    ...(await handshake({ address: '192.0.2.9', port: 40_001 }, 5000)),
  ];
  const { finding } = await diagnoseSources([captureOf(both)]);
  expect(finding('constant-cookie')).toMatchObject({
    severity: 'security',
    certainty: 'seen',
    title: '192.0.2.2:5684 gives the same cookie to 192.0.2.1 and to 192.0.2.9',
  });
});

test('near miss: two ports of one address', async () => {
  const both = [
    ...(await handshake({ address: '192.0.2.1', port: 40_000 })),
    ...(await handshake({ address: '192.0.2.1', port: 40_001 }, 5000)),
  ];
  const { rules } = await diagnoseSources([captureOf(both)]);
  expect(rules).not.toContain('constant-cookie');
});

test('near miss: another cookie for the second address', async () => {
  const second = await handshake({ address: '192.0.2.9', port: 40_001 }, 5000);
  const both = [
    ...(await handshake({ address: '192.0.2.1', port: 40_000 })),
    ...change(second, HELLO_VERIFY_REQUEST, (body) => body.map((b, i) => (i > 4 ? b ^ 0xff : b))),
  ];
  const { rules } = await diagnoseSources([captureOf(both)]);
  expect(rules).not.toContain('constant-cookie');
});
