import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_KEY_EXCHANGE, message, plaintextRecord } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const HANDSHAKE = 22;

/** So many ClientHellos, each from another port, over that time. */
async function hellos(n: number, withinMs: number): Promise<EditedDatagram[]> {
  const hello = at(await datagramsOf('openssl-fail-server-silent.pcap'), 0);
  return Array.from({ length: n }, (_, i) => ({
    ...hello,
    timeMs: (i * withinMs) / n,
    source: { ...hello.source, port: 30_000 + i },
    // Each has a random of its own.
    payload: hello.payload.map((b, k) => (k === 30 ? i : b)),
  }));
}

/** A message of the client out of turn, right after its first ClientHello. */
const early = (d: readonly EditedDatagram[], seq: number): EditedDatagram[] => [
  at(d, 0),
  { ...at(d, 0), payload: plaintextRecord(HANDSHAKE, 77, message(CLIENT_KEY_EXCHANGE, seq, new Uint8Array(66))) },
  ...d.slice(1),
];

test('a hundred ClientHellos within seconds, and nothing after them', async () => {
  const { finding } = await diagnoseSources([captureOf(await hellos(120, 5000))]);
  expect(finding('hello-flood-out-of-order')).toMatchObject({ severity: 'security', certainty: 'inferred' });
  expect(finding('hello-flood-out-of-order')?.title).toMatch(/^120 handshakes with .* begin and never go on$/);
});

test('a message far ahead of the others', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => early(d, 200) });
  expect(finding('hello-flood-out-of-order')).toMatchObject({
    certainty: 'seen',
    title: 'The client of a1 sends message_seq 200 where 1 is due',
  });
});

test('near miss: as many over half an hour, and fewer', async () => {
  for (const datagrams of [await hellos(120, 1_800_000), await hellos(50, 5000)]) {
    const { rules } = await diagnoseSources([captureOf(datagrams)]);
    expect(rules).not.toContain('hello-flood-out-of-order');
  }
});

test('near miss: a message that only overtook another', async () => {
  const { rules } = await diagnose(CLEAN, { edit: (d) => early(d, 3) });
  expect(rules).not.toContain('hello-flood-out-of-order');
});
