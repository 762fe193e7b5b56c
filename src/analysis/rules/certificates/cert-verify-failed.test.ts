import { expect, test } from 'vitest';
import { CERTIFICATE_VERIFY, CLIENT_KEY_EXCHANGE, change, has, refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test('a ClientHello changed behind the client: the signature does not fit what the client sent', async () => {
  const { headline } = await diagnose('openssl-corrupt-clienthello-random.client.pcap');
  expect(headline).toMatchObject({ rule: 'cert-verify-failed', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toMatch(/and it is$/);
});

test('the same at the server: the signature fits here, so it was changed before', async () => {
  const { headline } = await diagnose('openssl-corrupt-clienthello-random.server.pcap');
  expect(headline).toMatchObject({ rule: 'cert-verify-failed', certainty: 'near-certain' });
  expect(headline?.explanation).toContain('between here and the client');
});

test('DTLS 1.3: a key that does not belong to the certificate', async () => {
  const { headline } = await diagnose('wolfssl13-fail-wrong-server-key.pcap');
  expect(headline).toMatchObject({ rule: 'cert-verify-failed', certainty: 'seen' });
  expect(headline?.explanation).toContain('the key that signed is not that of the certificate');
});

test("the client's CertificateVerify, damaged", async () => {
  const { headline } = await diagnose('openssl-mutual-auth-ec.pcap', {
    edit: (datagrams) => {
      const d = change(datagrams, CERTIFICATE_VERIFY, (body) => body.with(body.length - 1, (body.at(-1) ?? 0) ^ 1));
      const at = d.findIndex(has(CERTIFICATE_VERIFY));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 51)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'cert-verify-failed', certainty: 'seen' });
  expect(headline?.title).toContain("client's signature in CertificateVerify");
});

test("the client's Finished, which stays closed", async () => {
  const { headline } = await diagnose('openssl-ecdhe-ecdsa-chacha20.pcap', {
    edit: (d) => {
      const at = d.findIndex(has(CLIENT_KEY_EXCHANGE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 51)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'cert-verify-failed', certainty: 'inferred' });
});

test('near miss: with a pre-shared key the same alert means another key', async () => {
  const { rules } = await diagnose('openssl-psk-aes128-gcm.pcap', {
    edit: (d) => {
      const at = d.findIndex(has(CLIENT_KEY_EXCHANGE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 51)] : d;
    },
    withoutKeys: true,
  });
  expect(rules).not.toContain('cert-verify-failed');
});

test('near miss: an untrusted issuer is not a wrong signature', async () => {
  const { rules } = await diagnose('openssl-fail-unknown-ca.pcap');
  expect(rules).not.toContain('cert-verify-failed');
});
