import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { message, plaintextRecord } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

/** After the first data of the client, one more datagram of the client. */
function withOneMore(datagrams: readonly EditedDatagram[], payload: Uint8Array): readonly EditedDatagram[] {
  const at = datagrams.findIndex((d) => d.payload[0] === 23 && d.source.port === datagrams[0]?.source.port);
  const data = datagrams[at];
  return data ? [...datagrams.slice(0, at + 1), { ...data, payload }, ...datagrams.slice(at + 1)] : [];
}

function inEpoch(epoch: number, record: Uint8Array): Uint8Array {
  const marked = record.slice();
  new DataView(marked.buffer).setUint16(3, epoch);
  return marked;
}

test.each([
  ['application data in epoch 0', plaintextRecord(23, 900, new TextEncoder().encode('hello'))],
  ['a Finished in epoch 0', plaintextRecord(22, 900, message(20, 3, new Uint8Array(12)))],
  ['a ServerHelloDone that claims epoch 1', inEpoch(1, plaintextRecord(22, 900, message(14, 4, new Uint8Array())))],
])('%s', async (_, payload) => {
  const { finding, findings } = await diagnose(FILE, { edit: (d) => withOneMore(d, payload), withoutKeys: true });
  expect(finding('plaintext-after-keys')).toMatchObject({ severity: 'security', certainty: 'seen' });
  expect(findings.filter((f) => f.severity === 'failure')).toEqual([]);
});

test.each([
  FILE,
  'gnutls-null.pcap',
  'openssl-assoc-reboot-cookie.pcap',
  'pionclient-weriftserver.pcap',
  'openssl-reneg-client.pcap',
])('near miss: %s', async (file) => {
  for (const withoutKeys of [false, true])
    expect((await diagnose(file, { withoutKeys })).rules).not.toContain('plaintext-after-keys');
});
