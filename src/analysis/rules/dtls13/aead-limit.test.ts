import { expect, test } from 'vitest';
import { change, SERVER_HELLO, withSuites } from '../edit-messages.test.helper.ts';
import { renumbered } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const GCM = 'openssl-big-appdata.pcap';
const BEYOND = 2 ** 25;
const AES_128_CCM_8_SHA256 = 0x1305;
const CHACHA = 'openssl-ecdhe-ecdsa-chacha20.pcap';

/** Data of epoch 1 under numbers that are larger by so much. */
const later = (by: number, from = 1) => ({
  withoutKeys: true,
  edit: (d: Parameters<typeof renumbered>[0][]) =>
    d.map((x) =>
      renumbered(x, (n) => (n.epoch === 1 && n.sequenceNumber >= from ? { sequenceNumber: n.sequenceNumber + by } : n)),
    ),
});

test('record numbers of AES-GCM beyond 2^24.5 in one epoch', async () => {
  const { finding } = await diagnose(GCM, later(BEYOND));
  expect(finding('aead-limit')).toMatchObject({ severity: 'security', certainty: 'near-certain' });
  expect(finding('aead-limit')?.explanation).toContain('go up to 3355');
});

test('CCM_8 in DTLS 1.3', async () => {
  const { finding } = await diagnose('wolfssl13-clean-aes128ccm.pcap', {
    edit: (d) => change(d, SERVER_HELLO, withSuites(AES_128_CCM_8_SHA256)),
  });
  expect(finding('aead-limit')?.title).toBe(
    'TLS_AES_128_CCM_8_SHA256 has tags of 8 bytes, which DTLS 1.3 does not allow by themselves',
  );
});

test('near miss: ChaCha20-Poly1305 bears as many', async () => {
  const { rules } = await diagnose(CHACHA, later(BEYOND));
  expect(rules).not.toContain('aead-limit');
});

test('near miss: one record with such a number, which anybody may have made up', async () => {
  const { rules } = await diagnose(GCM, later(BEYOND, 7));
  expect(rules).not.toContain('aead-limit');
});

test('near miss: CCM_8 in DTLS 1.2, where IoT profiles ask for it', async () => {
  const { rules } = await diagnose('openssl-psk-aes128-ccm8.pcap');
  expect(rules).not.toContain('aead-limit');
});
