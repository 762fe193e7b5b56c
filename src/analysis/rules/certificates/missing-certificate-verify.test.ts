import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import {
  CERTIFICATE_VERIFY,
  CLIENT_KEY_EXCHANGE,
  change,
  has,
  number,
  recordsOf,
  refusedWith,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'missing-certificate-verify';
const MUTUAL = 'openssl-mutual-auth-ec.pcap';
const CHANGE_CIPHER_SPEC = 20;

/** As a client would send it that never signs: ChangeCipherSpec has the number after that of ClientKeyExchange. */
function neverSigned(datagrams: readonly EditedDatagram[]): EditedDatagram[] {
  const d = change(datagrams, CERTIFICATE_VERIFY, () => null);
  const client = d[0]?.source.port;
  return d.map((one) => ({
    ...one,
    payload: concat(
      ...recordsOf(one.payload).map((r) =>
        r[0] === CHANGE_CIPHER_SPEC && one.source.port === client ? r.with(10, number(r, 10, 1) - 1) : r,
      ),
    ),
  }));
}

test('the server refuses it', async () => {
  const { headline } = await diagnose(MUTUAL, {
    edit: (datagrams) => {
      const d = neverSigned(datagrams);
      const at = d.findIndex(has(CLIENT_KEY_EXCHANGE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 10)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'near-certain' });
});

test('the server accepts it: anybody could use the certificate', async () => {
  const { finding } = await diagnose(MUTUAL, { edit: neverSigned, withoutKeys: true });
  expect(finding(RULE)).toMatchObject({ severity: 'security' });
  expect(finding(RULE)?.title).toContain('proved nothing');
});

test('near miss: CertificateVerify was lost before the capture, as the gap in the numbers shows', async () => {
  const { rules } = await diagnose(MUTUAL, {
    edit: (d) => change(d, CERTIFICATE_VERIFY, () => null),
    withoutKeys: true,
  });
  expect(rules).not.toContain(RULE);
});

test('near miss: an empty certificate needs no signature', async () => {
  const { rules } = await diagnose('openssl-client-cert-empty.pcap');
  expect(rules).not.toContain(RULE);
});
