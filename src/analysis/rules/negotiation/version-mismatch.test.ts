import { expect, test } from 'vitest';
import { alertAfter, CLIENT_HELLO, change, has, withSuites } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test('a server that wants DTLS 1.2, and a client of DTLS 1.0', async () => {
  const { headline } = await diagnose('openssl-fail-version-client10.pcap');
  expect(headline).toMatchObject({ rule: 'version-mismatch', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain('DTLS 1.0 at most');
});

test('a server that chooses DTLS 1.0, which the client refuses', async () => {
  const { headline } = await diagnose('gnutls-fail-version.pcap');
  expect(headline).toMatchObject({ rule: 'version-mismatch', certainty: 'seen' });
  expect(headline?.evidence.map((e) => e.record)).toHaveLength(3);
});

test('a HelloVerifyRequest for a client of DTLS 1.3 alone', async () => {
  const { headline } = await diagnose('wolfssl13-fail-client13only-server12.pcap');
  expect(headline).toMatchObject({ rule: 'version-mismatch', certainty: 'seen' });
});

test('handshake_failure for a client of DTLS 1.3 alone with all its suites is an inference', async () => {
  const { headline } = await diagnose('wolfclient13-mbedtlsserver12-fail.pcap', {
    edit: (d) => change(d, CLIENT_HELLO, withSuites(0x1301, 0x1302, 0x1303)),
  });
  expect(headline).toMatchObject({ rule: 'version-mismatch', certainty: 'inferred' });
});

test('no alert: a client of DTLS 0.9 ignores the HelloVerifyRequest of a newer version', async () => {
  const { headline } = await diagnose('gnutls-dtls09.pcap');
  expect(headline?.rule).toBe('version-mismatch');
});

test('a fallback that the server refuses', async () => {
  const { headline } = await diagnose('openssl-fail-version-client10.pcap', {
    edit: (datagrams) => {
      const hellos = change(datagrams, CLIENT_HELLO, withSuites(0xc013, 0x5600));
      const last = hellos.findLast(has(CLIENT_HELLO));
      return last
        ? [...hellos.slice(0, -1), alertAfter({ ...last, source: last.destination, destination: last.source }, 86)]
        : hellos;
    },
  });
  expect(headline?.title).toContain("refuses the client's fallback to DTLS 1.0");
});

test('near miss: the server refuses the suites, not the version', async () => {
  const { rules } = await diagnose('pion12-fail-no-cipher.pcap');
  expect(rules).not.toContain('version-mismatch');
});

test('near miss: offers several versions and gets one of them', async () => {
  const { rules } = await diagnose('openssl-offer-any-get-12.pcap');
  expect(rules).not.toContain('version-mismatch');
});
