import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import { bytes, number, recordsOf } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const GCM = 'openssl-big-appdata.pcap';

/** Other explicit nonces in epoch 1, by record number. */
const withNonces = (d: readonly EditedDatagram[], nonce: (n: number) => readonly number[]): EditedDatagram[] =>
  d.map((x) => ({
    ...x,
    payload: concat(
      ...recordsOf(x.payload).map((r) =>
        number(r, 3, 2) === 1 ? concat(r.subarray(0, 13), Uint8Array.of(...nonce(number(r, 5, 6))), r.subarray(21)) : r,
      ),
    ),
  }));
/** No order in them. */
const scattered = (n: number): number[] =>
  Array.from({ length: 8 }, (_, i) => ((n + 7) * (i + 3) * 2_654_435_761) >>> 24);

test('nonces that do not count on', async () => {
  const { finding } = await diagnose(GCM, { withoutKeys: true, edit: (d) => withNonces(d, scattered) });
  expect(finding('random-gcm-nonce')).toMatchObject({
    severity: 'security',
    title: 'The explicit nonces of the client are random',
  });
});

test('near miss: a counter with a start of its own, and the record number', async () => {
  for (const file of [GCM, 'gnutls-clean.pcap', 'pion12-no-hvr.pcap']) {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('random-gcm-nonce');
  }
});

test('near miss: a clock in nanoseconds goes forward in steps', async () => {
  const { rules } = await diagnose(GCM, {
    withoutKeys: true,
    edit: (d) => withNonces(d, (n) => [0x17, 0x50, ...bytes(n * n * 1_000_003, 6)]),
  });
  expect(rules).not.toContain('random-gcm-nonce');
});

test('near miss: three records are too few', async () => {
  const { rules } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    withoutKeys: true,
    edit: (d) => withNonces(d.slice(0, 8), scattered),
  });
  expect(rules).not.toContain('random-gcm-nonce');
});

test('near miss: CBC, whose records begin with a random IV', async () => {
  const { rules } = await diagnose('openssl-ecdhe-ecdsa-aes128-sha-etm.pcap');
  expect(rules).not.toContain('random-gcm-nonce');
});
