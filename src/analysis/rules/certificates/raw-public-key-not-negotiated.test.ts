import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import {
  both,
  CERTIFICATE,
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO,
  withExtension,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'raw-public-key-not-negotiated';
const CLIENT_CERTIFICATE_TYPE = 19;
const SERVER_CERTIFICATE_TYPE = 20;
const UNSUPPORTED_CERTIFICATE = 43;

function refusedAfter(d: readonly EditedDatagram[], type: number): EditedDatagram[] {
  const at = d.findLastIndex(has(type));
  const last = d[at];
  return last ? [...d.slice(0, at + 1), refusedWith(last, UNSUPPORTED_CERTIFICATE)] : [...d];
}

const none = both(withExtension(CLIENT_CERTIFICATE_TYPE, null), withExtension(SERVER_CERTIFICATE_TYPE, null));

test('a bare key that no extension announced', async () => {
  const { headline } = await diagnose('gnutls-rawpk.pcap', {
    edit: (d) => refusedAfter(change(change(d, CLIENT_HELLO, none), SERVER_HELLO, none), CERTIFICATE),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'seen' });
});

test('unsupported_certificate in answer to the types that a client offers', async () => {
  const { headline } = await diagnose('californium-rpk-mutual.pcap', {
    edit: (d) => refusedAfter(d.slice(0, 3), CLIENT_HELLO),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, certainty: 'near-certain' });
  expect(headline?.explanation).toContain('Raw Public Key');
});

test('a client that takes raw public keys only gets a certificate', async () => {
  const { headline } = await diagnose('openssl-ecdhe-ecdsa-chacha20.pcap', {
    edit: (d) =>
      refusedAfter(change(d, CLIENT_HELLO, withExtension(SERVER_CERTIFICATE_TYPE, Uint8Array.of(1, 2))), CERTIFICATE),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, certainty: 'seen' });
});

test.each(['gnutls-rawpk.pcap', 'californium-rpk-mutual.pcap', 'tinydtls-ecc-rpk-ccm8-mutual.pcap'])(
  'near miss: %s negotiates it',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain(RULE);
  },
);

test('near miss: it was negotiated, and the key is refused all the same', async () => {
  const { rules } = await diagnose('gnutls-rawpk.pcap', {
    edit: (d) => refusedAfter(d, CERTIFICATE),
    withoutKeys: true,
  });
  expect(rules).not.toContain(RULE);
});
