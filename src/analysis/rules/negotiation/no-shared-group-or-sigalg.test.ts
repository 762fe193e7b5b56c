import { expect, test } from 'vitest';
import {
  bytes,
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO_DONE,
  withExtension,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test.each(['openssl-fail-curve-mismatch.pcap', 'mbedtls-fail-curve.pcap'])(
  '%s: P-384 and nothing else',
  async (file) => {
    const { headline } = await diagnose(file);
    expect(headline).toMatchObject({ rule: 'no-shared-group-or-sigalg', severity: 'failure', certainty: 'inferred' });
    expect(headline?.title).toContain('secp384r1');
  },
);

test('a client that takes RSA signatures only, and offers ECDSA suites only', async () => {
  const { headline } = await diagnose('mbedtls-fail-client12-server10.pcap');
  expect(headline).toMatchObject({ rule: 'no-shared-group-or-sigalg', certainty: 'near-certain' });
  expect(headline?.title).toContain('rsa_pkcs1_sha256');
});

test('a HelloRetryRequest for a group that the client does not have', async () => {
  const { headline } = await diagnose('wolfssl13-fail-no-shared-group.pcap');
  expect(headline).toMatchObject({ rule: 'no-shared-group-or-sigalg', certainty: 'seen' });
  expect(headline?.evidence.map((e) => e.packet)).toEqual([1, 2, 3]);
});

test('the curve of the certificate is not among those of the client', async () => {
  const onlyX25519 = Uint8Array.of(0, 2, ...bytes(29, 2));
  const { headline } = await diagnose('openssl-ecdhe-ecdsa-chacha20.pcap', {
    edit: (datagrams) => {
      const d = change(datagrams, CLIENT_HELLO, withExtension(10, onlyX25519));
      const at = d.findLastIndex(has(SERVER_HELLO_DONE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 47)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'no-shared-group-or-sigalg', certainty: 'near-certain' });
  expect(headline?.title).toContain('secp256r1');
});

test('near miss: common groups, and still a refusal', async () => {
  const { rules } = await diagnose('pion12-fail-no-cipher.pcap');
  expect(rules).not.toContain('no-shared-group-or-sigalg');
});

test('near miss: P-384 alone can work', async () => {
  const { rules } = await diagnose('openssl-p384-group.pcap');
  expect(rules).not.toContain('no-shared-group-or-sigalg');
});
