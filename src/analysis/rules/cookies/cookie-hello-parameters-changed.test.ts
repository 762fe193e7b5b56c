import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { type Change, CLIENT_HELLO, change, withExtension, withSuites } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'cookie-hello-parameters-changed';
const MUTE = 'openssl-fail-server-mute-after-hvr-c2s.client.pcap';
const SUPPORTED_GROUPS = 10;

/** Only of the ClientHello with the cookie. */
const inSecond = (how: Change) => (d: readonly EditedDatagram[]) =>
  change(d, CLIENT_HELLO, (body, m) => (m.seq === 1 ? how(body, m) : body));

test('DTLS 1.3: the extensions come in another order, and the server refuses them', async () => {
  const { headline } = await diagnose('wolfclient-pionserver13.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'inferred' });
  expect(headline?.title).toContain('the order of its extensions');
  expect(headline?.explanation).toContain('illegal_parameter');
});

test('other cipher suites, and the server is silent', async () => {
  const { headline, finding } = await diagnose(MUTE, { edit: inSecond(withSuites(0xc02b, 0x1301)) });
  expect(headline?.rule).toBe(ID);
  expect(headline?.explanation).toContain('with TLS_AES_128_GCM_SHA256)');
  expect(finding('server-mute-after-cookie')?.consequenceOf).toBe(ID);
});

test('an extension less, and the server asks again', async () => {
  const { finding } = await diagnose('openssl-fail-cookie-mismatch-listen.client.pcap', {
    edit: inSecond(withExtension(SUPPORTED_GROUPS, null)),
  });
  expect(finding(ID)?.explanation).toContain('its extensions (supported_groups)');
  expect(finding(ID)?.explanation).toContain('asks for a cookie again');
});

test('near miss: the same ClientHello but for the cookie', async () => {
  const { rules } = await diagnose(MUTE);
  expect(rules).not.toContain(ID);
});

test('near miss: what HelloRetryRequest asks for may change', async () => {
  const { rules } = await diagnose('wolfssl13-fail-psk-hrr-no-keyshare.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the server takes it all the same', async () => {
  const { rules } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: inSecond(withExtension(SUPPORTED_GROUPS, null)),
  });
  expect(rules).not.toContain(ID);
});
