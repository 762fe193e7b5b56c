import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each(['client', 'server'])('the server repeats its flight after illegal_parameter, at the %s', async (vantage) => {
  const { finding } = await diagnose(`wolfssl13-fail-sh-cipher-patched.${vantage}.pcap`);
  const ignored = finding('alert-ignored');
  expect(ignored).toMatchObject({ severity: 'warning', headline: false, consequenceOf: 'plaintext-alert' });
  expect(ignored?.explanation).toContain('again twice, at 1.0 s and 3.0 s');
});

test('near miss: the server stops', async () => {
  const { rules } = await diagnose('openssl-fail-unknown-ca.pcap');
  expect(rules).not.toContain('alert-ignored');
});

test('near miss: the rest of a flight that was under way', async () => {
  const { rules } = await diagnose('wolfssl13-fail-unknown-ca.pcap');
  expect(rules).not.toContain('alert-ignored');
});
