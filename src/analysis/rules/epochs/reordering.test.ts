import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  'openssl-reorder-cert-fragments.client.pcap',
  'openssl-reorder-s-flight4.client.pcap',
  'A1_frag_tail_first.pcap',
])('%s: a note, and never the headline', async (file) => {
  const { finding, headline } = await diagnose(file);
  expect(finding('reordering')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(headline).toBeNull();
});

test('two points: the order of arrival counts', async () => {
  const { finding } = await diagnose(['client', 'server'].map((at) => `openssl-reorder-cert-fragments.${at}.pcap`));
  expect(finding('reordering')).toMatchObject({ severity: 'note' });
  const clean = await diagnose(['client', 'server'].map((at) => `openssl-loss-flight4.${at}.pcap`));
  expect(clean.rules).not.toContain('reordering');
});

test('how far out of place, and how late', async () => {
  const { finding } = await diagnose('A2_frag_middle_swapped.pcap');
  expect(finding('reordering')?.title).toBe(
    '1 record of the server arrives out of order, at most 1 place and 0.1 ms late',
  );
});

/** `count` copies of the first data record of the client with rising numbers, the first of them moved to the end. */
function manyWithOneLate(datagrams: readonly EditedDatagram[], count: number): readonly EditedDatagram[] {
  const data = datagrams.find((d) => d.payload[0] === 23 && d.source.port === datagrams[0]?.source.port);
  if (!data) return [];
  const copies = Array.from({ length: count }, (_, i) => {
    const payload = data.payload.slice();
    new DataView(payload.buffer).setUint16(9, 10 + i);
    return { ...data, payload, timeMs: data.timeMs + 1 + i / 10 };
  });
  const [first, ...others] = copies;
  return first
    ? [...datagrams.filter((d) => d.timeMs <= data.timeMs), ...others, { ...first, timeMs: data.timeMs + 50 }]
    : [];
}

test('beyond the window against replay it is a warning', async () => {
  const { finding } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: (d) => manyWithOneLate(d, 100),
    withoutKeys: true,
  });
  expect(finding('reordering')).toMatchObject({ severity: 'warning' });
});

test('within the window it is not', async () => {
  const { finding } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: (d) => manyWithOneLate(d, 40),
    withoutKeys: true,
  });
  expect(finding('reordering')).toMatchObject({ severity: 'note' });
});

test.each([
  'openssl-reorder-cert-fragments.server.pcap',
  'pionclient-weriftserver.pcap',
  'sctp-fragments-out-of-order-dup-dtls12.pcap',
  'openssl-dup-all.server.pcap',
])('near miss: %s', async (file) => {
  expect((await diagnose(file)).rules).not.toContain('reordering');
});
