import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { at } from '../renumber.test.helper.ts';
import { lastNumber, sealer } from '../resumption/sealed.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const GCM = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const DATA = 23;
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

/** The client sends two records more, under these numbers after its last. */
async function twoMore(...numbers: readonly [number, number]): Promise<EditedDatagram[]> {
  const datagrams = await datagramsOf(GCM);
  const { seal } = await sealer(GCM);
  const last = lastNumber(datagrams, at(datagrams, 0).source);
  const endMs = at(datagrams, -1).timeMs;
  return [
    ...datagrams,
    ...numbers.map((n, i) => seal('client', endMs + 10 * (i + 1), DATA, last + n, text(`message ${i}`))),
  ];
}

test('two texts under one number, and both open', async () => {
  const { finding } = await diagnoseSources([captureOf(await twoMore(1, 1))], [GCM]);
  expect(finding('nonce-reuse')).toMatchObject({ severity: 'security', certainty: 'seen' });
  expect(finding('nonce-reuse')?.evidence).toHaveLength(2);
});

test('without keys it is an inference', async () => {
  const { finding } = await diagnoseSources([captureOf(await twoMore(1, 1))]);
  expect(finding('nonce-reuse')).toMatchObject({ certainty: 'inferred' });
});

test('near miss: the same texts under two numbers', async () => {
  const { rules } = await diagnoseSources([captureOf(await twoMore(1, 2))], [GCM]);
  expect(rules).not.toContain('nonce-reuse');
});

test('near miss: a copy that was damaged on its way', async () => {
  const sent = await twoMore(1, 2);
  const last = at(sent, -1);
  const damaged = { ...last, timeMs: last.timeMs + 5, payload: last.payload.map((b, i) => (i === 30 ? b ^ 1 : b)) };
  for (const keys of [[], [GCM]]) {
    const { rules } = await diagnoseSources([captureOf([...sent, damaged])], keys);
    expect(rules).not.toContain('nonce-reuse');
  }
});

test.each([
  'openssl-dup-appdata-replay.server.pcap',
  'glare-openssl-two-associations-dtls12.pcap',
  'openssl-assoc-reboot-cookie.pcap',
  'openssl-corrupt-appdata.server.pcap',
  'text-hexdump-C.txt',
])('near miss: copies, two associations on the same ports, damage, a text without directions (%s)', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain('nonce-reuse');
  }
});
