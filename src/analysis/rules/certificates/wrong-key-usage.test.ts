import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../wire/text.ts';
import { CERTIFICATE, change } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

/** 1.3.6.1.5.5.7.3.1 and .2, as they stand in a certificate. */
const SERVER_AUTH = '06082b06010505070301';
const CLIENT_AUTH = '06082b06010505070302';

test('a server whose certificate is for clients only', async () => {
  const { headline } = await diagnose('californium-fail-bad-cert.pcap', {
    edit: (d) => change(d, CERTIFICATE, (body) => fromHex(toHex(body).replaceAll(SERVER_AUTH, CLIENT_AUTH)) ?? body),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'wrong-key-usage', severity: 'failure', certainty: 'near-certain' });
  expect(headline?.title).toContain('clientAuth');
});

test('the rejection hangs under it', async () => {
  const { finding } = await diagnose('californium-fail-bad-cert.pcap', {
    edit: (d) => change(d, CERTIFICATE, (body) => fromHex(toHex(body).replaceAll(SERVER_AUTH, CLIENT_AUTH)) ?? body),
    withoutKeys: true,
  });
  expect(finding('cert-untrusted')?.consequenceOf).toBe('wrong-key-usage');
});

test('near miss: the certificate is for servers, and rejected for another reason', async () => {
  const { rules } = await diagnose('californium-fail-bad-cert.pcap');
  expect(rules).not.toContain('wrong-key-usage');
});

test('near miss: the alert names another reason', async () => {
  const { rules } = await diagnose('openssl-fail-unknown-ca.pcap', {
    edit: (d) => change(d, CERTIFICATE, (body) => fromHex(toHex(body).replaceAll(SERVER_AUTH, CLIENT_AUTH)) ?? body),
    withoutKeys: true,
  });
  expect(rules).not.toContain('wrong-key-usage');
});
