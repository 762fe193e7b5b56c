import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import {
  bytes,
  CERTIFICATE_VERIFY,
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  withExtension,
  withSuites,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ECDSA = 'openssl-ecdhe-ecdsa-chacha20.pcap';
const ECDHE_RSA_CHACHA20 = 0xcca8;
const SIGNATURE_ALGORITHMS = 13;
const ILLEGAL_PARAMETER = 47;

/** The client's alert takes the place of all that follows the server's flight. */
function refused(datagrams: readonly EditedDatagram[], after: number): EditedDatagram[] {
  const at = datagrams.findLastIndex(has(after));
  const last = datagrams[at];
  return last ? [...datagrams.slice(0, at + 1), refusedWith(last, ILLEGAL_PARAMETER)] : [...datagrams];
}

test('an RSA suite with an ECDSA certificate', async () => {
  const { headline } = await diagnose(ECDSA, {
    edit: (d) =>
      refused(
        change(change(d, CLIENT_HELLO, withSuites(ECDHE_RSA_CHACHA20)), SERVER_HELLO, withSuites(ECDHE_RSA_CHACHA20)),
        SERVER_HELLO_DONE,
      ),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'suite-vs-certificate-type', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain('RSA certificates, but its certificate holds an EC P-256 key');
});

test('a signature that the client did not list', async () => {
  const onlyRsa = Uint8Array.of(0, 2, ...bytes(0x0804, 2));
  const { headline } = await diagnose(ECDSA, {
    edit: (d) => refused(change(d, CLIENT_HELLO, withExtension(SIGNATURE_ALGORITHMS, onlyRsa)), SERVER_HELLO_DONE),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'suite-vs-certificate-type', certainty: 'seen' });
  expect(headline?.title).toContain('ecdsa_secp256r1_sha256');
});

test('near miss: the certificate fits, and the client refuses all the same', async () => {
  const { rules } = await diagnose(ECDSA, { edit: (d) => refused(d, SERVER_HELLO_DONE), withoutKeys: true });
  expect(rules).not.toContain('suite-vs-certificate-type');
});

test('near miss: mutual authentication with RSA', async () => {
  const { rules } = await diagnose('openssl-mutual-auth-rsa.pcap', {
    edit: (d) => d.slice(0, d.findIndex(has(CERTIFICATE_VERIFY)) + 1),
    withoutKeys: true,
  });
  expect(rules).not.toContain('suite-vs-certificate-type');
});
