import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  'mbedtls-badmac-ignored.server.pcap',
  'openssl-corrupt-appdata.server.pcap',
  'openssl-corrupt-client-finished.server.pcap',
  'wolfssl13-corrupt-certificate.client.pcap',
])('%s: one record fails its check, the others open', async (file) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: 'corrupted-record', severity: 'warning', certainty: 'near-certain' });
});

test('a number far ahead: rather forged', async () => {
  const { finding } = await diagnose('H_bad_mac.pcap');
  expect(finding('corrupted-record')?.title).toMatch(/forged or damaged, for its number is 996 above the others/);
});

test.each(['openssl-corrupt-appdata', 'openssl-corrupt-client-finished'])(
  '%s at two points: the bytes differ, keys or not',
  async (run) => {
    const { finding } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`], { withoutKeys: true });
    expect(finding('corrupted-record')).toMatchObject({ certainty: 'seen' });
    expect(finding('corrupted-record')?.title).toContain('the two capture points differ');
  },
);

test('two points prove that a ServerHello was changed, which its receiver refuses', async () => {
  const { headline, finding } = await diagnose(
    ['client', 'server'].map((at) => `wolfssl13-fail-sh-cipher-patched.${at}.pcap`),
  );
  expect(headline).toMatchObject({ rule: 'corrupted-record', severity: 'failure', certainty: 'seen' });
  expect(finding('plaintext-alert')?.consequenceOf).toBe('corrupted-record');
});

test.each([
  ['at the sender nothing is damaged yet', 'openssl-corrupt-appdata.client.pcap'],
  ['the whole epoch has other keys', 'openssl-fail-psk-wrong-key.pcap'],
  ['none opens, because ServerHello.random was changed', 'wolfssl13-fail-sh-random-corrupted.client.pcap'],
  ['another association on these ports', 'openssl-assoc-reboot-olddata-interleaved.server.pcap'],
])('near miss: %s', async (_, file) => {
  expect((await diagnose(file)).rules).not.toContain('corrupted-record');
});

test('near miss: without keys one point cannot tell', async () => {
  const { rules } = await diagnose('openssl-corrupt-appdata.server.pcap', { withoutKeys: true });
  expect(rules).not.toContain('corrupted-record');
});
