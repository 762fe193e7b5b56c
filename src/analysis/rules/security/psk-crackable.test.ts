import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('a key of nine bytes opens the capture', async () => {
  const { finding } = await diagnose('tinydtls-psk-ccm-clean.pcap');
  expect(finding('psk-crackable')).toMatchObject({
    severity: 'security',
    certainty: 'seen',
    title: 'The pre-shared key can be guessed: it has 9 bytes',
  });
});

test('without the key it is a remark', async () => {
  const { finding } = await diagnose('openssl-psk-aes128-gcm.pcap', { withoutKeys: true });
  expect(finding('psk-crackable')).toMatchObject({ severity: 'note', headline: false });
});

test('of many clients the first is enough', async () => {
  const { findings } = await diagnose('M_lwm2m_4_clients_interleaved.pcap', { withoutKeys: true });
  expect(findings.filter((f) => f.rule === 'psk-crackable')).toHaveLength(1);
});

test('near miss: a long random key', async () => {
  const { rules } = await diagnose('openssl-psk-aes128-gcm.pcap');
  expect(rules).not.toContain('psk-crackable');
});

test.each(['openssl-ecdhe-psk-chacha20.pcap', 'openssl-dhe-psk-aes256-ccm8.pcap', 'mbedtls-ecjpake.pcap'])(
  'near miss: with a key exchange besides (%s)',
  async (file) => {
    const { rules } = await diagnose(file, { withoutKeys: true });
    expect(rules).not.toContain('psk-crackable');
  },
);
